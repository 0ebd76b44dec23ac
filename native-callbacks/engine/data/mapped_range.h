// Mapped range reads: each row of a primary range names a second read by filling in a tuple pattern.
//
// A mapper is a packed tuple. An element "{K[n]}" or "{V[n]}" is replaced by element n of the row's key
// or value; "{...}" at the very end asks for all keys that start with the rest; "{{" and "}}" stand for
// single braces; everything else is taken as it is.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "bytes.h"
#include "ryw_view.h"

namespace fdbkit::data {

/// A mapper that was taken apart once, to be filled in for many rows.
class Mapper {
  public:
    /// kMapperNotTuple, kMapperBadRangeDescriptor, kMapperBadIndex.
    static Error parse(Bytes packed, Mapper &out);

    bool is_range() const { return range_; }

    /// The key (or, with is_range(), the prefix) that a row names. kKeyNotTuple, kValueNotTuple,
    /// kMapperBadIndex.
    Error fill(Bytes key, Bytes value, std::string &out) const;

  private:
    enum class Source { kLiteral, kKey, kValue };
    struct Element {
        Source source;
        std::string literal; // packed
        std::size_t index = 0;
    };
    std::vector<Element> elements_;
    bool range_ = false;
};

/// The second read of one row: a get when `range` is false, else all rows in [begin, end).
struct MappedRow {
    Bytes key;
    Bytes value;
    bool range = false;
    std::string begin; // the key of a get
    std::string end;
    std::optional<Bytes> get_value; // for a get: nothing when the key is absent
    std::vector<Row> rows;
    bool more = false;
};

struct MappedRangeResult {
    Error error = kOk;
    std::vector<MappedRow> rows;
    bool more = false;
    std::vector<KeyRange> conflicts;
    RangeResult primary; // backs the primary rows
};

/// A mapped range read. `context.writes` must be the transaction's write map: what it reads must not
/// have been written in the transaction (kGetMappedRangeReadsYourWrites). Snapshot reads, reverse reads
/// and read_your_writes_disable are refused (kUnsupportedOperation) as the real client does.
void read_mapped_range(const ReadContext &context, KeySelector begin, KeySelector end, Bytes mapper,
                       RangeLimits limits, bool snapshot, bool reverse, MappedRangeResult &result);

} // namespace fdbkit::data
