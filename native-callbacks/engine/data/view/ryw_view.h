// Reads of a transaction: the store at the read version with the pending writes on top. Every read
// is answered at once.
#pragma once

#include "engine/data/values/bytes.h"
#include "engine/data/view/read.h"

namespace fdbkit::data {

/// One key. `key` is legal and not too long (the caller answers those at once).
void read_value(const ReadContext& context, Bytes key, GetResult& result);

/// Resolves a key selector. `selector.key` is at most max_key.
GetKeyResult read_key(const ReadContext& context, const KeySelector& selector);

/// A range read. Checks the limits (kRangeLimitsInvalid), not the keys: both are at most max_key.
/// `more` is set whenever a limit ended the read, even when nothing is left. See range_batch.h for
/// where a byte limit ends it.
void read_range(const ReadContext& context, RangeRequest request, RangeResult& result);

}  // namespace fdbkit::data
