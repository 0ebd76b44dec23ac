// The end of a server whose interface is not known.
#pragma once

#include <string>

namespace fdbkit::plugin {

// What is said of it, before `what`.
extern const char kUnknownInterface[];

// One line on standard error, and the process ends with 1: what it would call is not known.
[[noreturn]] void refuse(const std::string& what);

}  // namespace fdbkit::plugin
