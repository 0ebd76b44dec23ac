// Walks the live keys of store and write map merged, in one direction at a time.
#pragma once

#include <deque>
#include <string>

#include "engine/data/view/range_batch.h"
#include "engine/data/view/read.h"

namespace fdbkit::data {

class MergedScan {
 public:
  /// Computed values go into `owned`. `batch` may be null.
  MergedScan(const ReadContext& context, std::deque<std::string>& owned,
             RangeBatch* batch = nullptr);

  /// Before the first key >= `key`. Then call next() only.
  void seek(Bytes key);
  /// The next live key below `stop`. False at `stop`, at an error, or when the batch ended.
  bool next(Bytes stop, Row& row);

  /// Behind the last key < `key`. Then call prev() only.
  void seek_before(Bytes key);
  /// The next lower live key that is not below `stop`.
  bool prev(Bytes stop, Row& row);

  /// kAccessedUnreadable when the walk came to an unreadable key.
  Error error() const { return error_; }

 private:
  enum class Way { kUp, kDown };

  bool readable();
  bool own_key(Bytes stop, Row& row);
  void pass_cleared();
  bool enter(Bytes at, Bytes stop);
  std::string lowest_wanted(Bytes stop) const;
  template <Way kWay>
  bool step(Bytes stop, Row& row);
  template <Way kWay>
  bool passed(Bytes stop) const;
  template <Way kWay>
  bool outside(Bytes key, Bytes stop) const;
  template <Way kWay>
  bool store_step(Bytes stop, Row& row);
  template <Way kWay>
  bool enter_segment(Bytes stop);
  template <Way kWay>
  bool enter_rest(Bytes stop);

  const ReadContext& context_;
  std::deque<std::string>& owned_;
  RangeBatch* batch_;
  bool merged_;
  WriteMap::Cursor writes_;
  VersionedStore::Cursor store_;
  std::string from_;
  bool entered_ = false;  // store_ stands in the segment under writes_
  bool done_ = false;
  bool have_rows_ = false;
  Error error_ = kOk;
};

}  // namespace fdbkit::data
