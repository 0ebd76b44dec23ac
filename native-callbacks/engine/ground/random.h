#pragma once

// The engine's only source of chance: a small seeded generator (SplitMix64). Network thread only.

#include <cstdint>

namespace fdbkit::engine {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t mixed = (state_ += 0x9e3779b97f4a7c15ULL);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31);
  }
  // At least 0, less than 1.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  // At least 0, less than `limit`.
  uint64_t below(uint64_t limit) { return next() % limit; }
  bool chance(double probability) { return unit() < probability; }

 private:
  uint64_t state_;
};

}  // namespace fdbkit::engine
