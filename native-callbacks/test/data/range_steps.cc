// Reads by steps where the steps decide: keys whose value was taken away, unreadable keys, and what
// is answered without the database. The cases are from streams that a real cluster answered.
#include <string>
#include <vector>

#include "engine/data/steps/stepwise.h"
#include "test/support/check.h"

using namespace fdbkit::data;
using namespace fdbkit::test;
using namespace std::string_literals;

namespace {

constexpr Version kVersion = 10;

struct World {
  VersionedStore store;
  WriteMap writes;
  KnownKeys known;
  ReadContext context;

  World() {
    for (char key = 'a'; key <= 'e'; key++) store.set(std::string(1, key), "v", kVersion);
    context.store = &store;
    context.version = kVersion;
    context.writes = &writes;
  }
  void stamp(const std::string& key) {
    writes.mutate(key, MutationType::kSetVersionstampedValue, std::string(10, 'x') + "\0\0\0\0"s);
  }
  std::string key(const KeySelector& selector) {
    const GetKeyResult result = read_key(context, known, selector);
    return result.error ? std::to_string(result.error) : result.key;
  }
  std::string range(const KeySelector& begin, const KeySelector& end, int rows, bool reverse) {
    RangeRequest request{begin, end, {}, false, reverse};
    if (rows > 0) request.limits.rows = rows;
    RangeResult result;
    read_range(context, known, request, result);
    if (result.error) return std::to_string(result.error);
    std::string keys;
    for (const Row& row : result.rows) keys += row.key;
    return keys;
  }
};

KeySelector at(const std::string& key, int offset = 1) { return {key, false, offset}; }

/// A key counts for a selector though an operation has taken its value away.
void taken_away() {
  World world;
  world.writes.mutate("b", MutationType::kCompareAndClear, "v");
  CHECK_EQ(world.key(at("a", 2)), "c"s);
  CHECK_EQ(world.key(at("a", 3)), "c"s);
  CHECK_EQ(world.key(at("a", 4)), "d"s);
  CHECK_EQ(world.range(at("a"), at("z"), 0, false), "acde"s);
  CHECK_EQ(world.range(at("a"), at("z"), 0, true), "edca"s);
}

/// A limit that is reached before the unreadable key keeps the read from it.
void unreadable() {
  World world;
  world.stamp("c");
  CHECK_EQ(world.range(at("a"), at("z"), 2, false), "ab"s);
  CHECK_EQ(world.range(at("a"), at("z"), 3, false), "1036"s);
  CHECK_EQ(world.range(at("a"), at("z"), 2, true), "ed"s);
  CHECK_EQ(world.range(at("a"), at("c"), 0, false), "ab"s);
  CHECK_EQ(world.range(at("d"), at("z"), 0, true), "ed"s);
  CHECK_EQ(world.key(at("b")), "b"s);
  CHECK_EQ(world.key(at("b", 2)), "1036"s);
  CHECK_EQ(world.key(at("d", 0)), "1036"s);
}

bool range_offline(const World& world, const KeySelector& begin, const KeySelector& end,
                   RangeResult& result) {
  ReadContext context = world.context;
  context.store = nullptr;
  return read_range_offline(context, {begin, end, {}, false, false}, result);
}

std::string key_offline(const World& world, const KeySelector& selector) {
  ReadContext context = world.context;
  context.store = nullptr;
  GetKeyResult result;
  if (!read_key_offline(context, selector, result)) return "cannot";
  return result.error ? std::to_string(result.error) : result.key;
}

/// Own writes and the ends are known without the database.
void offline() {
  World world;
  CHECK_EQ(key_offline(world, at("a")), "cannot"s);
  CHECK_EQ(key_offline(world, at("\xff")), "\xff"s);
  CHECK_EQ(key_offline(world, at("\xff", 3)), "\xff"s);
  CHECK_EQ(key_offline(world, at("\xff", 0)), "cannot"s);
  CHECK_EQ(key_offline(world, at("", 0)), ""s);
  CHECK_EQ(key_offline(world, at("", -4)), ""s);
  world.writes.clear("b", "d");
  world.writes.mutate("c", MutationType::kSet, "own");
  world.stamp("g");
  CHECK_EQ(key_offline(world, at("b")), "c"s);
  CHECK_EQ(key_offline(world, at("b", 2)), "cannot"s);
  CHECK_EQ(key_offline(world, at("g")), "1036"s);
  RangeResult result;
  CHECK(range_offline(world, at("b"), at("d"), result));
  CHECK_EQ(result.rows.size(), 1u);
  CHECK(result.conflicts.empty());
  RangeResult beyond;
  CHECK(!range_offline(world, at("b"), at("e"), beyond));
}

}  // namespace

int main() {
  taken_away();
  unreadable();
  offline();
}
