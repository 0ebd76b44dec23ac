// Which key was last written when: a step function from key to version, for deciding conflicts.
//
// An entry says the version of its key and the version of the keys between it and the next entry,
// so a write of one key costs one entry. Inner nodes know the newest version below them, so a
// question about a wide range descends only where something new is.
#pragma once

#include <memory>
#include <string>

#include "engine/data/store/block_tree.h"
#include "engine/data/values/bytes.h"

namespace fdbkit::data {

class ConflictMap {
 public:
  ConflictMap();
  ~ConflictMap();
  ConflictMap(const ConflictMap&) = delete;
  ConflictMap& operator=(const ConflictMap&) = delete;

  /// Notes that [begin, end) was written at `version`, which must not be below any earlier one.
  void add(Bytes begin, Bytes end, Version version);
  /// Notes that one key was written.
  void add_key(Bytes key, Version version);

  /// Whether any key of [begin, end) was written after `read_version`. `read_version` must not be
  /// below the version given to the last collect().
  bool conflicts(Bytes begin, Bytes end, Version read_version) const;
  bool conflicts_key(Bytes key, Version read_version) const;

  /// Forgets entries at or below `oldest`; returns how many. Each add() allows a few steps of a
  /// sweep through the map, and this call does those that are allowed, at most `max_steps`, once
  /// there are enough to be worth it. So it may be called after every commit, and the map stays
  /// within one and a half times the entries of the window.
  std::size_t collect(Version oldest, std::size_t max_steps);

  std::size_t size() const;

 private:
  struct Entry;
  struct Newest {
    static std::int64_t of(const Entry& entry);
    static std::int64_t combine(std::int64_t a, std::int64_t b) { return a > b ? a : b; }
  };
  using Tree = BlockTree<Entry, Newest>;

  Version after_predecessor(Tree::Position at) const;
  std::unique_ptr<Tree> tree_;
  std::string sweep_;        // where the sweep goes on
  std::size_t allowed_ = 0;  // steps that were allowed and not done
};

}  // namespace fdbkit::data
