#pragma once

// Reading the value of an option as the real client reads it.

#include <cstdint>
#include <optional>
#include <string>

#include "engine/ground/errors.h"

namespace fdbkit::engine {

using OptionValue = std::optional<std::string>;

inline OptionValue option_value(const uint8_t* value, int length) {
  if (value == nullptr) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(value),
                     length > 0 ? static_cast<std::size_t>(length) : 0);
}

// 2006 unless the value is eight bytes holding an integer within the bounds.
ErrorCode read_int_option(const OptionValue& value, int64_t least, int64_t most, int64_t& out);
inline ErrorCode require_value(const OptionValue& value) {
  return value ? Error::kSuccess : Error::kInvalidOptionValue;
}
inline ErrorCode require_no_value(const OptionValue& value) {
  return value && !value->empty() ? Error::kInvalidOptionValue : Error::kSuccess;
}

}  // namespace fdbkit::engine
