// Reads by steps, with their conflicts, and which reads need them.
#pragma once

#include "engine/data/steps/segments.h"
#include "engine/data/view/read.h"
#include "engine/data/view/ryw_view.h"

namespace fdbkit::data {

/// As read_range(). What the read learns of the database is added to `known`.
void read_range(const ReadContext& context, KnownKeys& known, RangeRequest request,
                RangeResult& result);

/// As read_key().
GetKeyResult read_key(const ReadContext& context, KnownKeys& known, const KeySelector& selector);

}  // namespace fdbkit::data
