// VersionedStore against a copy of the whole contents at every version.
#include <algorithm>
#include <map>
#include <vector>

#include "engine/data/store/versioned_store.h"
#include "test/support/check.h"

using namespace fdbkit::data;
using namespace fdbkit::test;
using namespace std::string_literals;
using Contents = std::map<std::string, std::string>;

namespace {

std::string draw_key(Random& random) { return random.bytes(4, "abc\0"s); }

void check_cursor(Random& random, const VersionedStore& store, const Contents& model,
                  Version version) {
  auto at = store.cursor(version);
  at.seek("");
  for (const auto& [key, value] : model) {
    CHECK(at.valid());
    CHECK_EQ(at.key(), key);
    CHECK_EQ(at.value(), value);
    at.next();
  }
  CHECK(!at.valid());
  at.seek_before("\xff");
  for (auto it = model.rbegin(); it != model.rend(); ++it) {
    CHECK(at.valid());
    CHECK_EQ(at.key(), it->first);
    at.prev();
  }
  CHECK(!at.valid());

  std::string key = draw_key(random);
  auto expected = model.lower_bound(key);
  at.seek(key);
  CHECK_EQ(at.valid(), expected != model.end());
  if (at.valid()) CHECK_EQ(at.key(), expected->first);
  at.seek_before(key);
  CHECK_EQ(at.valid(), expected != model.begin());
  if (at.valid()) CHECK_EQ(at.key(), std::prev(expected)->first);
  auto found = store.get(key, version);
  auto place = model.find(key);
  CHECK_EQ(found.has_value(), place != model.end());
  if (found) CHECK_EQ(*found, place->second);
}

void check_sizes(Random& random, const VersionedStore& store, const Contents& model) {
  std::string begin = draw_key(random), end = draw_key(random);
  std::int64_t total = 0, inside = 0;
  for (const auto& [key, value] : model) {
    auto size = static_cast<std::int64_t>(key.size() + value.size());
    total += size;
    if (begin <= key && key < end) inside += size;
  }
  CHECK_EQ(store.live_bytes(), total);
  CHECK_EQ(store.live_keys(), static_cast<std::int64_t>(model.size()));
  CHECK_EQ(store.range_bytes(begin, end), inside);

  std::int64_t chunk = random.between(1, 60);
  std::vector<std::string> points = store.split_points(begin, end, chunk);
  CHECK(std::is_sorted(points.begin(), points.end()));
  // No chunk is larger than asked for, unless it is one record.
  auto check_chunk = [&](const std::string& from, const std::string& to) {
    auto records = std::distance(model.lower_bound(from), model.lower_bound(to));
    CHECK(records <= 1 || store.range_bytes(from, to) <= chunk);
  };
  std::string previous = begin;
  for (const std::string& point : points) {
    CHECK(point > previous && point < end);
    CHECK(model.contains(point));
    check_chunk(previous, point);
    previous = point;
  }
  if (begin < end) {
    check_chunk(previous, end);
  } else {
    CHECK(points.empty());
  }
}

void round(std::uint64_t seed) {
  Random random(seed);
  VersionedStore store;
  std::map<Version, Contents> versions{{0, {}}};
  Version oldest = 0, latest = 0;
  int commits = random.between(1, 120);
  for (int i = 0; i < commits; i++) {
    Contents contents = versions.rbegin()->second;
    latest += random.between(1, 3);
    for (int n = random.between(1, 6); n > 0; n--) {
      std::string key = draw_key(random);
      switch (random.below(5)) {
        case 0: {
          std::string end = draw_key(random);
          store.apply({MutationType::kClearRange, key, end}, latest);
          if (key < end) contents.erase(contents.lower_bound(key), contents.lower_bound(end));
          break;
        }
        case 1:
          store.apply({MutationType::kClearRange, key, key_after(key)}, latest);
          contents.erase(key);
          break;
        case 2:
          store.apply({MutationType::kAppendIfFits, key, "+"}, latest);
          contents[key] += "+";
          break;
        case 3:
          store.apply({MutationType::kCompareAndClear, key, "+"}, latest);
          if (contents.contains(key) && contents[key] == "+") contents.erase(key);
          break;
        default: {
          std::string value = random.bytes(20, "xyz");
          store.apply({MutationType::kSet, key, value}, latest);
          contents[key] = value;
        }
      }
    }
    versions[latest] = contents;
    if (random.one_in(3)) {
      oldest = std::max(oldest, latest - random.between(0, 20));
      store.collect(oldest, static_cast<std::size_t>(random.below(40)));
    }
    Version read = oldest + random.below(static_cast<int>(latest - oldest + 1));
    check_cursor(random, store, std::prev(versions.upper_bound(read))->second, read);
    check_cursor(random, store, contents, latest + 5);
    check_sizes(random, store, contents);
  }
  // Once everything is old, nothing but live keys is left, and an empty store is empty.
  std::size_t superseded = store.superseded();
  CHECK_EQ(store.collect(latest, superseded + 1), superseded);
  CHECK_EQ(store.kept_keys(), versions.rbegin()->second.size());
  check_cursor(random, store, versions.rbegin()->second, latest);
  store.clear_range("", "\xff", latest + 1);
  std::size_t left = store.superseded();
  CHECK_EQ(store.collect(latest + 1, left + 1), left);
  CHECK_EQ(store.live_bytes(), 0);
  CHECK_EQ(store.superseded(), 0u);
  CHECK_EQ(store.kept_keys(), 0u);
  check_cursor(random, store, {}, latest + 1);
}

}  // namespace

int main(int argc, char** argv) { return run(argc, argv, 300, round); }
