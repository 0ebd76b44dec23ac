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

/// Reads without the database: `context.store` may be null. False: that cannot be done.
bool read_range_offline(const ReadContext& context, RangeRequest request, RangeResult& result);
bool read_key_offline(const ReadContext& context, const KeySelector& selector,
                      GetKeyResult& result);

}  // namespace fdbkit::data
