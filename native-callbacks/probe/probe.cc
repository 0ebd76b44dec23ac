// Workloads without Node that do to the embedded simulator what a workload library may do, or must
// not. `workloadName` chooses.
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "plugin/abi/workload_abi.h"
#include "ring/client/client_api.h"

namespace fdbkit::probe {
namespace {

using plugin::Context;
using plugin::Promise;

constexpr int kApiVersion = 740;
constexpr char kKey[] = "probe/key";

ring::ClientApi api;

ring::Bytes key() { return reinterpret_cast<ring::Bytes>(kKey); }
constexpr int kKeyLength = sizeof kKey - 1;

struct Probe {
  std::string name;
  Context context;
};

// `then` is told whether it is called before future_set_callback has returned.
void when_ready(ring::Future* future, std::function<void(bool inside)> then) {
  struct Call {
    std::function<void(bool)> then;
    bool inside = true;
  };
  const auto call = std::make_shared<Call>(Call{std::move(then)});
  api.future_set_callback(
      future,
      [](ring::Future* ready, void* parameter) {
        const std::unique_ptr<std::shared_ptr<Call>> held(
            static_cast<std::shared_ptr<Call>*>(parameter));
        const std::shared_ptr<Call> call = *held;
        call->then(call->inside);
        api.future_destroy(ready);
      },
      new std::shared_ptr<Call>(call));
  call->inside = false;
}

void trace(const Context& context, const char* type, const char* key, const std::string& value) {
  const plugin::Detail detail{key, value.c_str()};
  context.table->trace(context.inner, plugin::kInfo, type, &detail, 1);
}

void finish(Promise done, bool value) {
  done.table->send(done.inner, value);
  done.table->free(done.inner);
}

// A read that the transaction's own write answers: it may be done at once.
void read_own_write(const Probe& probe, FDB_database* database, Promise done) {
  ring::Transaction* transaction = nullptr;
  api.database_create_transaction(database, &transaction);
  api.transaction_set(transaction, key(), kKeyLength, key(), kKeyLength);
  ring::Future* future = api.transaction_get(transaction, key(), kKeyLength, 0);
  when_ready(future, [context = probe.context, transaction, done](bool inside) {
    trace(context, "ProbeCallback", "Inside", inside ? "1" : "0");
    api.transaction_destroy(transaction);
    finish(done, true);
  });
}

// A read in the name of another process.
void read_elsewhere(const Probe& probe, FDB_database* database, Promise done) {
  const Context& context = probe.context;
  ring::Transaction* transaction = nullptr;
  api.database_create_transaction(database, &transaction);
  context.table->set_process(context.inner, context.table->get_process(context.inner) + 1);
  ring::Future* future = api.transaction_get(transaction, key(), kKeyLength, 0);
  when_ready(future, [transaction, done](bool) {
    api.transaction_destroy(transaction);
    finish(done, true);
  });
}

// A delay that is given up: it is over at once, and once only.
void cancel_delay(const Probe& probe, Promise done) {
  const Context& context = probe.context;
  ring::Future* future = context.table->delay(context.inner, 1000);
  when_ready(future, [context, future, done](bool) {
    trace(context, "ProbeDelay", "Error", std::to_string(api.future_get_error(future)));
    finish(done, true);
  });
  api.future_cancel(future);
}

void start(void* inner, FDB_database* database, Promise done) {
  const Probe& probe = *static_cast<Probe*>(inner);
  if (probe.name == "inside") return read_own_write(probe, database, done);
  if (probe.name == "elsewhere") return read_elsewhere(probe, database, done);
  if (probe.name == "cancel") return cancel_delay(probe, done);
  if (probe.name == "silent") return done.table->free(done.inner);
  if (probe.name == "twice") done.table->send(done.inner, true);
  finish(done, probe.name != "false");
}

void pass(void*, FDB_database*, Promise done) { finish(done, true); }
void release(void* inner) { delete static_cast<Probe*>(inner); }
double check_timeout(void*) { return 100; }

void metrics(void*, plugin::Metrics out) {
  out.table->reserve(out.inner, 1);
  out.table->push(out.inner, plugin::Metric{"Probed", nullptr, 0.5, false});
}

plugin::Workload::Table table = {release, pass, start, pass, metrics, check_timeout};

}  // namespace
}  // namespace fdbkit::probe

extern "C" __attribute__((visibility("default"))) fdbkit::plugin::Workload workloadCFactory(
    const char* name, fdbkit::plugin::Context context) {
  using namespace fdbkit;
  static const bool loaded = [] {
    std::string problem;
    return probe::api.load("", problem) &&
           probe::api.select_api_version_impl(probe::kApiVersion, probe::kApiVersion) == 0;
  }();
  if (!loaded) abort();
  return plugin::Workload{plugin::kWorkloadApiVersion, new probe::Probe{name, context},
                          &probe::table};
}
