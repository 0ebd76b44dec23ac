#pragma once

// Room cluster: the servers' part: committed data, tenants, watches, and the decision of commits.
//
// The ranges that were blobbified. A cluster without blob workers notes them, and that is all; the
// engine does the same.

#include <map>
#include <string>
#include <vector>

#include "engine/data/values/bytes.h"

namespace fdbkit::engine {

class BlobRanges {
 public:
  // False when the range meets another one. The same range again is no other one.
  bool add(const data::KeyRange& range);
  // Takes away all ranges inside. False when the range cuts one.
  bool remove(const data::KeyRange& range);
  // The ranges that meet the range, in order, at most `limit` of them.
  std::vector<data::KeyRange> meeting(const data::KeyRange& range, int limit) const;

 private:
  std::map<std::string, std::string, std::less<>> end_by_begin_;
};

}  // namespace fdbkit::engine
