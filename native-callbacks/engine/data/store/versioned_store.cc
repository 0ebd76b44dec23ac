#include "engine/data/store/versioned_store.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "engine/data/store/history.h"
#include "engine/data/store/keyed_record.h"
#include "engine/data/values/atomic_ops.h"

namespace fdbkit::data {

struct VersionedStore::Record : KeyedRecord<Record> {
  Version version = 0;
  std::optional<std::string> value;  // nothing: cleared
  std::unique_ptr<History> older;    // null: never replaced
  std::uint32_t garbage = 0;         // entries of garbage_ that name this record
};

std::int64_t VersionedStore::Weight::of(const Record& record) {
  return record.value ? static_cast<std::int64_t>(record.key.size() + record.value->size()) : 0;
}

VersionedStore::VersionedStore() : tree_(std::make_unique<Tree>()) {}
VersionedStore::~VersionedStore() = default;

std::int64_t VersionedStore::live_bytes() const { return tree_->total(); }

const std::optional<std::string>* VersionedStore::at_version(const Record& record,
                                                             Version version) {
  if (record.version <= version) return &record.value;
  const History::Entry* entry = record.older ? record.older->at(version) : nullptr;
  return entry ? &entry->value : nullptr;
}

std::optional<Bytes> VersionedStore::get(Bytes key, Version version) const {
  Tree::Position at = tree_->find(key);
  if (!at) return std::nullopt;
  const std::optional<std::string>* value = at_version(*at, version);
  if (!value || !*value) return std::nullopt;
  return Bytes(**value);
}

void VersionedStore::write(Tree::Position at, std::optional<std::string> value, Version version) {
  Record& record = *at;
  std::int64_t before = Weight::of(record);
  live_keys_ += int(value.has_value()) - int(record.value.has_value());
  if (record.version == version) {
    record.value = std::move(value);
    // A set and a clear in one commit leave a tombstone that nobody queued yet.
    if (!record.value && record.garbage == 0) {
      garbage_.push_back({version, &record});
      record.garbage++;
    }
  } else {
    if (!record.older) record.older = std::make_unique<History>();
    record.older->push(record.version, std::move(record.value));
    record.version = version;
    record.value = std::move(value);
    garbage_.push_back({version, &record});
    record.garbage++;
  }
  tree_->add_summary(at, Weight::of(record) - before);
}

void VersionedStore::set(Bytes key, std::string value, Version version) {
  assert(version >= latest_);
  latest_ = version;
  auto make = [&] {
    Record* record = Record::make(key);
    record->version = version;
    record->value = std::move(value);
    return record;
  };
  auto [at, fresh] = tree_->find_or_insert(key, make);
  if (fresh) {
    live_keys_++;
  } else {
    write(at, std::move(value), version);
  }
}

void VersionedStore::clear(Bytes key, Version version) {
  assert(version >= latest_);
  latest_ = version;
  Tree::Position at = tree_->find(key);
  if (at && at->value) write(at, std::nullopt, version);
}

void VersionedStore::clear_range(Bytes begin, Bytes end, Version version) {
  assert(version >= latest_);
  latest_ = version;
  for (Tree::Position at = tree_->lower_bound(begin); at && at->key < end; at = tree_->next(at)) {
    if (at->value) write(at, std::nullopt, version);
  }
}

void VersionedStore::apply(const Mutation& mutation, Version version) {
  switch (mutation.type) {
    case MutationType::kSet:
      set(mutation.param1, mutation.param2, version);
      return;
    case MutationType::kClearRange:
      if (is_key_after(mutation.param2, mutation.param1)) {
        clear(mutation.param1, version);
      } else {
        clear_range(mutation.param1, mutation.param2, version);
      }
      return;
    default:
      break;
  }
  std::optional<std::string> value =
      apply_atomic(mutation.type, get(mutation.param1, version), mutation.param2);
  if (value) {
    set(mutation.param1, std::move(*value), version);
  } else {
    clear(mutation.param1, version);
  }
}

VersionedStore::Cursor VersionedStore::cursor(Version version) const {
  return Cursor(tree_.get(), version);
}

std::size_t VersionedStore::collect(Version oldest, std::size_t max_steps) {
  std::size_t steps = 0;
  while (steps < max_steps && !garbage_.empty() && garbage_.front().version <= oldest) {
    Record& record = *garbage_.front().record;
    garbage_.pop_front();
    steps++;
    record.garbage--;
    if (record.older) {
      record.older->drop_below(oldest, record.version);
      if (record.older->empty()) record.older.reset();
    }
    if (record.garbage == 0 && !record.value && record.version <= oldest) {
      tree_->erase(tree_->find(record.key));
    }
  }
  return steps;
}

std::int64_t VersionedStore::range_bytes(Bytes begin, Bytes end) const {
  if (begin >= end) return 0;
  return tree_->total_before(tree_->lower_bound(end)) -
         tree_->total_before(tree_->lower_bound(begin));
}

std::vector<std::string> VersionedStore::split_points(Bytes begin, Bytes end,
                                                      std::int64_t chunk_bytes) const {
  assert(chunk_bytes > 0);
  std::vector<std::string> points;
  if (begin >= end) return points;
  Tree::Position at = tree_->at_total(tree_->total_before(tree_->lower_bound(begin)) + chunk_bytes);
  Bytes chunk_begin = begin;
  while (at && at->key < end) {
    if (!at->value || at->key == chunk_begin) {
      // A single value larger than a chunk is a chunk of its own.
      at = tree_->next(at);
      continue;
    }
    chunk_begin = at->key;
    points.emplace_back(at->key);
    at = tree_->at_total(tree_->total_before(at) + chunk_bytes);
  }
  return points;
}

Bytes VersionedStore::Cursor::key() const { return at_->key; }

void VersionedStore::Cursor::seek(Bytes key) {
  at_ = tree_->lower_bound(key);
  settle_forward();
}

void VersionedStore::Cursor::seek_before(Bytes key) {
  at_ = tree_->prev(tree_->lower_bound(key));
  settle_back();
}

void VersionedStore::Cursor::next() {
  assert(valid());
  at_ = tree_->next(at_);
  settle_forward();
}

void VersionedStore::Cursor::prev() {
  assert(valid());
  at_ = tree_->prev(at_);
  settle_back();
}

void VersionedStore::Cursor::settle_forward() {
  value_ = nullptr;
  for (; at_; at_ = tree_->next(at_)) {
    const std::optional<std::string>* value = at_version(*at_, version_);
    if (value && *value) {
      value_ = &**value;
      return;
    }
  }
}

void VersionedStore::Cursor::settle_back() {
  value_ = nullptr;
  while (at_) {
    const std::optional<std::string>* value = at_version(*at_, version_);
    if (value && *value) {
      value_ = &**value;
      return;
    }
    // prev() of the first record is end(), and prev() of end() would start again at the last.
    at_ = tree_->prev(at_);
  }
}

}  // namespace fdbkit::data
