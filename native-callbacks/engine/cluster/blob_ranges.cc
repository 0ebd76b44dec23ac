#include "engine/cluster/blob_ranges.h"

#include <climits>

namespace fdbkit::engine {

bool BlobRanges::add(const data::KeyRange& range) {
  const std::vector<data::KeyRange> met = meeting(range, 1);
  if (!met.empty()) return met.front().begin == range.begin && met.front().end == range.end;
  if (!range.empty()) end_by_begin_[range.begin] = range.end;
  return true;
}

bool BlobRanges::remove(const data::KeyRange& range) {
  const std::vector<data::KeyRange> met = meeting(range, INT_MAX);
  if (met.empty()) return true;
  if (met.front().begin < range.begin || met.back().end > range.end) return false;
  for (const data::KeyRange& each : met) end_by_begin_.erase(each.begin);
  return true;
}

std::vector<data::KeyRange> BlobRanges::meeting(const data::KeyRange& range, int limit) const {
  std::vector<data::KeyRange> met;
  auto at = end_by_begin_.upper_bound(range.begin);
  if (at != end_by_begin_.begin() && std::prev(at)->second > range.begin) --at;
  while (at != end_by_begin_.end() && at->first < range.end &&
         met.size() < static_cast<std::size_t>(limit)) {
    met.push_back({at->first, at->second});
    ++at;
  }
  return met;
}

}  // namespace fdbkit::engine
