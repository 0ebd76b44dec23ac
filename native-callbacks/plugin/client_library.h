// The C API as the commands of a simulation call it.
#pragma once

#include <string>

#include "ring/client/client_api.h"

namespace fdbkit::plugin {

using Settled = void (*)(void* slot);

// Loads the client library and selects its API version, once for the process. `settled` is called
// after each callback of a future. What has no meaning in a simulation is replaced: databases are
// fdbserver's own, so none is opened or destroyed. False: `problem` says why.
bool load_client_library(ring::ClientApi& api, Settled settled, std::string& problem);

}  // namespace fdbkit::plugin
