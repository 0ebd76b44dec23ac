#include "engine/data/view/range_conflicts.h"

#include <algorithm>

namespace fdbkit::data {

KeyRange conflict_range(const ReadContext& context, const KeySelector& begin,
                        const KeySelector& end, bool reverse, const RangeResult& result) {
  KeyRange range{std::min(begin.key, end.key), std::max(begin.key, end.key)};
  bool ordered = begin.key < end.key;
  if (!reverse && ordered && result.more && end.offset > 0) range.end = begin.key;
  if (reverse && ordered && result.more && begin.offset <= 1) range.begin = end.key;
  if (result.read_to_begin && begin.offset <= 0) range.begin.clear();
  if (result.read_through_end && end.offset > 0) range.end = context.max_key;
  if (result.rows.empty()) return range;
  Bytes first = reverse ? result.rows.back().key : result.rows.front().key;
  Bytes last = reverse ? result.rows.front().key : result.rows.back().key;
  bool widen_begin = reverse || begin.offset <= 0;
  bool widen_end = !reverse || end.offset > 0;
  if (widen_begin && first < Bytes(range.begin)) range.begin = first;
  if (widen_end && Bytes(range.end) <= last) range.end = key_after(last);
  return range;
}

KeyRange direct_conflict_range(const KeySelector& begin, const KeySelector& end, bool reverse,
                               const RangeResult& result) {
  KeyRange range;
  bool empty = result.rows.empty();
  if (result.read_to_begin) {
    range.begin.clear();
  } else if (empty || ((!reverse || !result.more || begin.offset > 1) && begin.offset > 0)) {
    range.begin = begin.key;
  } else {
    range.begin = reverse ? result.rows.back().key : result.rows.front().key;
  }
  if (end.offset > begin.offset && end.key < range.begin) range.begin = end.key;
  if (result.read_through_end) {
    range.end = kSystemKeysEnd;
  } else if (empty || ((reverse || !result.more || end.offset <= 0) && end.offset <= 1)) {
    range.end = end.key;
  } else {
    range.end = key_after(reverse ? result.rows.front().key : result.rows.back().key);
  }
  if (begin.offset < end.offset && begin.key > range.end) range.end = begin.key;
  return range;
}

void add_conflict(const ReadContext& context, Bytes begin, Bytes end, std::vector<KeyRange>& out) {
  if (!context.want_conflicts || begin >= end) return;
  if (context.writes && !context.direct) {
    context.writes->unknown_parts(begin, end, out);
  } else {
    out.push_back({std::string(begin), std::string(end)});
  }
}

void add_key_conflict(const ReadContext& context, const KeySelector& selector, Bytes named,
                      std::vector<KeyRange>& out) {
  if (selector.offset > 0) {
    add_conflict(context, selector.key, key_after(named), out);
  } else {
    add_conflict(context, named, selector.key, out);
  }
}

}  // namespace fdbkit::data
