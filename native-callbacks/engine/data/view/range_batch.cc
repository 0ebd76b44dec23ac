#include "engine/data/view/range_batch.h"

#include <algorithm>

namespace fdbkit::data {

namespace {

/// How many segments a client looks ahead for the end of a stretch.
int look_ahead(int requests) { return 100 + (requests ? 1 << std::min(requests, 20) : 0); }

}  // namespace

bool RangeBatch::asked(Bytes at) const {
  if (!active_ || full()) return false;
  if (!bound_) return true;
  return reverse_ ? at >= Bytes(*bound_) : at < Bytes(*bound_);
}

bool RangeBatch::enter(const WriteMap::Cursor* cursor, Bytes at, Bytes stop, bool have_rows) {
  if (asked(at)) return true;
  if (have_rows && limits_.has_bytes()) {
    ended_ = true;
    return false;
  }
  active_ = true;
  bytes_left_ = std::min<std::int64_t>(std::int64_t(limits_.bytes) << std::min(requests_, 20),
                                       kReplyByteLimit);
  rows_left_ = limits_.has_rows() ? std::max(1, limits_.rows) : -1;
  bound_.reset();
  if (cursor) bound_ = reverse_ ? stretch_begin(*cursor, stop) : stretch_end(*cursor, stop);
  requests_++;
  return true;
}

void RangeBatch::pass(Bytes key, std::size_t value_bytes) {
  if (!asked(key)) return;
  bytes_left_ -= kServerRowBytes + static_cast<std::int64_t>(key.size() + value_bytes);
  if (rows_left_ > 0) rows_left_--;
}

std::optional<std::string> RangeBatch::stretch_end(WriteMap::Cursor cursor, Bytes stop) const {
  std::optional<std::string> end = cursor.end();
  std::string empty_from = cursor.begin();
  for (int left = look_ahead(requests_); left > 0; left--) {
    if (!cursor.ends_by(stop)) return cursor.unknown() && !cursor.unreadable() ? std::nullopt : end;
    if (cursor.unreadable()) return end;
    if (cursor.cleared()) {
      if (!is_key_after(*cursor.end(), empty_from)) return end;
    } else {
      empty_from = *cursor.end();
      if (cursor.unknown()) end = cursor.end();
    }
    cursor.next();
  }
  return end;
}

std::optional<std::string> RangeBatch::stretch_begin(WriteMap::Cursor cursor, Bytes stop) const {
  std::string begin = cursor.begin();
  std::optional<std::string> empty_to = cursor.end();
  for (int left = look_ahead(requests_); left > 0; left--) {
    if (cursor.begins_by(stop)) {
      return cursor.unknown() && !cursor.unreadable() ? std::nullopt : std::optional(begin);
    }
    if (cursor.unreadable()) return begin;
    if (cursor.cleared()) {
      if (!empty_to || !is_key_after(*empty_to, cursor.begin())) return begin;
    } else {
      empty_to = cursor.begin();
      if (cursor.unknown()) begin = cursor.begin();
    }
    cursor.prev();
  }
  return begin;
}

}  // namespace fdbkit::data
