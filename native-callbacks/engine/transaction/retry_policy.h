#pragma once

// Which errors on_error retries, and how long it waits: exponential from 10 ms, doubled each time
// up to a maximum, times a random share; a fixed short wait when only the read version was the
// trouble.

#include <algorithm>
#include <optional>

#include "engine/ground/errors.h"
#include "engine/ground/random.h"

namespace fdbkit::engine {

class RetryPolicy {
 public:
  static constexpr double kDefaultMaxBackoff = 1.0;

  // Seconds to wait, or nothing for an error that is not retried.
  std::optional<double> next_delay(ErrorCode code, double max_backoff, Random& random) {
    switch (code) {
      case Error::kNotCommitted:
      case Error::kCommitUnknownResult:
      case Error::kDatabaseLocked:
      case Error::kProcessBehind:
      case Error::kBatchTransactionThrottled:
      case Error::kTagThrottled:
      case Error::kBlobGranuleRequestFailed:
      case Error::kProxyTagThrottled:
        return grow(max_backoff, random);
      case Error::kCommitProxyMemoryLimitExceeded:
      case Error::kGrvProxyMemoryLimitExceeded:
      case Error::kTransactionThrottledHotShard:
      case Error::kTransactionRejectedRangeLocked:
        return grow(kResourceConstrainedMaxBackoff, random);
      case Error::kTransactionTooOld:
      case Error::kFutureVersion:
        return std::min(kFutureVersionRetryDelay, max_backoff);
      default:
        return std::nullopt;
    }
  }
  void reset() { backoff_ = kInitialBackoff; }

 private:
  static constexpr double kInitialBackoff = 0.01;
  static constexpr double kGrowth = 2.0;
  static constexpr double kResourceConstrainedMaxBackoff = 30.0;
  static constexpr double kFutureVersionRetryDelay = 0.01;

  double grow(double max_backoff, Random& random) {
    double delay = backoff_ * random.unit();
    backoff_ = std::min(backoff_ * kGrowth, max_backoff);
    return delay;
  }

  double backoff_ = kInitialBackoff;
};

}  // namespace fdbkit::engine
