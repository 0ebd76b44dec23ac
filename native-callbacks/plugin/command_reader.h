// Reads a batch of commands, and the operands of one, as the ring reads a row. What is out of
// bounds reads as zero or empty and leaves good() false: a batch comes from another process.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "ring/commands/command_reader.h"

namespace fdbkit::plugin {

class CommandReader : public ring::CommandReader {
 public:
  using ring::CommandReader::CommandReader;

  double number() {
    const int32_t halves[2] = {word(), word()};
    double value;
    memcpy(&value, halves, sizeof value);
    return value;
  }

  std::string text() {
    const int32_t length = word();
    const ring::Bytes begin = bytes(length);
    if (begin == nullptr) return "";
    return std::string(reinterpret_cast<const char*>(begin), static_cast<size_t>(length));
  }

  // A part of so many words, read by itself.
  CommandReader part(uint32_t words) {
    const int32_t* begin = run(words);
    return CommandReader(begin, begin == nullptr ? 0 : words);
  }
};

}  // namespace fdbkit::plugin
