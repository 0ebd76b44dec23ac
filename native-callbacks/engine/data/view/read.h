// What a read of a transaction looks at, and what it answers.
//
// Next to an answer are the read conflict ranges that a serializable read adds. Views in answers
// are valid until the store or the write map changes.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/store/versioned_store.h"
#include "engine/data/values/bytes.h"
#include "engine/data/values/streaming.h"
#include "engine/data/view/write_map.h"

namespace fdbkit::data {

/// What a read looks at.
///
/// - read your writes (default), and snapshot reads with snapshot_ryw enabled: `writes` set.
/// - snapshot reads with snapshot_ryw disabled: `writes` null.
/// - read_your_writes_disable: `writes` null and `direct` true (conflict ranges are formed
/// differently).
struct ReadContext {
  const VersionedStore* store = nullptr;
  Version version = 0;
  const WriteMap* writes = nullptr;
  /// First key that may not be read: kUserKeysEnd, or kSystemKeysEnd with access to system keys.
  Bytes max_key = kUserKeysEnd;
  bool bypass_unreadable = false;
  bool direct = false;
  /// False for snapshot reads: no conflict ranges are worked out.
  bool want_conflicts = true;
};

struct GetResult {
  Error error = kOk;
  std::optional<Bytes> value;
  std::vector<KeyRange> conflicts;
  std::string
      owned;  // backs `value` when it was computed; so a GetResult is filled in place, not moved
};

struct GetKeyResult {
  Error error = kOk;
  std::string key;  // "" before the first key, max_key after the last
  std::vector<KeyRange> conflicts;
};

/// A range read as it is asked for.
struct RangeRequest {
  KeySelector begin;
  KeySelector end;
  RangeLimits limits;
  bool snapshot = false;
  bool reverse = false;

  /// Brings the selectors into their form without or_equal. False: there is nothing to read, or, if
  /// `error` is set, the limits make no sense.
  bool normalize(Error& error) {
    if (limits.reached()) return false;
    if (!limits.valid()) {
      error = kRangeLimitsInvalid;
      return false;
    }
    begin.remove_or_equal();
    end.remove_or_equal();
    return begin.offset < end.offset || begin.key < end.key;
  }
};

struct Row {
  Bytes key;
  Bytes value;
};

struct RangeResult {
  Error error = kOk;
  std::vector<Row> rows;  // in the order asked for: descending for a reverse read
  bool more = false;
  std::vector<KeyRange> conflicts;

  // For the conflict range: the selectors ran off the begin or the end.
  bool read_to_begin = false;
  bool read_through_end = false;
  std::deque<std::string> owned;  // backs computed keys and values
};

}  // namespace fdbkit::data
