// Reads a batch of commands, and the operands of one. What is out of bounds reads as zero or empty
// and leaves good() false: a batch comes from another process.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

namespace fdbkit::plugin {

class CommandReader {
 public:
  CommandReader(const int32_t* words, uint32_t count) : at_(words), end_(words + count) {}

  bool at_end() const { return at_ >= end_; }
  bool good() const { return good_; }
  uint32_t left() const { return static_cast<uint32_t>(end_ - at_); }
  const int32_t* words() const { return at_; }

  int32_t word() {
    if (at_ >= end_) {
      good_ = false;
      return 0;
    }
    return *at_++;
  }

  double number() {
    const int32_t halves[2] = {word(), word()};
    double value;
    memcpy(&value, halves, sizeof value);
    return value;
  }

  std::string text() {
    const uint32_t length = static_cast<uint32_t>(word());
    const uint64_t words = (static_cast<uint64_t>(length) + 3) / 4;
    if (words > left()) {
      good_ = false;
      at_ = end_;
      return "";
    }
    std::string result(reinterpret_cast<const char*>(at_), length);
    at_ += words;
    return result;
  }

  // A part of so many words, read by itself.
  CommandReader part(uint32_t words) {
    if (words > left()) {
      good_ = false;
      words = left();
    }
    CommandReader result(at_, words);
    at_ += words;
    return result;
  }

 private:
  const int32_t* at_;
  const int32_t* end_;
  bool good_ = true;
};

}  // namespace fdbkit::plugin
