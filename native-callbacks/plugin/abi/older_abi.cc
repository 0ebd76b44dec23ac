#include "plugin/abi/older_abi.h"

#include <cstdlib>
#include <cstring>

namespace fdbkit::plugin::older {
namespace {

const Context& server(void* inner) { return *static_cast<const Context*>(inner); }

// A text goes back to whoever allocated it: this one is a copy.
plugin::OwnedText get_option(void* inner, const char* name, const char* fallback) {
  static plugin::OwnedText::Table table = {
      .free = [](const char* text) { ::free(const_cast<char*>(text)); }};
  const OwnedText given = server(inner).get_option(server(inner).inner, name, fallback);
  char* const copy = strdup(given.text);
  given.free(given.text);
  return {copy, &table};
}

plugin::Context::Table context_table = {
    .trace =
        [](void* inner, int severity, const char* name, const Detail* details, int count) {
          server(inner).trace(server(inner).inner, severity, name, details, count);
        },
    .get_process = [](void* inner) { return server(inner).get_process(server(inner).inner); },
    .set_process =
        [](void* inner, uint64_t process) {
          server(inner).set_process(server(inner).inner, process);
        },
    .now = [](void* inner) { return server(inner).now(server(inner).inner); },
    .random = [](void* inner) { return server(inner).random(server(inner).inner); },
    .get_option = get_option,
    .client_id = [](void* inner) { return server(inner).client_id(server(inner).inner); },
    .client_count = [](void* inner) { return server(inner).client_count(server(inner).inner); },
    .shared_random = [](void* inner) { return server(inner).shared_random(server(inner).inner); },
    .delay = nullptr,
};

plugin::Promise::Table promise_table = {
    .free =
        [](void* inner) {
          Promise* const promise = static_cast<Promise*>(inner);
          promise->free(promise->inner);
          delete promise;
        },
    .send =
        [](void* inner, bool value) {
          const Promise& promise = *static_cast<Promise*>(inner);
          promise.send(promise.inner, value);
        },
};

plugin::Metrics::Table metrics_table = {
    .reserve =
        [](void* inner, int count) {
          const Metrics& metrics = *static_cast<Metrics*>(inner);
          metrics.reserve(metrics.inner, count);
        },
    .push =
        [](void* inner, Metric metric) {
          const Metrics& metrics = *static_cast<Metrics*>(inner);
          metrics.push(metrics.inner, metric);
        },
};

plugin::Promise wrap(const Promise& promise) { return {new Promise(promise), &promise_table}; }

// The one table of workloads: an older server calls functions that are not told of any.
const plugin::Workload::Table* workloads = nullptr;

}  // namespace

plugin::Context wrap(const Context& context) {
  return {kWorkloadApiVersion, new Context(context), &context_table};
}

void free_context(const plugin::Context& context) {
  if (context.table == &context_table) delete static_cast<Context*>(context.inner);
}

Workload wrap(void* inner, const plugin::Workload::Table* table) {
  workloads = table;
  return {
      .inner = inner,
      .setup = [](void* self, FDB_database* database,
                  Promise done) { workloads->setup(self, database, wrap(done)); },
      .start = [](void* self, FDB_database* database,
                  Promise done) { workloads->start(self, database, wrap(done)); },
      .check = [](void* self, FDB_database* database,
                  Promise done) { workloads->check(self, database, wrap(done)); },
      .get_metrics =
          [](void* self, Metrics out) {
            workloads->get_metrics(self, plugin::Metrics{&out, &metrics_table});
          },
      .get_check_timeout = [](void* self) { return workloads->get_check_timeout(self); },
      .free = [](void* self) { workloads->free(self); },
  };
}

}  // namespace fdbkit::plugin::older
