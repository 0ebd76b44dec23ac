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

/// Whether what was written says of this key whether it is there, or that it cannot be read.
bool decides(const WriteMap* writes, Bytes key) {
  if (writes == nullptr || writes->empty()) return false;
  const WriteMap::Lookup pending = writes->lookup(key);
  return pending.unreadable || pending.type == WriteMap::SegmentType::kCleared ||
         pending.type == WriteMap::SegmentType::kIndependent;
}

/// Whether it is worth a try to read without the database: the read begins in what was written, or
/// looks past an end.
bool may_be_offline(const ReadContext& context, const RangeRequest& request) {
  const auto& [begin, end, limits, snapshot, reverse] = request;
  if (context.direct) return false;
  if (begin.offset >= 1 && Bytes(begin.key) >= context.max_key) return true;
  if (end.offset <= 1 && end.key.empty()) return true;
  if (context.writes == nullptr || context.writes->empty()) return false;
  const bool plain = begin.offset == 1 && end.offset == 1;
  return !plain || reverse || decides(context.writes, begin.key);
}

void add_range_conflict(const ReadContext& context, const RangeRequest& request,
                        RangeResult& result) {
  if (result.error || !context.want_conflicts) return;
  const KeyRange range =
      conflict_range(context, request.begin, request.end, request.reverse, result);
  add_conflict(context, range.begin, range.end, result.conflicts);
}

/// What a snapshot read learned. That of others is in their conflicts.
void note_snapshot(const ReadContext& context, KnownKeys& known, const RangeRequest& request,
                   const RangeResult& result) {
  if (context.want_conflicts || context.direct || result.error) return;
  const KeyRange range =
      conflict_range(context, request.begin, request.end, request.reverse, result);
  known.own.add(range.begin, range.end);
}

}  // namespace

void read_range(const ReadContext& context, KnownKeys& known, RangeRequest request,
                RangeResult& result) {
  if (!request.normalize(result.error)) return;
  if (!needs_steps(context, request)) {
    read_range(context, request, result);
    note_snapshot(context, known, request, result);
    // With what a selector conflicts that points past an end depends on the steps, too.
    const bool past_end = result.read_to_begin || result.read_through_end;
    if (context.direct || result.error || !context.want_conflicts || !past_end) return;
    result = RangeResult();
  }
  read_by_steps(context, known, request, result);
  add_range_conflict(context, request, result);
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

bool read_range_offline(const ReadContext& context, RangeRequest request, RangeResult& result) {
  if (!request.normalize(result.error) || !may_be_offline(context, request)) return false;
  KnownKeys nothing;
  nothing.offline = true;
  read_by_steps(context, nothing, request, result);
  if (nothing.asked) return false;
  add_range_conflict(context, request, result);
  return true;
}

bool read_key_offline(const ReadContext& context, const KeySelector& selector,
                      GetKeyResult& result) {
  KeySelector plain = selector;
  plain.remove_or_equal();
  if (!may_be_offline(context, request_of_key(context, plain))) return false;
  KnownKeys nothing;
  nothing.offline = true;
  result.error = name_by_steps(context, nothing, plain, result.key);
  if (nothing.asked) return false;
  if (!result.error) add_key_conflict(context, plain, result.key, result.conflicts);
  return true;
}

}  // namespace fdbkit::data
