// Reads a row of commands: one command after the other, its operands, and its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "ring/client/client_api.h"

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
  // What was not read yet.
  const int32_t* words() const { return at_; }
  uint32_t left() const { return static_cast<uint32_t>(end_ - at_); }

  int32_t word() {
    if (at_ >= end_) {
      refuse();
      return 0;
    }
    return *at_++;
  }

  // So many words at once. nullptr: they are not there.
  const int32_t* run(uint32_t words) {
    if (!good_ || words > left()) {
      refuse();
      return nullptr;
    }
    return std::exchange(at_, at_ + words);
  }

  // The bytes lie behind all operands, each run padded to a whole word. nullptr: they do not.
  Bytes bytes(int32_t length) {
    if (length < 0) refuse();
    return reinterpret_cast<Bytes>(run((static_cast<uint32_t>(length) + 3) / 4));
  }

  // Whether runs of bytes of all these lengths are there.
  bool has_bytes(const int32_t* lengths, int count) const {
    uint64_t words = 0;
    for (int i = 0; i < count; i++) {
      if (lengths[i] < 0) return false;
      words += (static_cast<uint64_t>(lengths[i]) + 3) / 4;
    }
    return words <= left();
  }

  // The same for what may be left out: length -1, and nullptr.
  Bytes optional_bytes(int32_t length) { return length == kLeftOut ? nullptr : bytes(length); }

  // The row is malformed from here on.
  void refuse() {
    good_ = false;
    at_ = end_;
  }

 private:
  static constexpr int32_t kLeftOut = -1;

  const int32_t* at_;
  const int32_t* end_;
  bool good_ = true;
};

}  // namespace fdbkit::ring
