#pragma once

// All that the engine takes from outside itself: where it runs and what time it is, chance, and the
// faults that the client's buggify options ask for. Nothing below reaches for a clock or a random
// source of its own.

#include "buggify.h"
#include "loop.h"
#include "random.h"

namespace fdbkit::engine {

struct Environment {
  Loop& loop;
  Random random;
  Buggify buggify;
  int api_version;
};

}  // namespace fdbkit::engine
