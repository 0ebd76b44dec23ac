#include "engine/data/store/conflict_map.h"

#include <algorithm>
#include <cassert>

#include "engine/data/store/keyed_record.h"

namespace fdbkit::data {

namespace {
// With two steps for each write a sweep ends before the map is twice what the window holds.
constexpr std::size_t kStepsPerWrite = 2;
// Finding the place to go on costs about as much as this many steps.
constexpr std::size_t kWorthASweep = 64;
}  // namespace

// The last write of `key`, and of the keys between it and the next entry.
struct ConflictMap::Entry : KeyedRecord<Entry> {
  Version at = 0;
  Version after = 0;
};

std::int64_t ConflictMap::Newest::of(const Entry& entry) {
  return entry.at > entry.after ? entry.at : entry.after;
}

ConflictMap::ConflictMap() : tree_(std::make_unique<Tree>()) {}
ConflictMap::~ConflictMap() = default;

std::size_t ConflictMap::size() const { return tree_->size(); }

Version ConflictMap::after_predecessor(Tree::Position at) const {
  Tree::Position before = tree_->prev(at);
  return before ? before->after : 0;
}

void ConflictMap::add_key(Bytes key, Version version) {
  allowed_ += kStepsPerWrite;
  auto [at, fresh] = tree_->find_or_insert(key, [&] {
    Entry* entry = Entry::make(key);
    entry->at = version;
    return entry;
  });
  if (fresh) {
    at->after = after_predecessor(at);
    tree_->add_summary(at, at->after);
  } else {
    assert(version >= at->at);
    at->at = version;
    tree_->add_summary(at, version);
  }
}

void ConflictMap::add(Bytes begin, Bytes end, Version version) {
  if (begin >= end) return;
  if (is_key_after(end, begin)) return add_key(begin, version);
  allowed_ += 2 * kStepsPerWrite;  // up to two new entries
  auto boundary = [](Bytes key) { return [key] { return Entry::make(key); }; };
  auto [last, last_fresh] = tree_->find_or_insert(end, boundary(end));
  if (last_fresh) {
    last->at = last->after = after_predecessor(last);
    tree_->add_summary(last, last->after);
  }
  Tree::Position first = tree_->find_or_insert(begin, boundary(begin)).first;
  first->at = first->after = version;
  tree_->add_summary(first, version);
  Tree::Position inside = tree_->next(first);
  while (inside && Bytes(inside->key) < end) inside = tree_->erase(inside);
}

bool ConflictMap::conflicts_key(Bytes key, Version read_version) const {
  Tree::Position at = tree_->lower_bound(key);
  if (at && Bytes(at->key) == key) return at->at > read_version;
  return after_predecessor(at) > read_version;
}

bool ConflictMap::conflicts(Bytes begin, Bytes end, Version read_version) const {
  if (begin >= end) return false;
  if (is_key_after(end, begin)) return conflicts_key(begin, read_version);
  Tree::Position at = tree_->lower_bound(begin);
  if (!at || Bytes(at->key) != begin) {
    if (after_predecessor(at) > read_version) return true;
  }
  at = tree_->next_over(at, read_version);
  if (!at || Bytes(at->key) >= end) return false;
  if (at->at > read_version) return true;
  // Only the keys after the entry are new: there must be one before `end`.
  if (!is_key_after(end, at->key)) return true;
  return false;
}

std::size_t ConflictMap::collect(Version oldest, std::size_t max_steps) {
  std::size_t removed = 0;
  if (allowed_ < kWorthASweep || tree_->size() == 0) return removed;
  std::size_t steps = std::min(allowed_, std::max(max_steps, kWorthASweep));
  allowed_ -= steps;
  Tree::Position at = tree_->lower_bound(sweep_);
  Version before = after_predecessor(at);
  for (; steps > 0; steps--) {
    if (!at) {
      at = tree_->first();
      before = 0;
      if (!at) break;
    }
    // Anything at or below `oldest` counts as never written, so such an entry between such keys
    // says nothing.
    bool old = at->at <= oldest && at->after <= oldest && before <= oldest;
    before = at->after;
    if (old) {
      at = tree_->erase(at);
      removed++;
    } else {
      at = tree_->next(at);
    }
  }
  sweep_ = at ? std::string(at->key) : std::string();
  return removed;
}

}  // namespace fdbkit::data
