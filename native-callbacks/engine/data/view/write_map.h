// The pending writes of one transaction, as reads of that transaction see them.
//
// The key space is cut into segments. Each is an unmodified range, a cleared range, or one key with
// a stack of operations. A key whose lowest operation is a set (or that lies in cleared keys) is
// independent: its value is known without the database. Otherwise it is dependent.
//
// Operations on one key fold as they come: a set replaces what was there, an atomic operation on a
// known value is applied at once, two operations of the same kind that can be joined are. What
// cannot fold is stacked. Keys written with a versionstamped value are unreadable, and so is the
// range of keys that a versionstamped key may become; operations on unreadable keys always stack,
// in the order they came.
//
// The map is also what the transaction commits: emit() lists clears first, then the operations of
// each key in key order. That has the effect of the order of issue because a clear removes the
// operations below it. A versionstamped key is the one case where order matters across keys:
// make_unreadable() expects that the caller has emitted the range before (see
// add_versionstamped_key()).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/values/bytes.h"
#include "engine/data/values/mutation.h"

namespace fdbkit::data {

/// One operation on one key. `value` is the operand; nothing (only with kSet) means absent.
struct PendingOp {
  MutationType type;
  std::optional<std::string> value;
};

class WriteMap {
 public:
  enum class SegmentType { kUnmodified, kCleared, kIndependent, kDependent };
  class Cursor;

  /// A set or atomic operation. `type` is already the effective one for the API version, sizes and
  /// legality are checked by the caller. kSetVersionstampedValue makes the key unreadable.
  /// `add_conflict` false: the write adds no write conflict range (an earlier one stays).
  void mutate(Bytes key, MutationType type, std::string operand, bool add_conflict = true);

  /// Clears [begin, end); begin < end.
  void clear(Bytes begin, Bytes end, bool add_conflict = true);

  /// A versionstamped key. `param` is in the current form (4-byte offset at the end) and checked;
  /// `range` is versionstamp_key_range() of it. Emits what is pending in the range into `flushed`
  /// and `flushed_conflicts`, which the caller sends before everything else, makes the range
  /// unreadable, and notes the operation. It adds no write conflict here: the caller adds one at
  /// commit, when the key is known.
  void add_versionstamped_key(std::string param, const KeyRange& range, std::string operand,
                              std::optional<Version> read_version, std::vector<Mutation>& flushed,
                              std::vector<KeyRange>& flushed_conflicts);

  /// Makes [begin, end) unreadable and forgets what was pending there.
  void make_unreadable(Bytes begin, Bytes end);

  /// Marks [begin, end) as written, for conflicts only.
  void add_conflict_range(Bytes begin, Bytes end);

  /// True when nothing was ever written or marked.
  bool empty() const { return entries_.empty(); }
  void reset() {
    entries_.clear();
    unreadable_ = may_take_away_ = false;
  }

  /// Whether a versionstamp ever made keys unreadable.
  bool ever_unreadable() const { return unreadable_; }
  /// Whether there may be operations on a key that leave no value.
  bool may_take_away() const { return may_take_away_; }
  /// Whether there are unreadable keys in [begin, end).
  bool unreadable_in(Bytes begin, Bytes end) const;

  /// Appends what is pending in [begin, end): mutations in the order to apply them, and the ranges
  /// that other transactions' reads conflict with (disjoint, ascending).
  void emit(Bytes begin, Bytes end, std::vector<Mutation>& mutations,
            std::vector<KeyRange>& write_conflicts) const;
  /// All of it, up to the end of the system keys.
  void emit(std::vector<Mutation>& mutations, std::vector<KeyRange>& write_conflicts) const;

  /// Appends the parts of [begin, end) whose content comes from the database: unmodified ranges and
  /// dependent keys. These, and not the rest, become read conflicts of a read of [begin, end).
  void unknown_parts(Bytes begin, Bytes end, std::vector<KeyRange>& out) const;
  /// The first key in [begin, end) that was written; nothing when all of it is unmodified.
  std::optional<std::string> first_modified(Bytes begin, Bytes end) const;

  /// The value that the operations of an entry give on top of `existing`.
  static std::optional<std::string> fold(const std::vector<PendingOp>& ops,
                                         std::optional<Bytes> existing);

  /// What a read of one key has to do.
  struct Lookup {
    SegmentType type = SegmentType::kUnmodified;
    bool unreadable = false;
    const std::vector<PendingOp>* ops = nullptr;  // for kIndependent and kDependent
  };
  Lookup lookup(Bytes key) const;

  Cursor cursor() const;

 private:
  struct Entry {
    std::vector<PendingOp> ops;  // empty: the entry is only a boundary
    bool following_cleared = false;
    bool following_conflict = false;
    bool conflict = false;
    bool following_unreadable = false;
    bool unreadable = false;

    bool dependent() const;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  // The entry at `key`; made as a boundary with the state of the range it is in when there is none.
  Entries::iterator split_at(Bytes key);
  // Drops a boundary that changes nothing.
  void merge_at(Bytes key);
  static void join(std::vector<PendingOp>& ops, PendingOp op);

  Entries entries_;
  bool unreadable_ = false;
  bool may_take_away_ = false;
};

/// Walks segments in both directions; together they cover every key. Valid until the map changes.
class WriteMap::Cursor {
 public:
  /// To the segment that holds `key`.
  void seek(Bytes key);
  /// next() at the last segment and prev() at the first return false and stay.
  bool next();
  bool prev();

  SegmentType type() const;
  bool is_key() const { return !following_; }
  bool unmodified() const { return following_ && !(has_entry() && at_->second.following_cleared); }
  bool cleared() const { return following_ && has_entry() && at_->second.following_cleared; }
  bool conflict() const;
  bool unreadable() const;
  /// Whether the content needs the database: an unmodified range or a dependent key.
  bool unknown() const;

  /// Begin and end of the segment; end() is nothing for the last one.
  std::string begin() const;
  std::optional<std::string> end() const;
  /// The same as begin() < key, begin() <= key and end() <= key, but builds no string.
  bool begins_before(Bytes key) const;
  bool begins_by(Bytes key) const;
  bool ends_by(Bytes key) const;
  /// The key and its operations, for a key segment.
  Bytes key() const { return at_->first; }
  const std::vector<PendingOp>& ops() const { return at_->second.ops; }

 private:
  friend class WriteMap;
  explicit Cursor(const Entries* entries) : entries_(entries), at_(entries->end()) {}
  // A range segment before the first entry is represented by at_ == end() and following_.
  bool has_entry() const { return at_ != entries_->end(); }
  Entries::const_iterator next_entry() const {
    return has_entry() ? std::next(at_) : entries_->begin();
  }

  const Entries* entries_;
  Entries::const_iterator at_;
  bool following_ = true;
};

}  // namespace fdbkit::data
