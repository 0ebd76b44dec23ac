#include "engine/data/view/ryw_view.h"

#include "engine/data/view/key_resolution.h"
#include "engine/data/view/merged_scan.h"
#include "engine/data/view/range_batch.h"
#include "engine/data/view/range_conflicts.h"

namespace fdbkit::data {

namespace {

/// Reads rows between two places until a limit is reached.
void scan_rows(const ReadContext& context, Bytes begin, Bytes end, RangeLimits limits, bool reverse,
               RangeResult& result) {
  RangeBatch batch(limits, reverse);
  MergedScan scan(context, result.owned, limits.has_bytes() ? &batch : nullptr);
  Row row;
  if (reverse) {
    scan.seek_before(end);
  } else {
    scan.seek(begin);
  }
  while (!limits.reached() && (reverse ? scan.prev(begin, row) : scan.next(end, row))) {
    result.rows.push_back(row);
    limits.take(row.key.size(), row.value.size());
  }
  result.error = scan.error();
  result.more = limits.reached() || batch.ended();
}

/// Whether the client refuses to join a stack of operations under a versionstamp.
bool cannot_join(const std::vector<PendingOp>& ops) {
  if (ops.size() < 2) return false;
  for (std::size_t i = 0; i < ops.size(); i++) {
    if (ops[i].type == MutationType::kSetVersionstampedKey) return true;
    const bool on_stamp = i > 0 && ops[i - 1].type == MutationType::kSetVersionstampedValue;
    const bool replaces =
        ops[i].type == MutationType::kSet || ops[i].type == MutationType::kSetVersionstampedValue;
    if (on_stamp && !replaces) return true;
  }
  return false;
}

}  // namespace

void read_value(const ReadContext& context, Bytes key, GetResult& result) {
  WriteMap::Lookup pending;
  if (context.writes && !context.writes->empty()) pending = context.writes->lookup(key);
  if (pending.unreadable && !context.bypass_unreadable) {
    result.error = kAccessedUnreadable;
    return;
  }
  if (pending.unreadable && pending.ops && cannot_join(*pending.ops)) {
    result.error = kOperationFailed;
    return;
  }
  using enum WriteMap::SegmentType;
  bool unknown = pending.type == kUnmodified || pending.type == kDependent;
  if (unknown) result.value = context.store->get(key, context.version);
  if (pending.ops) {
    std::optional<std::string> value = WriteMap::fold(*pending.ops, result.value);
    result.value.reset();
    if (value) {
      result.owned = std::move(*value);
      result.value = result.owned;
    }
  }
  if (unknown && context.want_conflicts)
    result.conflicts.push_back({std::string(key), key_after(key)});
}

GetKeyResult read_key(const ReadContext& context, const KeySelector& selector) {
  GetKeyResult result;
  KeySelector plain = selector;
  plain.remove_or_equal();
  Resolved place = resolve_place(context, plain);
  result.error = place.error;
  if (result.error) return result;
  result.key = std::move(place.key);
  if (plain.offset > 0 && !place.off_end) {
    std::deque<std::string> owned;
    MergedScan scan(context, owned);
    Row row;
    scan.seek(result.key);
    result.key = scan.next(context.max_key, row) ? row.key : context.max_key;
    result.error = scan.error();
    if (result.error) return result;
  }
  add_key_conflict(context, plain, result.key, result.conflicts);
  return result;
}

void read_range(const ReadContext& context, RangeRequest request, RangeResult& result) {
  if (!request.normalize(result.error)) return;
  const auto& [begin, end, limits, snapshot, reverse] = request;
  Resolved from = resolve_place(context, begin);
  Resolved to = resolve_place(context, end);
  if (from.error || to.error) {
    result.error = from.error ? from.error : to.error;
    return;
  }
  if (Bytes(to.key) > context.max_key) to.key = context.max_key;
  if (from.key < to.key) scan_rows(context, from.key, to.key, limits, reverse, result);
  if (result.error) return;
  result.read_to_begin = (from.off_begin || to.off_begin) && !(reverse && result.more);
  result.read_through_end = (from.off_end || to.off_end) && !(!reverse && result.more);
  if (!context.want_conflicts) return;
  KeyRange range = context.direct ? direct_conflict_range(begin, end, reverse, result)
                                  : conflict_range(context, begin, end, reverse, result);
  add_conflict(context, range.begin, range.end, result.conflicts);
}

}  // namespace fdbkit::data
