// Room mapped: range reads whose rows name second reads.
//
// Mapped range reads: each row of a primary range names a second read by filling in a tuple
// pattern.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/values/bytes.h"
#include "engine/data/view/read.h"

namespace fdbkit::data {

/// One primary row and its second read: a get when `range` is false, else the rows in [begin, end).
/// A server that answers gets returns key and value of the primary row only for the first and the
/// last row of a reply; the other rows have them empty, and so it is here.
struct MappedRow {
  Bytes key;
  Bytes value;
  bool range = false;
  std::string begin;  // the key of a get
  std::string end;
  std::optional<Bytes> get_value;  // for a get: nothing when the key is absent
  std::vector<Row> rows;
  bool more = false;
};

struct MappedRangeResult {
  Error error = kOk;
  std::vector<MappedRow> rows;
  bool more = false;
  std::vector<KeyRange> conflicts;
  std::deque<std::string> owned;
};

/// A mapped range read. `context.writes` is the transaction's write map (null with
/// read_your_writes_disable); what is read must not have been written in the transaction
/// (kGetMappedRangeReadsYourWrites). Snapshot reads and read_your_writes_disable are refused
/// (kUnsupportedOperation), as the real client does.
void read_mapped_range(const ReadContext& context, RangeRequest request, Bytes mapper,
                       MappedRangeResult& result);

}  // namespace fdbkit::data
