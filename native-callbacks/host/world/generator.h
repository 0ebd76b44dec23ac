// The source of all chance of a simulation: xoshiro256++, seeded by splitmix64 as its authors
// advise. The same seed gives the same numbers on every machine.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace fdbkit::host {

class Generator {
 public:
  explicit Generator(uint64_t seed) {
    for (uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15ull;
      uint64_t mixed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9ull;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebull;
      word = mixed ^ (mixed >> 31);
    }
  }

  uint64_t next() {
    const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // At least 0, less than 1.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double between(double low, double high) { return low + (high - low) * unit(); }
  // At least 0, less than `limit`, which is above 0.
  uint64_t below(uint64_t limit) { return next() % limit; }
  bool chance(double probability) { return unit() < probability; }

 private:
  uint64_t state_[4];
};

}  // namespace fdbkit::host
