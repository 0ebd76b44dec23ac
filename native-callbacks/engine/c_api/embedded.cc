// What the engine exports beside the C API: the content of a database, and faults.

#include "fdb_embedded.h"

#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "engine/c_api/support.h"

using namespace fdbkit::engine;

namespace {

// Behind the batch of commits that waits: what was committed before the call is there. The
// database stays until then, whatever becomes of its handle.
template <class Call>
void behind_commits(Database& database, FutureRef future, Call call) {
  database.environment().loop.post(
      [held = Ref<Database>(database), future = std::move(future), call = std::move(call)] {
        if (ErrorCode code = held->deferred_error()) {
          future->send_error(code);
        } else {
          call(held->cluster(), future);
        }
      });
}

void save(Cluster& cluster, const FutureRef& future) {
  std::string content = cluster.save();
  if (content.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    future->send_error(fdbkit::engine::Error::kTransactionTooLarge);
  } else {
    future->send(std::move(content));
  }
}

void load(Cluster& cluster, const FutureRef& future, const std::string& bytes) {
  const auto content = read_content(bytes);
  if (!content) {
    future->send_error(fdbkit::engine::Error::kClientInvalidOperation);
    return;
  }
  cluster.load(*content);
  future->send(Nothing{});
}

}  // namespace

extern "C" {

FDBFuture* fdb_embedded_save(FDBDatabase* database) {
  return ask(Database::of(database),
             [](Database& d, FutureRef f) { behind_commits(d, std::move(f), save); });
}

FDBFuture* fdb_embedded_load(FDBDatabase* database, const uint8_t* bytes, int length) {
  return ask(Database::of(database),
             [content = bytes_of(bytes, length)](Database& d, FutureRef f) mutable {
               behind_commits(d, std::move(f),
                              [content = std::move(content)](Cluster& cluster, const FutureRef& g) {
                                load(cluster, g, content);
                              });
             });
}

fdb_error_t fdb_embedded_set_faults(FDBDatabase* database, uint64_t seed, int conflicts,
                                    int unknown_commits, int slow_reads, int too_old,
                                    int overload) {
  const FaultPlan plan{conflicts, unknown_commits, slow_reads, too_old, overload};
  if (!plan.valid()) return fdbkit::engine::Error::kInvalidOptionValue;
  tell(Database::of(database), [seed, plan](Database& d) { d.faults().plan(seed, plan); });
  return fdbkit::engine::Error::kSuccess;
}

}  // extern "C"
