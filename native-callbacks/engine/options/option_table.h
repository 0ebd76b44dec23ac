#pragma once

// The options of each kind, and the one of a code among them.

#include <span>

#include "engine/options/option_info.h"

namespace fdbkit::engine {

std::span<const OptionInfo> network_options();
std::span<const OptionInfo> database_options();
std::span<const OptionInfo> transaction_options();

// nullptr: there is none of this code.
const OptionInfo* find_option(std::span<const OptionInfo> table, int code);

}  // namespace fdbkit::engine
