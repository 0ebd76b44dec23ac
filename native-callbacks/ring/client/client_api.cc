#include "ring/client/client_api.h"

#include <dlfcn.h>

namespace fdbkit::ring {

// A client library must never be unmapped: its network thread and its callbacks live in it.
static constexpr int kLoadFlags = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE;

bool ClientApi::load(const char* path, std::string& problem) {
  // An empty path means the functions that are in the process already.
  void* library = dlopen(path[0] == '\0' ? nullptr : path, kLoadFlags);
  if (library == nullptr) {
    problem = dlerror();
    return false;
  }
  ClientApi found;
  problem.clear();
#define FDBKIT_FIND(result, name, params) \
  found.name = reinterpret_cast<result(*) params>(dlsym(library, "fdb_" #name));
#define FDBKIT_NEED(result, name, params) \
  FDBKIT_FIND(result, name, params)       \
  if (found.name == nullptr && problem.empty()) problem = "fdb_" #name;
  FDBKIT_CLIENT_API(FDBKIT_NEED, FDBKIT_FIND)
#undef FDBKIT_NEED
#undef FDBKIT_FIND
  if (!problem.empty()) {
    problem = "it has no " + problem;
    dlclose(library);
    return false;
  }
  *this = found;
  return true;
}

}  // namespace fdbkit::ring
