// The counter of test/simulation/fixtures/twin.ts without Node: the same calls of the C API in the
// same order. The test compares the two: what the bridge does besides them must not show in a
// simulation.
#include <cstdlib>
#include <cstring>
#include <string>

#include "plugin/abi/workload_abi.h"
#include "ring/client/client_api.h"

namespace fdbkit::twin {
namespace {

using plugin::Context;
using plugin::Promise;

constexpr int kApiVersion = 740;
constexpr int kAdd = 2;
constexpr char kCounter[] = "twin/counter";

ring::ClientApi api;

ring::Bytes bytes(const std::string& text) { return reinterpret_cast<ring::Bytes>(text.data()); }
int length(const std::string& text) { return static_cast<int>(text.size()); }

class Counter {
 public:
  explicit Counter(const Context& context)
      : context_(context), process_(context.table->get_process(context.inner)) {
    const plugin::OwnedText option = context.table->get_option(context.inner, "count", "10");
    count_ = atoi(option.text);
    option.table->free(option.text);
  }

  void start(FDB_database* database, Promise done) {
    database_ = database;
    done_ = done;
    next();
  }

 private:
  using Step = void (Counter::*)(int error);

  // Calls `step` back in the client's process.
  void when_ready(ring::Future* future, Step step) {
    step_ = step;
    api.future_set_callback(future, &Counter::ready, this);
  }

  static void ready(ring::Future* future, void* self) {
    Counter& counter = *static_cast<Counter*>(self);
    const Context& context = counter.context_;
    const uint64_t before = context.table->get_process(context.inner);
    context.table->set_process(context.inner, counter.process_);
    const int error = api.future_get_error(future);
    if (error == 0 && counter.step_ == &Counter::read) {
      int present = 0;
      ring::Bytes value;
      int size;
      api.future_get_value(future, &present, &value, &size);
      counter.marked_ = present != 0;
    }
    api.future_destroy(future);
    (counter.*counter.step_)(error);
    context.table->set_process(context.inner, before);
  }

  void next() {
    if (done_count_ == count_) {
      done_.table->send(done_.inner, true);
      return done_.table->free(done_.inner);
    }
    mark_ = "twin/mark/" + std::to_string(context_.table->client_id(context_.inner)) + "/" +
            std::to_string(done_count_);
    api.database_create_transaction(database_, &transaction_);
    attempt();
  }

  void attempt() {
    when_ready(api.transaction_get(transaction_, bytes(mark_), length(mark_), 0), &Counter::read);
  }

  void read(int error) {
    if (error != 0) return retry(error);
    if (!marked_) {
      const unsigned char one[8] = {1, 0, 0, 0, 0, 0, 0, 0};
      api.transaction_set(transaction_, bytes(mark_), length(mark_), one, 0);
      api.transaction_atomic_op(transaction_, reinterpret_cast<ring::Bytes>(kCounter),
                                sizeof kCounter - 1, one, sizeof one, kAdd);
    }
    when_ready(api.transaction_commit(transaction_), &Counter::committed);
  }

  void committed(int error) {
    if (error != 0) return retry(error);
    const std::string number = std::to_string(done_count_);
    // The first detail marks the events of workloads; it is left out of the comparison.
    const plugin::Detail details[] = {{"WorkloadClient", ""}, {"Number", number.c_str()}};
    context_.table->trace(context_.inner, plugin::kInfo, "TwinCounted", details, 2);
    api.transaction_destroy(transaction_);
    done_count_++;
    next();
  }

  void retry(int error) {
    when_ready(api.transaction_on_error(transaction_, error), &Counter::retried);
  }

  void retried(int) { attempt(); }

  const Context context_;
  const uint64_t process_;
  int count_ = 0;
  int done_count_ = 0;
  bool marked_ = false;
  std::string mark_;
  FDB_database* database_ = nullptr;
  ring::Transaction* transaction_ = nullptr;
  Step step_ = nullptr;
  Promise done_{};
};

void pass(void*, FDB_database*, Promise done) {
  done.table->send(done.inner, true);
  done.table->free(done.inner);
}

void start(void* inner, FDB_database* database, Promise done) {
  static_cast<Counter*>(inner)->start(database, done);
}

void release(void* inner) { delete static_cast<Counter*>(inner); }
void no_metrics(void*, plugin::Metrics) {}
double check_timeout(void*) { return 3000; }

plugin::Workload::Table table = {release, pass, start, pass, no_metrics, check_timeout};

}  // namespace
}  // namespace fdbkit::twin

extern "C" __attribute__((visibility("default"))) fdbkit::plugin::Workload workloadCFactory(
    const char*, fdbkit::plugin::Context context) {
  using namespace fdbkit;
  static const bool loaded = [] {
    std::string problem;
    // The process itself has the functions where the embedded engine simulates.
    const bool found = twin::api.load("", problem) || twin::api.load("libfdb_c.so", problem);
    return found && twin::api.select_api_version_impl(twin::kApiVersion, twin::kApiVersion) == 0;
  }();
  if (!loaded) abort();
  return plugin::Workload{plugin::kWorkloadApiVersion, new twin::Counter(context), &twin::table};
}
