#include "host/run/older_server.h"

#include "plugin/abi/older_abi.h"

namespace fdbkit::host {
namespace {

namespace older = plugin::older;

// The one table of contexts, whose functions the library gets one by one.
const plugin::Context::Table* contexts = nullptr;

older::OwnedText get_option(void* inner, const char* name, const char* fallback) {
  const plugin::OwnedText text = contexts->get_option(inner, name, fallback);
  return {text.text, text.table->free};
}

older::Workload& workload(void* inner) { return *static_cast<older::Workload*>(inner); }

older::Promise older_of(const plugin::Promise& promise) {
  return {promise.inner, promise.table->send, promise.table->free};
}

plugin::Workload::Table table = {
    .free =
        [](void* inner) {
          workload(inner).free(workload(inner).inner);
          delete &workload(inner);
        },
    .setup =
        [](void* inner, FDB_database* database, plugin::Promise done) {
          workload(inner).setup(workload(inner).inner, database, older_of(done));
        },
    .start =
        [](void* inner, FDB_database* database, plugin::Promise done) {
          workload(inner).start(workload(inner).inner, database, older_of(done));
        },
    .check =
        [](void* inner, FDB_database* database, plugin::Promise done) {
          workload(inner).check(workload(inner).inner, database, older_of(done));
        },
    .get_metrics =
        [](void* inner, plugin::Metrics out) {
          workload(inner).get_metrics(workload(inner).inner,
                                      {out.inner, out.table->reserve, out.table->push});
        },
    .get_check_timeout =
        [](void* inner) { return workload(inner).get_check_timeout(workload(inner).inner); },
};

}  // namespace

plugin::Workload make_as_older_server(void* factory, const char* name,
                                      const plugin::Context& context) {
  using Factory = older::Workload (*)(const char*, older::Context);
  contexts = context.table;
  const older::Context given = {
      .inner = context.inner,
      .trace = contexts->trace,
      .get_process = contexts->get_process,
      .set_process = contexts->set_process,
      .now = contexts->now,
      .random = contexts->random,
      .get_option = get_option,
      .client_id = contexts->client_id,
      .client_count = contexts->client_count,
      .shared_random = contexts->shared_random,
  };
  auto* const made = new older::Workload(reinterpret_cast<Factory>(factory)(name, given));
  return {plugin::kWorkloadApiVersion, made, &table};
}

}  // namespace fdbkit::host
