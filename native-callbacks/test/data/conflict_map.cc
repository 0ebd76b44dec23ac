// ConflictMap against a version for every key of a small set.
#include <algorithm>
#include <map>
#include <vector>

#include "engine/data/store/conflict_map.h"
#include "test/support/check.h"

using namespace fdbkit::data;
using namespace fdbkit::test;
using namespace std::string_literals;

namespace {

// All keys up to a length; ranges only have such keys as ends, and one length more stands for what
// is between.
std::vector<std::string> all_keys(std::size_t length) {
  std::vector<std::string> keys{""};
  for (std::size_t i = 0; i < keys.size() && keys[i].size() < length; i++) {
    for (char c : "a\0b"s) keys.push_back(keys[i] + c);
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

void small(std::uint64_t seed) {
  Random random(seed);
  static const std::vector<std::string> ends = all_keys(3), keys = all_keys(4);
  auto pick = [&] {
    return ends[static_cast<std::size_t>(random.below(static_cast<int>(ends.size())))];
  };
  ConflictMap map;
  std::map<std::string, Version> model;
  for (const std::string& key : keys) model[key] = 0;
  Version oldest = 0, version = 0;
  for (int step = 0; step < 200; step++) {
    version += random.below(2);
    std::string begin = pick(), end = random.one_in(2) ? key_after(begin) : pick();
    map.add(begin, end, version);
    for (auto& [key, last] : model) {
      if (begin <= key && key < end) last = version;
    }
    if (random.one_in(4)) {
      oldest = std::max(oldest, version - random.below(30));
      map.collect(oldest, static_cast<std::size_t>(random.below(200)));
    }
    for (int i = 0; i < 5; i++) {
      Version read = random.between(static_cast<int>(oldest), static_cast<int>(version));
      for (int n = 0; n < 3; n++) {
        std::string from = pick(), to = random.one_in(2) ? key_after(from) : pick();
        bool conflict = false;
        for (auto& [key, last] : model)
          conflict = conflict || (from <= key && key < to && last > read);
        CHECK_EQ(map.conflicts(from, to, read), conflict);
      }
    }
  }
}

/// Many keys, so that the tree has levels and whole nodes are skipped.
void large(std::uint64_t seed) {
  Random random(seed);
  ConflictMap map;
  std::map<int, Version> model;
  auto name = [](int n) {
    char text[16];
    std::snprintf(text, sizeof text, "%06d", n);
    return std::string(text);
  };
  for (Version version = 1; version < 4000; version++) {
    int n = random.below(5000);
    if (random.one_in(100)) {
      int m = n + random.below(200);
      map.add(name(n), name(m), version);
      for (int i = n; i < m; i++) model[i] = version;
    } else {
      map.add_key(name(n), version);
      model[n] = version;
    }
    map.collect(std::max<Version>(0, version - 500), 8);
    if (version % 4 == 0) {
      int from = random.below(5000), to = from + random.below(300);
      Version read = std::max<Version>(0, version - random.below(500));
      bool conflict = false;
      for (auto at = model.lower_bound(from); at != model.end() && at->first < to; ++at) {
        conflict = conflict || at->second > read;
      }
      CHECK_EQ(map.conflicts(name(from), name(to), read), conflict);
    }
    CHECK(map.size() < 2 * 530);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return run(argc, argv, 60, [](std::uint64_t seed) {
    small(seed);
    large(seed);
  });
}
