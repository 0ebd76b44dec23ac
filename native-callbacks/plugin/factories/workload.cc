#include "plugin/factories/workload.h"

#include "plugin/abi/older_abi.h"
#include "plugin/bridge.h"

namespace fdbkit::plugin {
namespace {

Client& client_of(void* inner) { return *static_cast<Client*>(inner); }

void free_workload(void* inner) {
  const Context context = client_of(inner).context;
  Bridge::instance().free_client(client_of(inner));
  older::free_context(context);
}

void setup(void* inner, FDB_database* database, Promise done) {
  Bridge::instance().run_phase(client_of(inner), 0, database, done);
}

void start(void* inner, FDB_database* database, Promise done) {
  Bridge::instance().run_phase(client_of(inner), 1, database, done);
}

void check(void* inner, FDB_database* database, Promise done) {
  Bridge::instance().run_phase(client_of(inner), 2, database, done);
}

void get_metrics(void* inner, Metrics out) {
  Bridge::instance().read_metrics(client_of(inner), out);
}

double get_check_timeout(void* inner) { return client_of(inner).check_timeout; }

Workload::Table table = {free_workload, setup, start, check, get_metrics, get_check_timeout};

}  // namespace

Workload make_workload(const char* name, const Context& context) {
  return {kWorkloadApiVersion, Bridge::instance().make_client(name, context), &table};
}

}  // namespace fdbkit::plugin
