// Room factories: what fdbserver calls: the factory of each interface, and what all of them make.
//
// A workload of the plugin, as the interface of today has it.
#pragma once

#include "plugin/abi/workload_abi.h"

namespace fdbkit::plugin {

// `context` and what is in it outlive the workload.
Workload make_workload(const char* name, const Context& context);

}  // namespace fdbkit::plugin
