#include "plugin/factories/refuse.h"

#include <cstdio>
#include <cstdlib>

namespace fdbkit::plugin {

const char kUnknownInterface[] =
    "this fdbserver loads workloads by an interface that is not known: ";

void refuse(const std::string& what) {
  fprintf(stderr, "fdbkit: %s%s\n", kUnknownInterface, what.c_str());
  exit(EXIT_FAILURE);
}

}  // namespace fdbkit::plugin
