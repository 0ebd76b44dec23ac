#include "engine/data/values/range_set.h"

#include <algorithm>
#include <iterator>

namespace fdbkit::data {

void RangeSet::add(Bytes begin, Bytes end) {
  if (begin >= end) return;
  auto at = ends_.upper_bound(begin);
  if (at != ends_.begin() && Bytes(std::prev(at)->second) >= begin) {
    --at;
    if (Bytes(at->second) >= end) return;
    at->second = end;
  } else {
    at = ends_.emplace_hint(at, begin, end);
  }
  auto joined = std::next(at);
  while (joined != ends_.end() && joined->first <= at->second) {
    if (joined->second > at->second) at->second = joined->second;
    joined = ends_.erase(joined);
  }
}

bool RangeSet::contains(Bytes key) const {
  auto at = ends_.upper_bound(key);
  return at != ends_.begin() && key < Bytes(std::prev(at)->second);
}

bool RangeSet::around(Bytes key, std::string& begin, std::string& end) const {
  auto after = ends_.upper_bound(key);
  if (after != ends_.begin()) {
    const auto& [from, to] = *std::prev(after);
    if (key < Bytes(to)) {
      begin = std::max(begin, from);
      end = std::min(end, to);
      return true;
    }
    begin = std::max(begin, to);
  }
  if (after != ends_.end()) end = std::min(end, after->first);
  return false;
}

std::string RangeSet::last_edge_before(Bytes key) const {
  auto at = ends_.lower_bound(key);
  if (at == ends_.begin()) return {};
  const auto& [begin, end] = *std::prev(at);
  return Bytes(end) < key ? end : begin;
}

std::vector<KeyRange> RangeSet::ranges() const {
  std::vector<KeyRange> out;
  out.reserve(ends_.size());
  for (const auto& [begin, end] : ends_) out.push_back({begin, end});
  return out;
}

}  // namespace fdbkit::data
