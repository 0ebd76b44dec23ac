#include "engine/data/view/merged_scan.h"

namespace fdbkit::data {

namespace {
const WriteMap kNoWrites;
}

MergedScan::MergedScan(const ReadContext& context, std::deque<std::string>& owned,
                       RangeBatch* batch)
    : context_(context),
      owned_(owned),
      batch_(batch),
      merged_(context.writes && !context.writes->empty()),
      writes_((merged_ ? *context.writes : kNoWrites).cursor()),
      store_(context.store->cursor(context.version)) {}

bool MergedScan::readable() {
  if (!writes_.unreadable() || context_.bypass_unreadable) return true;
  error_ = kAccessedUnreadable;
  return false;
}

bool MergedScan::enter(Bytes at, Bytes stop) {
  return !batch_ || batch_->enter(merged_ ? &writes_ : nullptr, at, stop, have_rows_);
}

/// The key segment under writes_: true when it holds a value. The caller moves on.
bool MergedScan::own_key(Bytes stop, Row& row) {
  bool dependent = writes_.unknown();
  const auto& ops = writes_.ops();
  Bytes key = writes_.key();
  std::optional<Bytes> stored;
  if (dependent || (batch_ && batch_->asked(key)))
    stored = context_.store->get(key, context_.version);
  if (dependent && !enter(key, stop)) return false;
  if (batch_ && stored) batch_->pass(key, stored->size());
  if (ops.size() == 1 && !dependent) {
    if (!ops.front().value) return false;
    row = {key, *ops.front().value};
    return true;
  }
  std::optional<std::string> value = WriteMap::fold(ops, dependent ? stored : std::nullopt);
  if (!value) return false;
  owned_.push_back(std::move(*value));
  row = {key, owned_.back()};
  return true;
}

/// A cleared key inside the stretch asked for: the server counts it all the same.
void MergedScan::pass_cleared() {
  if (!batch_ || !batch_->asked(writes_.begin())) return;
  std::string key = writes_.begin();
  if (auto stored = context_.store->get(key, context_.version)) batch_->pass(key, stored->size());
}

void MergedScan::seek(Bytes key) {
  from_ = key;
  entered_ = done_ = false;
  if (merged_) writes_.seek(key);
}

bool MergedScan::next(Bytes stop, Row& row) {
  while (!done_) {
    bool found;
    if (merged_ && !writes_.begins_before(stop)) break;
    if (merged_ && !readable()) break;
    if (merged_ && writes_.is_key()) {
      found = own_key(stop, row);
    } else if (merged_ && writes_.cleared()) {
      pass_cleared();
      found = false;
    } else {
      found = store_next(stop, row);
      if (found) {
        have_rows_ = true;
        return true;
      }
    }
    if (batch_ && batch_->ended()) break;
    if (!merged_ || !writes_.next()) done_ = true;
    entered_ = false;
    if (found) {
      have_rows_ = true;
      return true;
    }
  }
  done_ = true;
  return false;
}

/// The next row of the unmodified segment under writes_.
bool MergedScan::store_next(Bytes stop, Row& row) {
  if (!entered_) {
    std::string begin = merged_ ? writes_.begin() : std::string();
    if (begin < from_) begin = from_;
    if (Bytes(begin) >= stop) return false;
    if (!enter(begin, stop)) return false;
    store_.seek(begin);
    entered_ = true;
  } else if (batch_ && batch_->full()) {
    // The last row used the request up; is there anything between it and the end?
    std::string after = key_after(from_);
    bool over = !context_.direct && (Bytes(after) >= stop || (merged_ && writes_.ends_by(after)));
    if (over) return false;
    if (!enter(after, stop)) return false;
  }
  if (!store_.valid() || store_.key() >= stop || (merged_ && writes_.ends_by(store_.key())))
    return false;
  row = {store_.key(), store_.value()};
  if (batch_) {
    batch_->pass(row.key, row.value.size());
    if (batch_->full()) from_ = row.key;
  }
  store_.next();
  return true;
}

void MergedScan::seek_before(Bytes key) {
  from_ = key;
  entered_ = false;
  done_ = key.empty();
  if (done_ || !merged_) return;
  writes_.seek(key);
  if (!writes_.begins_before(key)) writes_.prev();
}

bool MergedScan::prev(Bytes stop, Row& row) {
  while (!done_) {
    bool found;
    if (merged_ && writes_.ends_by(stop)) break;
    if (merged_ && !readable()) break;
    if (merged_ && writes_.is_key()) {
      found = own_key(stop, row);
    } else if (merged_ && writes_.cleared()) {
      pass_cleared();
      found = false;
    } else {
      found = store_prev(stop, row);
      if (found) {
        have_rows_ = true;
        return true;
      }
    }
    if (batch_ && batch_->ended()) break;
    if (!merged_ || !writes_.prev()) done_ = true;
    entered_ = false;
    if (found) {
      have_rows_ = true;
      return true;
    }
  }
  done_ = true;
  return false;
}

bool MergedScan::store_prev(Bytes stop, Row& row) {
  if (!entered_) {
    std::string end = merged_ && writes_.ends_by(from_) ? *writes_.end() : from_;
    // Something of the segment lies below `end`; its begin stands for it.
    std::string begin = merged_ && !writes_.begins_by(stop) ? writes_.begin() : std::string(stop);
    if (end <= begin) return false;
    if (!enter(begin, stop)) return false;
    store_.seek_before(end);
    entered_ = true;
  } else if (batch_ && batch_->full()) {
    // The last row used the request up; is there anything between the end and it?
    bool over =
        !context_.direct && (Bytes(from_) <= stop || (merged_ && !writes_.begins_before(from_)));
    if (over) return false;
    std::string begin = merged_ && !writes_.begins_by(stop) ? writes_.begin() : std::string(stop);
    if (!enter(begin, stop)) return false;
  }
  if (!store_.valid() || store_.key() < stop || (merged_ && !writes_.begins_by(store_.key())))
    return false;
  row = {store_.key(), store_.value()};
  if (batch_) {
    batch_->pass(row.key, row.value.size());
    if (batch_->full()) from_ = row.key;
  }
  store_.prev();
  return true;
}

}  // namespace fdbkit::data
