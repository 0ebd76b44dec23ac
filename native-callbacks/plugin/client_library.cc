#include "plugin/client_library.h"

#include <algorithm>
#include <cstdlib>

namespace fdbkit::plugin {
namespace {

constexpr int kNewestApiVersion = 740;
constexpr int kClientInvalidOperation = 2000;

int (*real_set_callback)(ring::Future*, ring::Callback, void*);
ring::Callback complete;
Settled settled;

void on_ready(ring::Future* future, void* slot) {
  // Read before: the completion may be the last thing that held the ring.
  complete(future, slot);
  settled(slot);
}

// The ring gives the same callback for every future.
int set_callback(ring::Future* future, ring::Callback callback, void* slot) {
  complete = callback;
  return real_set_callback(future, on_ready, slot);
}

void keep_database(ring::Database*) {}
int refuse_open(const char*, ring::Database**) { return kClientInvalidOperation; }

bool load(ring::ClientApi& api, std::string& problem) {
  const char* wanted = getenv("FDBKIT_SIM_LIBRARY");
  if (wanted != nullptr && *wanted != '\0') return api.load(wanted, problem);
  // An empty path: the process itself, if it is the one that simulates on the embedded engine.
  for (const char* path :
       {"", "libfdb_c.so", "/usr/local/lib/libfdb_c.so", "/usr/lib/libfdb_c.so"}) {
    if (api.load(path, problem)) return true;
  }
  return false;
}

}  // namespace

bool load_client_library(ring::ClientApi& api, Settled when_settled, std::string& problem) {
  if (!load(api, problem)) {
    problem = "libfdb_c: " + problem;
    return false;
  }
#define FDBKIT_PRESENT(result, name, params) \
  if (api.name == nullptr) problem = "libfdb_c is older than release 7.4: it has no fdb_" #name;
  FDBKIT_CLIENT_API(FDBKIT_PRESENT, FDBKIT_PRESENT)
#undef FDBKIT_PRESENT
  if (!problem.empty()) return false;
  const int version = std::min(kNewestApiVersion, api.get_max_api_version());
  const int error = api.select_api_version_impl(version, version);
  if (error != 0) {
    problem = "fdb_select_api_version: error " + std::to_string(error);
    return false;
  }
  settled = when_settled;
  real_set_callback = api.future_set_callback;
  api.future_set_callback = set_callback;
  api.database_destroy = keep_database;
  api.create_database = refuse_open;
  api.create_database_from_connection_string = refuse_open;
  return true;
}

}  // namespace fdbkit::plugin
