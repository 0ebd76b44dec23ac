// A range read, segment by segment, as the real client goes: it looks at what it knows until it
// comes to something unknown, asks the servers for a stretch, and looks again. What it answers
// depends on that order where keys are unreadable, where an atomic operation took a value away
// (such a key counts for selectors), and where selectors meet.
#pragma once

#include "engine/data/steps/segments.h"
#include "engine/data/view/read.h"

namespace fdbkit::data {

/// Rows, `more`, the ends that were met, and the error; no conflicts. Selectors without or_equal,
/// limits valid and not reached.
void read_by_steps(const ReadContext& context, KnownKeys& known, const RangeRequest& request,
                   RangeResult& result);

/// The range read that finds the key of a selector.
RangeRequest request_of_key(const ReadContext& context, const KeySelector& selector);

/// The key that a selector names: "" before the first, max_key after the last.
Error name_by_steps(const ReadContext& context, KnownKeys& known, const KeySelector& selector,
                    std::string& key);

}  // namespace fdbkit::data
