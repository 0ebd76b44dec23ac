#include "plugin/factories/server_version.h"

#include <cstdio>

namespace fdbkit::plugin {

CppInterface cpp_interface_of(const char* version) {
  int major = 0;
  int minor = 0;
  int patch = 0;
  if (version == nullptr || sscanf(version, "%d.%d.%d", &major, &minor, &patch) != 3) {
    return CppInterface::kUnknown;
  }
  if (major != 7) return CppInterface::kUnknown;
  if (minor >= 1 && minor <= 3) return CppInterface::kDescribed;
  if (minor != 4) return CppInterface::kUnknown;
  return patch < 6 ? CppInterface::kPlain : CppInterface::kWithDelay;
}

}  // namespace fdbkit::plugin
