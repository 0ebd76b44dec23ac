// What a server passes by its C++ interface, as the plugin knows it: tables of functions in C.
#pragma once

#include "plugin/abi/cpp_abi.h"

namespace fdbkit::plugin::cpp {

// `context` outlives it. Without a delay it is a server's of before 7.4.6.
plugin::Context wrap(Context& context, bool has_delay);

// Has a share in the outcome until it is freed.
plugin::Promise wrap(const Promise& promise);

// For one call.
plugin::Metrics wrap(std::vector<Metric>& metrics);

}  // namespace fdbkit::plugin::cpp
