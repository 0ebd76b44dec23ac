// Where a byte limit ends a range read.
//
// A client asks a storage server for a stretch of what it does not know. The server counts 24 bytes
// a row beside key and value, the client 8, so without pending writes it is the server that ends
// the batch. The stretch reaches over the client's own writes up to the next cleared range of more
// than one key. When the client comes to something unknown again and has a row already, it returns
// what it has.
#pragma once

#include <optional>
#include <string>

#include "engine/data/values/bytes.h"
#include "engine/data/values/streaming.h"
#include "engine/data/view/write_map.h"

namespace fdbkit::data {

class RangeBatch {
 public:
  /// `limits` is what is left of the read's limits; the reader keeps it up to date.
  RangeBatch(const RangeLimits& limits, bool reverse) : limits_(limits), reverse_(reverse) {}

  /// The scan is about to read what only the store knows, at `at` in the segment under `cursor`
  /// (null when there are no pending writes); `stop` is where the scan ends. False: the batch ends
  /// here.
  bool enter(const WriteMap::Cursor* cursor, Bytes at, Bytes stop, bool have_rows);
  /// The store holds this row, and the scan passes over it.
  void pass(Bytes key, std::size_t value_bytes);
  /// Whether `at` lies in the stretch that was asked for last, and that had room left.
  bool asked(Bytes at) const;
  /// Whether enter() ended the batch.
  bool ended() const { return ended_; }
  /// Whether the server's count is used up.
  bool full() const { return active_ && (bytes_left_ <= 0 || rows_left_ == 0); }

 private:
  static constexpr int kServerRowBytes = 24;

  std::optional<std::string> stretch_end(WriteMap::Cursor cursor, Bytes stop) const;
  std::optional<std::string> stretch_begin(WriteMap::Cursor cursor, Bytes stop) const;

  const RangeLimits& limits_;
  bool reverse_;
  bool active_ = false;
  bool ended_ = false;
  int requests_ = 0;
  std::int64_t bytes_left_ = 0;
  std::int64_t rows_left_ = 0;
  std::optional<std::string> bound_;  // nothing: up to the end of the scan
};

}  // namespace fdbkit::data
