#include "engine/data/steps/segments.h"

#include <algorithm>

namespace fdbkit::data {

namespace {

const WriteMap kNoWrites;

/// The part of the keys around `key` that is wholly in the set, or wholly outside.
KeyRange part_of(const RangeSet& set, Bytes key, bool& inside) {
  KeyRange part{"", std::string(kSystemKeysEnd)};
  inside = set.around(key, part.begin, part.end);
  return part;
}

void narrow(Segment& segment, const KeyRange& to) {
  segment.begin = std::max(segment.begin, to.begin);
  segment.end = std::min(segment.end, to.end);
}

}  // namespace

/// What is known of the database around `key`, whatever was written.
Segment Segments::stored_at(Bytes key) const {
  Segment segment{"", std::string(kSystemKeysEnd)};
  bool inside = false;
  narrow(segment, part_of(known_.own, key, inside));
  if (!inside && known_.shared != nullptr) {
    const KeyRange part = part_of(*known_.shared, key, inside);
    // Inside this set it does not matter where the other one is.
    if (inside) segment = {"", std::string(kSystemKeysEnd)};
    narrow(segment, part);
  }
  if (!inside) return segment;
  VersionedStore::Cursor cursor = context_.store->cursor(context_.version);
  cursor.seek(key);
  if (cursor.valid() && cursor.key() == key)
    return {std::string(key), key_after(key), Segment::Kind::kRow};
  segment.kind = Segment::Kind::kEmpty;
  if (cursor.valid()) segment.end = std::min(segment.end, std::string(cursor.key()));
  cursor.seek_before(key);
  if (cursor.valid()) segment.begin = std::max(segment.begin, key_after(cursor.key()));
  return segment;
}

Segment Segments::joined(Segment stored, const WriteMap::Cursor& writes) const {
  KeyRange part{writes.begin(), std::string(kSystemKeysEnd)};
  if (auto end = writes.end()) part.end = std::min(part.end, *end);
  narrow(stored, part);
  stored.unreadable = writes.unreadable();
  using enum WriteMap::SegmentType;
  switch (writes.type()) {
    case kUnmodified:
      break;
    case kCleared:
      stored.kind = Segment::Kind::kEmpty;
      break;
    case kIndependent:
      stored.kind = Segment::Kind::kRow;
      break;
    case kDependent:
      if (stored.kind != Segment::Kind::kUnknown) stored.kind = Segment::Kind::kRow;
      break;
  }
  return stored;
}

Segment Segments::at(Bytes key) const {
  if (key >= kSystemKeysEnd)
    return {std::string(kSystemKeysEnd), key_after(kSystemKeysEnd), Segment::Kind::kEmpty};
  WriteMap::Cursor writes = (context_.writes ? *context_.writes : kNoWrites).cursor();
  writes.seek(key);
  return joined(stored_at(key), writes);
}

/// The last begin or end of a row in the database below `key`.
std::string Segments::last_row_edge(Bytes key) const {
  if (known_.offline) return {};
  VersionedStore::Cursor cursor = context_.store->cursor(context_.version);
  cursor.seek_before(key);
  if (!cursor.valid()) return {};
  std::string behind = key_after(cursor.key());
  return Bytes(behind) < key ? behind : std::string(cursor.key());
}

Segment Segments::before(const Segment& segment) const {
  if (segment.begin.empty()) return segment;
  WriteMap::Cursor writes = (context_.writes ? *context_.writes : kNoWrites).cursor();
  writes.seek(segment.begin);
  if (!writes.begins_before(segment.begin)) writes.prev();
  // No key lies right before another, so the last part that begins below it is looked for.
  std::string low = writes.begin();
  low = std::max(low, last_row_edge(segment.begin));
  for (const RangeSet* set : {&known_.own, known_.shared}) {
    if (set != nullptr) low = std::max(low, set->last_edge_before(segment.begin));
  }
  return joined(stored_at(low), writes);
}

bool Segments::row(const Segment& segment, std::deque<std::string>& owned, Row& row) const {
  std::optional<Bytes> value;
  WriteMap::Lookup pending;
  if (context_.writes != nullptr) pending = context_.writes->lookup(segment.begin);
  using enum WriteMap::SegmentType;
  if (pending.type != kIndependent) value = context_.store->get(segment.begin, context_.version);
  owned.push_back(segment.begin);
  row.key = owned.back();
  if (pending.ops != nullptr) {
    std::optional<std::string> folded = WriteMap::fold(*pending.ops, value);
    if (!folded) return false;
    owned.push_back(std::move(*folded));
    value = owned.back();
  }
  if (!value) return false;
  row.value = *value;
  return true;
}

}  // namespace fdbkit::data
