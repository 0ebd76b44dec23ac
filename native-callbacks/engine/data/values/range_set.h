// A set of keys made of ranges: touching and overlapping ones are joined. Used for read conflict
// ranges.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/data/values/bytes.h"

namespace fdbkit::data {

class RangeSet {
 public:
  /// Adds [begin, end); nothing happens when it is empty.
  void add(Bytes begin, Bytes end);
  bool contains(Bytes key) const;
  /// Whether `key` is in the set. Narrows [begin, end) to the keys around it of which the same is
  /// true.
  bool around(Bytes key, std::string& begin, std::string& end) const;
  /// The last begin or end of a range below `key`; "" when there is none.
  std::string last_edge_before(Bytes key) const;
  /// Disjoint ranges with gaps between them, ascending.
  std::vector<KeyRange> ranges() const;
  bool empty() const { return ends_.empty(); }
  std::size_t size() const { return ends_.size(); }
  void clear() { ends_.clear(); }

 private:
  std::map<std::string, std::string, std::less<>> ends_;  // begin -> end
};

}  // namespace fdbkit::data
