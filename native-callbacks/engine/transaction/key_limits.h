#pragma once

// Longest keys. No key longer than what may be written exists, so longer ones are answered or cut
// without a look.

#include <string>

#include "engine/data/values/bytes.h"

namespace fdbkit::engine {

inline constexpr std::size_t kTenantPrefixSize = 8;

inline std::size_t longest_write_key(data::Bytes key, bool raw_access) {
  if (key.starts_with('\xff')) return data::kSystemKeySizeLimit;
  return data::kKeySizeLimit + (raw_access ? kTenantPrefixSize : 0);
}
inline std::size_t longest_read_key(data::Bytes key) { return longest_write_key(key, true); }

// A bound of a range, shortened to one that splits the existing keys the same way.
inline void cut_bound(std::string& key) {
  std::size_t longest = longest_read_key(key);
  if (key.size() > longest) key.resize(longest + 1);
}

}  // namespace fdbkit::engine
