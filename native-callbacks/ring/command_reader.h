// Reads a row of commands: one command after the other, its operands, and its bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ring/client_api.h"

namespace fdbkit::ring {

// Two words are one wide operand.
inline int64_t wide(int32_t low, int32_t high) {
  return static_cast<int64_t>(static_cast<uint64_t>(static_cast<uint32_t>(high)) << 32 |
                              static_cast<uint32_t>(low));
}

class CommandReader {
 public:
  CommandReader(const int32_t* words, uint32_t count) : at_(words), end_(words + count) {}

  bool at_end() const { return at_ >= end_; }
  bool good() const { return good_; }

  int32_t word() {
    if (at_ >= end_) return fail();
    return *at_++;
  }

  // The bytes lie behind all operands, each run padded to a whole word.
  Bytes bytes(int32_t length) {
    if (length <= 0) return reinterpret_cast<Bytes>("");
    const uint32_t words = (static_cast<uint32_t>(length) + 3) / 4;
    if (words > static_cast<size_t>(end_ - at_)) {
      fail();
      return nullptr;
    }
    const Bytes begin = reinterpret_cast<Bytes>(at_);
    at_ += words;
    return begin;
  }

 private:
  int32_t fail() {
    good_ = false;
    at_ = end_;
    return 0;
  }

  const int32_t* at_;
  const int32_t* end_;
  bool good_ = true;
};

}  // namespace fdbkit::ring
