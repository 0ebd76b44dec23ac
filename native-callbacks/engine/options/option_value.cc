#include "engine/options/option_value.h"

#include <cstring>

namespace fdbkit::engine {

ErrorCode read_int_option(const OptionValue& value, int64_t least, int64_t most, int64_t& out) {
  int64_t passed = 0;
  if (!value || value->size() != sizeof(passed)) return Error::kInvalidOptionValue;
  std::memcpy(&passed, value->data(), sizeof(passed));
  if (passed < least || passed > most) return Error::kInvalidOptionValue;
  out = passed;
  return Error::kSuccess;
}

}  // namespace fdbkit::engine
