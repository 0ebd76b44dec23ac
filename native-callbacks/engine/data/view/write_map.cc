#include "engine/data/view/write_map.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "engine/data/values/atomic_ops.h"

namespace fdbkit::data {

namespace {

bool versionstamped(MutationType type) {
  return type == MutationType::kSetVersionstampedKey ||
         type == MutationType::kSetVersionstampedValue;
}

/// Whether an operation gives a value that does not depend on the one before.
bool replaces(MutationType type) { return type == MutationType::kSet || versionstamped(type); }

/// Two operations of one of these types join only when their operands have the same length: the
/// length of the last operand is that of the result.
bool joins_only_at_same_length(MutationType type) {
  switch (type) {
    case MutationType::kAdd:
    case MutationType::kOr:
    case MutationType::kXor:
    case MutationType::kMax:
    case MutationType::kMin:
    case MutationType::kMinV2:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool WriteMap::Entry::dependent() const { return !ops.empty() && !replaces(ops.front().type); }

WriteMap::Entries::iterator WriteMap::split_at(Bytes key) {
  auto at = entries_.lower_bound(key);
  if (at != entries_.end() && Bytes(at->first) == key) return at;
  Entry entry;
  if (at != entries_.begin()) {
    const Entry& before = std::prev(at)->second;
    entry.following_cleared = before.following_cleared;
    entry.following_conflict = entry.conflict = before.following_conflict;
    entry.following_unreadable = entry.unreadable = before.following_unreadable;
  }
  return entries_.emplace_hint(at, std::string(key), std::move(entry));
}

void WriteMap::merge_at(Bytes key) {
  auto at = entries_.find(key);
  if (at == entries_.end() || !at->second.ops.empty()) return;
  Entry none;
  const Entry& before = at == entries_.begin() ? none : std::prev(at)->second;
  const Entry& entry = at->second;
  if (entry.following_cleared == before.following_cleared &&
      entry.following_conflict == before.following_conflict &&
      entry.conflict == before.following_conflict &&
      entry.following_unreadable == before.following_unreadable &&
      entry.unreadable == before.following_unreadable) {
    entries_.erase(at);
  }
}

void WriteMap::join(std::vector<PendingOp>& ops, PendingOp op) {
  assert(!replaces(op.type));
  PendingOp& top = ops.back();
  std::optional<Bytes> known = top.value ? std::optional<Bytes>(*top.value) : std::nullopt;
  if (top.type == MutationType::kSet) {
    top.value = apply_atomic(op.type, known, *op.value);
  } else if (top.type == op.type && op.type != MutationType::kCompareAndClear &&
             (!joins_only_at_same_length(op.type) || known->size() == op.value->size())) {
    top.value = apply_atomic(op.type, known, *op.value);
  } else {
    ops.push_back(std::move(op));
  }
}

void WriteMap::mutate(Bytes key, MutationType type, std::string operand, bool add_conflict) {
  Entry& entry = split_at(key)->second;
  bool was_unreadable = entry.unreadable;
  entry.conflict = entry.conflict || add_conflict;
  entry.unreadable = entry.unreadable || versionstamped(type);
  unreadable_ = unreadable_ || versionstamped(type);
  may_take_away_ = may_take_away_ || type == MutationType::kCompareAndClear;
  PendingOp op{type, std::move(operand)};

  bool whole = type == MutationType::kSet || type == MutationType::kSetVersionstampedValue;
  if (whole && !was_unreadable) {
    entry.ops.clear();
    entry.ops.push_back(std::move(op));
  } else if (entry.ops.empty() && entry.following_cleared && !replaces(type)) {
    entry.ops.push_back({MutationType::kSet, std::nullopt});
    join(entry.ops, std::move(op));
  } else if (entry.ops.empty() || entry.unreadable) {
    entry.ops.push_back(std::move(op));
  } else {
    join(entry.ops, std::move(op));
  }
}

void WriteMap::clear(Bytes begin, Bytes end, bool add_conflict) {
  assert(begin < end);
  split_at(end);
  auto first = split_at(begin);
  auto last = entries_.find(end);
  Entry cleared;
  cleared.following_cleared = true;
  if (add_conflict) {
    entries_.erase(first, last);
    cleared.conflict = cleared.following_conflict = true;
    entries_.emplace(std::string(begin), cleared);
  } else {
    // Keep who conflicts: a boundary wherever that changes.
    std::vector<std::pair<std::string, bool>> boundaries;
    auto add = [&](std::string key, bool conflict) {
      if (boundaries.empty() || boundaries.back().second != conflict) {
        boundaries.emplace_back(std::move(key), conflict);
      }
    };
    for (auto at = first; at != last; ++at) {
      const Entry& entry = at->second;
      add(at->first, entry.conflict);
      if (!is_key_after(std::next(at)->first, at->first)) {
        if (!entry.ops.empty()) add(key_after(at->first), entry.following_conflict);
      }
    }
    entries_.erase(first, last);
    for (auto& [key, conflict] : boundaries) {
      cleared.conflict = cleared.following_conflict = conflict;
      entries_.emplace(std::move(key), cleared);
    }
  }
  merge_at(begin);
  merge_at(end);
}

void WriteMap::make_unreadable(Bytes begin, Bytes end) {
  if (begin >= end) return;
  unreadable_ = true;
  split_at(end);
  auto first = split_at(begin);
  entries_.erase(first, entries_.find(end));
  Entry entry;
  entry.unreadable = entry.following_unreadable = true;
  entries_.emplace(std::string(begin), entry);
  merge_at(begin);
  merge_at(end);
}

void WriteMap::add_versionstamped_key(std::string param, const KeyRange& range, std::string operand,
                                      std::optional<Version> read_version,
                                      std::vector<Mutation>& flushed,
                                      std::vector<KeyRange>& flushed_conflicts) {
  emit(range.begin, range.end, flushed, flushed_conflicts);
  make_unreadable(range.begin, range.end);
  place_versionstamp(param, make_versionstamp(read_version ? *read_version + 1 : 0, 0));
  mutate(param, MutationType::kSetVersionstampedKey, std::move(operand), false);
}

void WriteMap::add_conflict_range(Bytes begin, Bytes end) {
  if (begin >= end) return;
  split_at(end);
  for (auto at = split_at(begin); Bytes(at->first) != end; ++at) {
    at->second.conflict = at->second.following_conflict = true;
  }
  merge_at(end);
}

void WriteMap::emit(std::vector<Mutation>& mutations,
                    std::vector<KeyRange>& write_conflicts) const {
  emit(Bytes(), kSystemKeysEnd, mutations, write_conflicts);
}

void WriteMap::emit(Bytes begin, Bytes end, std::vector<Mutation>& mutations,
                    std::vector<KeyRange>& write_conflicts) const {
  if (entries_.empty() || begin >= end) return;
  auto first_conflict = write_conflicts.size();
  auto add_part = [&](std::vector<KeyRange>& out, std::size_t from, const Cursor& at) {
    std::string part_begin = at.begins_before(begin) ? std::string(begin) : at.begin();
    std::string part_end = at.ends_by(end) ? *at.end() : std::string(end);
    if (out.size() > from && out.back().end == part_begin) {
      out.back().end = std::move(part_end);
    } else {
      out.push_back({std::move(part_begin), std::move(part_end)});
    }
  };
  std::vector<KeyRange> clears;
  std::vector<Mutation> operations;
  Cursor at = cursor();
  at.seek(begin);
  do {
    if (!at.begins_before(end)) break;
    if (at.cleared()) add_part(clears, 0, at);
    if (at.conflict()) add_part(write_conflicts, first_conflict, at);
    if (!at.is_key()) continue;
    for (const PendingOp& op : at.ops()) {
      if (!op.value) {
        operations.push_back(
            {MutationType::kClearRange, std::string(at.key()), key_after(at.key())});
      } else {
        operations.push_back({op.type, std::string(at.key()), *op.value});
      }
    }
  } while (at.next());
  for (KeyRange& range : clears) {
    mutations.push_back({MutationType::kClearRange, std::move(range.begin), std::move(range.end)});
  }
  for (Mutation& operation : operations) mutations.push_back(std::move(operation));
}

void WriteMap::unknown_parts(Bytes begin, Bytes end, std::vector<KeyRange>& out) const {
  if (begin >= end) return;
  if (entries_.empty()) {
    out.push_back({std::string(begin), std::string(end)});
    return;
  }
  auto from = out.size();
  Cursor at = cursor();
  at.seek(begin);
  do {
    if (!at.begins_before(end)) break;
    if (!at.unknown()) continue;
    std::string part_begin = at.begins_before(begin) ? std::string(begin) : at.begin();
    std::string part_end = at.ends_by(end) ? *at.end() : std::string(end);
    if (out.size() > from && out.back().end == part_begin) {
      out.back().end = std::move(part_end);
    } else {
      out.push_back({std::move(part_begin), std::move(part_end)});
    }
  } while (at.next());
}

std::optional<std::string> WriteMap::first_modified(Bytes begin, Bytes end) const {
  if (entries_.empty() || begin >= end) return std::nullopt;
  Cursor at = cursor();
  at.seek(begin);
  do {
    if (!at.begins_before(end)) break;
    if (!at.unmodified()) return std::max(at.begin(), std::string(begin));
  } while (at.next());
  return std::nullopt;
}

bool WriteMap::unreadable_in(Bytes begin, Bytes end) const {
  if (!unreadable_ || begin >= end) return false;
  Cursor at = cursor();
  at.seek(begin);
  do {
    if (!at.begins_before(end)) break;
    if (at.unreadable()) return true;
  } while (at.next());
  return false;
}

std::optional<std::string> WriteMap::fold(const std::vector<PendingOp>& ops,
                                          std::optional<Bytes> existing) {
  std::optional<std::string> value;
  if (existing) value = std::string(*existing);
  for (const PendingOp& op : ops) {
    if (replaces(op.type)) {
      value = op.value;
    } else {
      value = apply_atomic(op.type, value ? std::optional<Bytes>(*value) : std::nullopt, *op.value);
    }
  }
  return value;
}

WriteMap::Lookup WriteMap::lookup(Bytes key) const {
  Lookup result;
  auto at = entries_.upper_bound(key);
  if (at == entries_.begin()) return result;
  --at;
  const Entry& entry = at->second;
  if (Bytes(at->first) == key && !entry.ops.empty()) {
    result.type = entry.dependent() ? SegmentType::kDependent : SegmentType::kIndependent;
    result.unreadable = entry.unreadable;
    result.ops = &entry.ops;
  } else {
    result.type = entry.following_cleared ? SegmentType::kCleared : SegmentType::kUnmodified;
    result.unreadable = entry.following_unreadable;
  }
  return result;
}

WriteMap::Cursor WriteMap::cursor() const { return Cursor(&entries_); }

void WriteMap::Cursor::seek(Bytes key) {
  at_ = entries_->upper_bound(key);
  if (at_ == entries_->begin()) {
    at_ = entries_->end();
    following_ = true;
    return;
  }
  --at_;
  following_ = at_->second.ops.empty() || Bytes(at_->first) != key;
}

bool WriteMap::Cursor::next() {
  auto after = next_entry();
  if (!following_ && (after == entries_->end() || !is_key_after(after->first, at_->first))) {
    following_ = true;
    return true;
  }
  if (after == entries_->end()) return false;
  at_ = after;
  following_ = at_->second.ops.empty();
  return true;
}

bool WriteMap::Cursor::prev() {
  if (!has_entry()) return false;
  if (following_ && !at_->second.ops.empty()) {
    following_ = false;
    return true;
  }
  if (at_ == entries_->begin()) {
    if (at_->first.empty()) return false;
    at_ = entries_->end();
    following_ = true;
    return true;
  }
  auto before = std::prev(at_);
  following_ = before->second.ops.empty() || !is_key_after(at_->first, before->first);
  at_ = before;
  return true;
}

WriteMap::SegmentType WriteMap::Cursor::type() const {
  if (!has_entry()) return SegmentType::kUnmodified;
  if (following_)
    return at_->second.following_cleared ? SegmentType::kCleared : SegmentType::kUnmodified;
  return at_->second.dependent() ? SegmentType::kDependent : SegmentType::kIndependent;
}

bool WriteMap::Cursor::unknown() const {
  SegmentType kind = type();
  return kind == SegmentType::kUnmodified || kind == SegmentType::kDependent;
}

bool WriteMap::Cursor::conflict() const {
  return has_entry() && (following_ ? at_->second.following_conflict : at_->second.conflict);
}

bool WriteMap::Cursor::unreadable() const {
  return has_entry() && (following_ ? at_->second.following_unreadable : at_->second.unreadable);
}

std::string WriteMap::Cursor::begin() const {
  if (!has_entry()) return {};
  return following_ && !at_->second.ops.empty() ? key_after(at_->first) : at_->first;
}

std::optional<std::string> WriteMap::Cursor::end() const {
  if (!following_) return key_after(at_->first);
  auto after = next_entry();
  if (after == entries_->end()) return std::nullopt;
  return after->first;
}

bool WriteMap::Cursor::begins_before(Bytes key) const {
  if (!has_entry()) return !key.empty();
  if (following_ && !at_->second.ops.empty())
    return Bytes(at_->first) < key && !is_key_after(key, at_->first);
  return Bytes(at_->first) < key;
}

bool WriteMap::Cursor::begins_by(Bytes key) const {
  if (!has_entry()) return true;
  if (following_ && !at_->second.ops.empty()) return Bytes(at_->first) < key;
  return Bytes(at_->first) <= key;
}

bool WriteMap::Cursor::ends_by(Bytes key) const {
  if (!following_) return Bytes(at_->first) < key;
  auto after = next_entry();
  return after != entries_->end() && Bytes(after->first) <= key;
}

}  // namespace fdbkit::data
