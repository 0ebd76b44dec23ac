#pragma once

// All that the engine takes from outside itself: where it runs and what time it is, chance, the
// faults that the client's buggify options ask for, and in a simulation the way between client and
// cluster. Nothing below reaches for a clock or a random source of its own.

#include "engine/ground/buggify.h"
#include "engine/ground/loop.h"
#include "engine/ground/random.h"
#include "engine/ground/wire.h"

namespace fdbkit::engine {

struct Environment {
  Loop& loop;
  Random random;
  Buggify buggify;
  int api_version;
  // In a simulation only.
  Wire* wire;
};

}  // namespace fdbkit::engine
