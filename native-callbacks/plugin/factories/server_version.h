// What the C++ interface of a server is, which has no version in it: by the server's own.
#pragma once

namespace fdbkit::plugin {

enum class CppInterface {
  kUnknown,
  kDescribed,  // 7.1 to 7.3: a workload begins with its description, and there is no delay
  kPlain,      // 7.4.0 to 7.4.5: no description, no delay
  kWithDelay,  // 7.4.6 and later 7.4: no description; a delay at the end of the context
};

// `version` is as "7.3.79"; nullptr: nobody said.
CppInterface cpp_interface_of(const char* version);

}  // namespace fdbkit::plugin
