// Streaming modes: how many rows and bytes one batch of a range read asks for.
#pragma once

#include "engine/data/values/bytes.h"

namespace fdbkit::data {

/// -1 means no limit. A batch ends when `rows` is used up, or when `bytes` is used up and at least
/// `min_rows` were read.
struct RangeLimits {
  static constexpr int kUnlimited = -1;
  int rows = kUnlimited;
  int bytes = kUnlimited;
  int min_rows = 1;

  bool has_rows() const { return rows != kUnlimited; }
  bool has_bytes() const { return bytes != kUnlimited; }
  bool reached() const { return rows == 0 || (bytes == 0 && min_rows == 0); }
  bool valid() const;
  /// Takes one row off. A row counts its key, its value, and 8 bytes.
  void take(std::size_t key_bytes, std::size_t value_bytes);
};

/// Numbers of the C API's streaming modes.
enum class StreamingMode : int {
  kWantAll = -2,
  kIterator = -1,
  kExact = 0,
  kSmall = 1,
  kMedium = 2,
  kLarge = 3,
  kSerial = 4,
};

/// From the arguments of fdb_transaction_get_range to limits. `limit` and `target_bytes` 0 mean
/// none. Errors: kExactModeWithoutLimits; kClientInvalidOperation for a mode that does not exist
/// or, in iterator mode, an iteration below 1. kRangeLimitsInvalid is found later, by
/// RangeLimits::valid(), because the key checks come before it.
Error streaming_limits(int limit, int target_bytes, int mode, int iteration, RangeLimits& out);

}  // namespace fdbkit::data
