// The workload of a library as fdbserver 7.4.0 to 7.4.5 asks for it: by their interface.
#pragma once

#include "plugin/abi/workload_abi.h"

namespace fdbkit::host {

// The workload as one of today. `context` is passed on without its delay; `inner` outlives it.
plugin::Workload make_as_older_server(void* factory, const char* name,
                                      const plugin::Context& context);

}  // namespace fdbkit::host
