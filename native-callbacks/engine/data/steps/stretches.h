// How much the client asks for when it comes to something unknown: up to the next keys that it
// knows to be cleared, and over single cleared keys, which it expects the servers to count.
#pragma once

#include <cstdint>

#include "engine/data/steps/segments.h"
#include "engine/data/steps/stored_range.h"

namespace fdbkit::data {

class Stretches {
 public:
  /// Where a read stands: the selectors as far as they are resolved, the unknown segment at hand,
  /// and the one that the far end has come to.
  struct Ends {
    const KeySelector& begin;
    const KeySelector& end;
    const Segment& at;
    const Segment& far;
  };

  /// Asks the servers, and returns the selector of the near end from which to look again.
  KeySelector ask_forward(const ReadContext& context, const Segments& segments, KnownKeys& known,
                          const Ends& ends, const RangeLimits& limits);
  KeySelector ask_back(const ReadContext& context, const Segments& segments, KnownKeys& known,
                       const Ends& ends, const RangeLimits& limits);

 private:
  int most_clears() const;
  KeySelector far_forward(const ReadContext& context, const Segments& segments, const Ends& ends);
  KeySelector far_back(const Segments& segments, const Ends& ends);
  RangeLimits limits_of(RangeLimits limits, std::int64_t rows_needed);

  int requests_ = 0;
  std::int64_t more_rows_ = 0;  // to ask for beyond the limits of the read
};

}  // namespace fdbkit::data
