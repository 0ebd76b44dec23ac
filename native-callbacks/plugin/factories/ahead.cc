// A server that is started with this library preloaded gets Node at once, while it makes its
// cluster, and not when it loads its first workload: on a processor of its own that costs no time.
#include <cstdlib>

#include "plugin/bridge.h"

namespace fdbkit::plugin {
namespace {

__attribute__((constructor)) void start_ahead() {
  if (getenv("FDBKIT_SIM_AHEAD") == nullptr) return;
  // What the server itself starts has no workloads.
  unsetenv("FDBKIT_SIM_AHEAD");
  unsetenv("LD_PRELOAD");
  Bridge::instance().launch();
}

}  // namespace
}  // namespace fdbkit::plugin
