#include "engine/data/values/tuple.h"

#include <algorithm>
#include <cstdlib>

namespace fdbkit::data {

namespace {

constexpr unsigned char kNull = 0x00, kBytes = 0x01, kText = 0x02, kIntMin = 0x0c, kIntZero = 0x14,
                        kIntMax = 0x1c, kFloat = 0x20, kDouble = 0x21, kFalse = 0x26, kTrue = 0x27,
                        kVersionstamp = 0x33;

/// Length of a string element at the start of `rest`, with its code and its terminator.
std::size_t string_length(Bytes rest) {
  std::size_t i = 1;
  while (i < rest.size()) {
    if (rest[i] != '\0') {
      i++;
    } else if (i + 1 < rest.size() && rest[i + 1] == '\xff') {
      i += 2;
    } else {
      return i + 1;
    }
  }
  return rest.size();
}

/// Length of the element at the start of `rest`; 0 for a code that is no element.
std::size_t element_length(Bytes rest) {
  auto code = static_cast<unsigned char>(rest.front());
  if (code == kBytes || code == kText) return string_length(rest);
  if (code >= kIntMin && code <= kIntMax)
    return 1 + static_cast<std::size_t>(std::abs(code - kIntZero));
  switch (code) {
    case kNull:
    case kFalse:
    case kTrue:
      return 1;
    case kFloat:
      return 5;
    case kDouble:
      return 9;
    case kVersionstamp:
      return 13;
    default:
      return 0;
  }
}

}  // namespace

bool split_tuple(Bytes packed, std::vector<Bytes>& elements) {
  elements.clear();
  while (!packed.empty()) {
    std::size_t length = element_length(packed);
    if (length == 0) return false;
    length = std::min(length, packed.size());
    elements.push_back(packed.substr(0, length));
    packed.remove_prefix(length);
  }
  return true;
}

bool is_tuple_string(Bytes element) {
  return !element.empty() && (element.front() == char(kBytes) || element.front() == char(kText));
}

std::string tuple_string(Bytes element) {
  std::string out;
  for (std::size_t i = 1; i < element.size(); i++) {
    if (element[i] != '\0') {
      out.push_back(element[i]);
    } else if (i + 1 < element.size()) {
      out.push_back('\0');
      i++;
    }
  }
  return out;
}

void append_tuple_bytes(std::string& out, Bytes bytes) {
  out.push_back(char(kBytes));
  for (char c : bytes) {
    out.push_back(c);
    if (c == '\0') out.push_back('\xff');
  }
  out.push_back('\0');
}

}  // namespace fdbkit::data
