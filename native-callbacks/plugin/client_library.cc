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

// "7.3" of "7.3.79,..."
std::string release_of(const std::string& version) {
  const size_t dot = version.find('.');
  return version.substr(0, version.find_first_not_of("0123456789", dot + 1));
}

// The library calls the server's objects by tables that differ from release to release. A server
// of a release that nobody told has the interface in C, which came with 7.4.
bool is_of_the_server(const ring::ClientApi& api, std::string& problem) {
  const char* const told = getenv("FDBKIT_SIM_SERVER");
  const bool is_told = told != nullptr && *told != '\0';
  const std::string server = is_told ? release_of(told) : "7.4 or later";
  const std::string client = release_of(api.get_client_version());
  if (is_told ? client == server : api.get_max_api_version() >= kNewestApiVersion) return true;
  problem = "libfdb_c is of release " + client + ", and fdbserver of " + server +
            ": FDBKIT_SIM_LIBRARY names one of the same release";
  return false;
}

bool load(ring::ClientApi& api, bool& is_own, std::string& problem) {
  const char* wanted = getenv("FDBKIT_SIM_LIBRARY");
  is_own = false;
  if (wanted != nullptr && *wanted != '\0') return api.load(wanted, problem);
  // An empty path: the process itself, if it is the one that simulates on the embedded engine.
  is_own = api.load("", problem);
  if (is_own) return true;
  for (const char* path : {"libfdb_c.so", "/usr/local/lib/libfdb_c.so", "/usr/lib/libfdb_c.so"}) {
    if (api.load(path, problem)) return true;
  }
  return false;
}

// The library knows its version once that of its API is selected.
bool load_and_select(ring::ClientApi& api, std::string& problem) {
  bool is_own = false;
  if (!load(api, is_own, problem)) {
    problem = "libfdb_c: " + problem;
    return false;
  }
  const int version = std::min(kNewestApiVersion, api.get_max_api_version());
  const int error = api.select_api_version_impl(version, version);
  if (error != 0) {
    problem = "fdb_select_api_version: error " + std::to_string(error);
    return false;
  }
  return is_own || is_of_the_server(api, problem);
}

}  // namespace

bool load_client_library(ring::ClientApi& api, Settled when_settled, std::string& problem) {
  if (!load_and_select(api, problem)) return false;
  settled = when_settled;
  real_set_callback = api.future_set_callback;
  api.future_set_callback = set_callback;
  api.database_destroy = keep_database;
  api.create_database = refuse_open;
  api.create_database_from_connection_string = refuse_open;
  return true;
}

}  // namespace fdbkit::plugin
