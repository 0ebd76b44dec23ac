#include "engine/data/values/streaming.h"

#include <algorithm>
#include <iterator>

namespace fdbkit::data {

namespace {
constexpr int kSmallBytes = 256;
constexpr int kMediumBytes = 1000;
constexpr int kLargeBytes = 4096;
constexpr int kSerialBytes = 80000;
// Each batch of an iteration asks for half as much again as the one before, up to the last of
// these.
constexpr int kIterationBytes[] = {4096,  6144,  9216,  13824, 20736,
                                   31104, 46656, 69984, 80000, 120000};
}  // namespace

bool RangeLimits::valid() const {
  return (rows >= 0 || !has_rows()) && (bytes >= 0 || !has_bytes()) && min_rows >= 0 &&
         (min_rows <= rows || !has_rows());
}

void RangeLimits::take(std::size_t key_bytes, std::size_t value_bytes) {
  min_rows = std::max(0, min_rows - 1);
  if (has_rows()) rows--;
  if (has_bytes()) bytes = std::max(0, bytes - 8 - static_cast<int>(key_bytes + value_bytes));
}

Error streaming_limits(int limit, int target_bytes, int mode, int iteration, RangeLimits& out) {
  out = RangeLimits();
  if (limit != 0) out.rows = limit;
  if (target_bytes != 0) out.bytes = target_bytes;
  int mode_bytes = RangeLimits::kUnlimited;
  switch (static_cast<StreamingMode>(mode)) {
    case StreamingMode::kExact:
      if (!out.has_rows() && !out.has_bytes()) return kExactModeWithoutLimits;
      break;
    case StreamingMode::kSmall:
      mode_bytes = kSmallBytes;
      break;
    case StreamingMode::kMedium:
      mode_bytes = kMediumBytes;
      break;
    case StreamingMode::kLarge:
      mode_bytes = kLargeBytes;
      break;
    case StreamingMode::kWantAll:
    case StreamingMode::kSerial:
      mode_bytes = kSerialBytes;
      break;
    case StreamingMode::kIterator:
      if (iteration <= 0) return kClientInvalidOperation;
      mode_bytes = kIterationBytes[std::min<int>(iteration, std::size(kIterationBytes)) - 1];
      break;
    default:
      return kClientInvalidOperation;
  }
  if (!out.has_bytes()) {
    out.bytes = mode_bytes;
  } else if (mode_bytes != RangeLimits::kUnlimited) {
    out.bytes = std::min(out.bytes, mode_bytes);
  }
  return kOk;
}

}  // namespace fdbkit::data
