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

void MergedScan::seek_before(Bytes key) {
  from_ = key;
  entered_ = false;
  done_ = key.empty();
  if (done_ || !merged_) return;
  writes_.seek(key);
  if (!writes_.begins_before(key)) writes_.prev();
}

bool MergedScan::next(Bytes stop, Row& row) { return step<Way::kUp>(stop, row); }

bool MergedScan::prev(Bytes stop, Row& row) { return step<Way::kDown>(stop, row); }

template <MergedScan::Way kWay>
bool MergedScan::step(Bytes stop, Row& row) {
  while (!done_) {
    bool found = false;
    if (merged_ && passed<kWay>(stop)) break;
    if (merged_ && !readable()) break;
    if (merged_ && writes_.is_key()) {
      found = own_key(stop, row);
    } else if (merged_ && writes_.cleared()) {
      pass_cleared();
    } else if (store_step<kWay>(stop, row)) {
      have_rows_ = true;
      return true;
    }
    if (batch_ && batch_->ended()) break;
    if (!merged_ || !(kWay == Way::kUp ? writes_.next() : writes_.prev())) done_ = true;
    entered_ = false;
    if (found) {
      have_rows_ = true;
      return true;
    }
  }
  done_ = true;
  return false;
}

/// Whether the segment under writes_ lies behind `stop`.
template <MergedScan::Way kWay>
inline bool MergedScan::passed(Bytes stop) const {
  return kWay == Way::kUp ? !writes_.begins_before(stop) : writes_.ends_by(stop);
}

/// Whether `key` lies behind `stop`, or behind the segment under writes_.
template <MergedScan::Way kWay>
inline bool MergedScan::outside(Bytes key, Bytes stop) const {
  if (kWay == Way::kUp) return key >= stop || (merged_ && writes_.ends_by(key));
  return key < stop || (merged_ && !writes_.begins_by(key));
}

/// The next row of the unmodified segment under writes_.
template <MergedScan::Way kWay>
bool MergedScan::store_step(Bytes stop, Row& row) {
  if (!entered_) {
    if (!enter_segment<kWay>(stop)) return false;
  } else if (batch_ && batch_->full()) {
    if (!enter_rest<kWay>(stop)) return false;
  }
  if (!store_.valid() || outside<kWay>(store_.key(), stop)) return false;
  row = {store_.key(), store_.value()};
  if (batch_) {
    batch_->pass(row.key, row.value.size());
    if (batch_->full()) from_ = row.key;
  }
  if (kWay == Way::kUp) {
    store_.next();
  } else {
    store_.prev();
  }
  return true;
}

/// Places store_ at the near end of the segment. False: nothing of it is wanted, or the batch ends.
template <MergedScan::Way kWay>
bool MergedScan::enter_segment(Bytes stop) {
  if constexpr (kWay == Way::kUp) {
    std::string begin = merged_ ? writes_.begin() : std::string();
    if (begin < from_) begin = from_;
    if (Bytes(begin) >= stop || !enter(begin, stop)) return false;
    store_.seek(begin);
  } else {
    std::string end = merged_ && writes_.ends_by(from_) ? *writes_.end() : from_;
    std::string begin = lowest_wanted(stop);
    if (end <= begin || !enter(begin, stop)) return false;
    store_.seek_before(end);
  }
  entered_ = true;
  return true;
}

/// The last row used the request up. False: there is nothing between it and the far end, or the
/// batch ends.
template <MergedScan::Way kWay>
bool MergedScan::enter_rest(Bytes stop) {
  if constexpr (kWay == Way::kUp) {
    std::string after = key_after(from_);
    bool over = !context_.direct && outside<kWay>(after, stop);
    return !over && enter(after, stop);
  } else {
    bool over =
        !context_.direct && (Bytes(from_) <= stop || (merged_ && !writes_.begins_before(from_)));
    return !over && enter(lowest_wanted(stop), stop);
  }
}

/// Going down, the begin of a segment stands for what is asked for of it.
std::string MergedScan::lowest_wanted(Bytes stop) const {
  return merged_ && !writes_.begins_by(stop) ? writes_.begin() : std::string(stop);
}

}  // namespace fdbkit::data
