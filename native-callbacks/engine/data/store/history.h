// The replaced versions of one key, oldest first: found by version, dropped from the old end.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/values/bytes.h"

namespace fdbkit::data {

class History {
 public:
  /// The value that was current from `version` on; nothing: the key was absent.
  struct Entry {
    Version version;
    std::optional<std::string> value;
  };

  /// Adds what was current until now. Versions ascend.
  void push(Version version, std::optional<std::string> value) {
    entries_.push_back({version, std::move(value)});
  }

  /// The newest entry at or before `version`; null when it is older than all.
  const Entry* at(Version version) const {
    auto after = std::upper_bound(entries_.begin() + first_, entries_.end(), version,
                                  [](Version v, const Entry& entry) { return v < entry.version; });
    return after == entries_.begin() + first_ ? nullptr : &*std::prev(after);
  }

  /// Drops entries that no read at `oldest` or above can see; `current` is the version of the value
  /// that replaced the newest entry. A key that is written all the time costs the same for each
  /// write.
  void drop_below(Version oldest, Version current) {
    while (first_ < size()) {
      Version next =
          first_ + 1 < size() ? entries_[static_cast<std::size_t>(first_) + 1].version : current;
      if (next > oldest) break;
      entries_[static_cast<std::size_t>(first_)].value.reset();
      first_++;
    }
    if (first_ == size()) {
      entries_ = {};
      first_ = 0;
    } else if (first_ > size() / 2) {
      entries_.erase(entries_.begin(), entries_.begin() + first_);
      first_ = 0;
    }
  }

  bool empty() const { return entries_.empty(); }

 private:
  std::ptrdiff_t size() const { return static_cast<std::ptrdiff_t>(entries_.size()); }

  std::vector<Entry> entries_;
  std::ptrdiff_t first_ = 0;  // entries before it were dropped
};

}  // namespace fdbkit::data
