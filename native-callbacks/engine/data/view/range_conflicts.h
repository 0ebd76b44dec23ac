// The read conflict range of a range read.
#pragma once

#include "engine/data/view/read.h"

namespace fdbkit::data {

/// The range that a range read depends on: the ends of the selectors count, and the keys that were
/// returned; beyond the last one returned only when nothing cut the read short there. Selectors
/// without or_equal. May be empty or inverted when nothing was read.
KeyRange conflict_range(const ReadContext& context, const KeySelector& begin,
                        const KeySelector& end, bool reverse, const RangeResult& result);

/// The same for a transaction that does not read its writes: the client forms it by other rules.
KeyRange direct_conflict_range(const KeySelector& begin, const KeySelector& end, bool reverse,
                               const RangeResult& result);

/// Adds the parts of [begin, end) that a serializable read of it depends on.
void add_conflict(const ReadContext& context, Bytes begin, Bytes end, std::vector<KeyRange>& out);

/// The same for the key that a selector without or_equal named.
void add_key_conflict(const ReadContext& context, const KeySelector& selector, Bytes named,
                      std::vector<KeyRange>& out);

}  // namespace fdbkit::data
