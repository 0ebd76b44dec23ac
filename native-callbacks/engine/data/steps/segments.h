// Room steps: reads in the steps in which the real client does them, for what depends on the steps.
//
// What a transaction knows of the keys: its own writes, and what it has read of the database so
// far. The two cut the key space into segments of one kind each.
#pragma once

#include <string>

#include "engine/data/values/range_set.h"
#include "engine/data/view/read.h"

namespace fdbkit::data {

/// The keys that a transaction has read of the database at its version, in one set or the other.
struct KnownKeys {
  const RangeSet* shared = nullptr;  // kept by somebody else; may be null
  RangeSet own;
  /// Nothing can be read now. A read that would have to sets `asked`, and has no answer.
  bool offline = false;
  bool asked = false;
};

struct Segment {
  enum class Kind { kUnknown, kEmpty, kRow };

  std::string begin;
  std::string end;
  Kind kind = Kind::kUnknown;
  bool unreadable = false;

  /// Whether it can be passed without a read of the database.
  bool passable() const { return !unreadable && kind != Kind::kUnknown; }
  /// Two segments of the same state of knowledge.
  bool operator==(const Segment& other) const { return begin == other.begin; }
};

/// Finds segments. Together they cover the keys up to the end of the system keys, and one behind
/// it.
class Segments {
 public:
  Segments(const ReadContext& context, const KnownKeys& known) : context_(context), known_(known) {}

  /// The segment that holds `key`.
  Segment at(Bytes key) const;
  Segment after(const Segment& segment) const { return at(segment.end); }
  /// The segment that ends where this one begins; the same one when there is none.
  Segment before(const Segment& segment) const;

  /// The value of a row's segment, kept in `owned` when it was computed. False: an atomic operation
  /// took it away.
  bool row(const Segment& segment, std::deque<std::string>& owned, Row& row) const;

 private:
  Segment stored_at(Bytes key) const;
  std::string last_row_edge(Bytes key) const;
  Segment joined(Segment stored, const WriteMap::Cursor& writes) const;

  const ReadContext& context_;
  const KnownKeys& known_;
};

}  // namespace fdbkit::data
