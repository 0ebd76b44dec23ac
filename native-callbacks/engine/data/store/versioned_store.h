// The committed data: an ordered map from key to the versions of its value.
//
// A read at a version sees, for each key, the newest value written at or before it. Old versions
// are kept until collect() is told that nobody reads below a version any more.
//
// A clear of a range writes one tombstone for each live key in it. The memory that this takes is
// bounded by the data that was there (which has to stay readable anyway) and is given back by
// collect(); in return every lookup stays one descent, with no second structure to ask.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/store/block_tree.h"
#include "engine/data/values/bytes.h"
#include "engine/data/values/mutation.h"

namespace fdbkit::data {

class VersionedStore {
 public:
  class Cursor;

  VersionedStore();
  ~VersionedStore();
  VersionedStore(const VersionedStore&) = delete;
  VersionedStore& operator=(const VersionedStore&) = delete;

  /// The value of `key` at `version`, or nothing. The view is valid until the next non-const call.
  std::optional<Bytes> get(Bytes key, Version version) const;

  /// Writes at `version`, which must not be below the version of any earlier write.
  /// Two writes to one key at one version: the later one wins.
  void set(Bytes key, std::string value, Version version);
  void clear(Bytes key, Version version);
  void clear_range(Bytes begin, Bytes end, Version version);
  /// set, clear_range or an atomic operation. Versionstamps must have been resolved before.
  void apply(const Mutation& mutation, Version version);

  /// A cursor over the live keys at `version`, not yet placed on any.
  Cursor cursor(Version version) const;

  /// Forgets what only reads below `oldest` could see. Does at most `max_steps` steps (one step is
  /// one superseded version) and returns how many it did: fewer than `max_steps` means nothing is
  /// left. Reads below `oldest` are wrong afterwards; the caller refuses them.
  std::size_t collect(Version oldest, std::size_t max_steps);

  /// Version of the latest write; 0 in an empty store.
  Version latest() const { return latest_; }
  /// Number of live keys, and bytes of their keys and values, at the latest version.
  std::int64_t live_keys() const { return live_keys_; }
  std::int64_t live_bytes() const;
  /// Superseded versions that collect() has not dropped yet.
  std::size_t superseded() const { return garbage_.size(); }
  /// Keys that are kept: the live ones, and cleared ones that collect() has not dropped yet.
  std::size_t kept_keys() const { return tree_->size(); }

  /// Bytes of keys and values in [begin, end) at the latest version. Exact; logarithmic time.
  std::int64_t range_bytes(Bytes begin, Bytes end) const;
  /// Keys inside (begin, end) that cut the range into chunks of about `chunk_bytes` (> 0); begin,
  /// end themselves are not among them.
  std::vector<std::string> split_points(Bytes begin, Bytes end, std::int64_t chunk_bytes) const;

 private:
  struct Record;
  struct Weight {
    static std::int64_t of(const Record& record);
    static std::int64_t combine(std::int64_t a, std::int64_t b) { return a + b; }
  };
  using Tree = BlockTree<Record, Weight>;
  struct Garbage {
    Version version;
    Record* record;
  };

  void write(Tree::Position at, std::optional<std::string> value, Version version);
  static const std::optional<std::string>* at_version(const Record& record, Version version);

  std::unique_ptr<Tree> tree_;
  std::deque<Garbage> garbage_;
  Version latest_ = 0;
  std::int64_t live_keys_ = 0;
};

/// Walks live keys in both directions. Valid until the next non-const call on the store. A cursor
/// is on a key or off the end; next() and prev() may only be called when it is on a key.
class VersionedStore::Cursor {
 public:
  /// To the first key >= `key`.
  void seek(Bytes key);
  /// To the last key < `key`.
  void seek_before(Bytes key);
  void next();
  void prev();
  bool valid() const { return value_ != nullptr; }
  Bytes key() const;
  Bytes value() const { return *value_; }

 private:
  friend class VersionedStore;
  Cursor(const Tree* tree, Version version) : tree_(tree), version_(version) {}
  void settle_forward();
  void settle_back();

  const Tree* tree_;
  Version version_;
  Tree::Position at_{};
  const std::string* value_ = nullptr;
};

}  // namespace fdbkit::data
