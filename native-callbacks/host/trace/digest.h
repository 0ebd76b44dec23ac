// Room trace: what a simulation leaves behind, to read and to compare.
//
// A digest over everything that a simulation decides, in order: two runs with one digest were the
// same.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

namespace fdbkit::host {

class Digest {
 public:
  void add(uint64_t word) {
    state_ = std::rotl(state_ ^ (word * 0x9e3779b97f4a7c15ull), 29) * 0xbf58476d1ce4e5b9ull;
  }
  void add(double number) { add(std::bit_cast<uint64_t>(number)); }
  void add(std::string_view bytes) {
    // FNV-1a, then its length: "ab" and "c" differ from "a" and "bc".
    uint64_t hash = 0xcbf29ce484222325ull;
    for (const unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3ull;
    add(hash);
    add(uint64_t{bytes.size()});
  }

  uint64_t value() const {
    uint64_t mixed = (state_ ^ (state_ >> 33)) * 0xff51afd7ed558ccdull;
    return mixed ^ (mixed >> 33);
  }

 private:
  uint64_t state_ = 0x243f6a8885a308d3ull;
};

}  // namespace fdbkit::host
