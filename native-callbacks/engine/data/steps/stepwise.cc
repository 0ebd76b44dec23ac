#include "engine/data/steps/stepwise.h"

#include "engine/data/steps/range_steps.h"
#include "engine/data/view/range_conflicts.h"

namespace fdbkit::data {

namespace {

/// Whether the answer may depend on the steps: a key that is unreadable or has lost its value was
/// written, and it is in the way of the selectors.
bool needs_steps(const ReadContext& context, const RangeRequest& request) {
  const WriteMap* writes = context.writes;
  if (writes == nullptr) return false;
  if (request.begin.offset != 1 || request.end.offset != 1)
    return writes->ever_unreadable() || writes->may_take_away();
  return writes->unreadable_in(request.begin.key, request.end.key);
}

}  // namespace

void read_range(const ReadContext& context, KnownKeys& known, RangeRequest request,
                RangeResult& result) {
  if (!request.normalize(result.error)) return;
  if (!needs_steps(context, request)) return read_range(context, request, result);
  read_by_steps(context, known, request, result);
  if (result.error || !context.want_conflicts) return;
  const KeyRange range =
      conflict_range(context, request.begin, request.end, request.reverse, result);
  add_conflict(context, range.begin, range.end, result.conflicts);
}

GetKeyResult read_key(const ReadContext& context, KnownKeys& known, const KeySelector& selector) {
  const WriteMap* writes = context.writes;
  if (writes == nullptr || !(writes->ever_unreadable() || writes->may_take_away()))
    return read_key(context, selector);
  GetKeyResult result;
  KeySelector plain = selector;
  plain.remove_or_equal();
  result.error = name_by_steps(context, known, plain, result.key);
  if (!result.error) add_key_conflict(context, plain, result.key, result.conflicts);
  return result;
}

}  // namespace fdbkit::data
