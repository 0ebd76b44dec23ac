// Reads of a merged view against the plain contents after the transaction's writes, and conflict
// ranges against their meaning: what lies outside them can change without changing the answer.
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "engine/data/steps/stepwise.h"
#include "engine/data/values/atomic_ops.h"
#include "engine/data/view/ryw_view.h"
#include "test/support/check.h"

using namespace fdbkit::data;
using namespace fdbkit::test;
using namespace std::string_literals;
using Contents = std::map<std::string, std::string>;

namespace {

constexpr std::string_view kAlphabet = literal("a\0b");
constexpr Version kVersion = 10;

std::string draw_key(Random& random) { return random.bytes(3, kAlphabet); }
std::string draw_value(Random& random) { return random.bytes(3, "\0\1\2\xff"s); }

struct World {
  VersionedStore store;
  Contents base;
  WriteMap writes;
  Contents merged;  // base with the writes on top
  std::vector<Mutation> mutations;
  std::set<std::string> unreadable;
  bool by_steps = false;
  KnownKeys known;  // by reads by steps, of the store as it is

  void put(const std::string& key, const std::string& value) {
    store.set(key, value, kVersion);
    base[key] = value;
  }
  static void apply(Contents& contents, const Mutation& m) {
    if (m.type == MutationType::kClearRange) {
      contents.erase(contents.lower_bound(m.param1), contents.lower_bound(m.param2));
      return;
    }
    auto at = contents.find(m.param1);
    std::optional<Bytes> existing;
    if (at != contents.end()) existing = at->second;
    auto value = apply_atomic(m.type, existing, m.param2);
    if (value) {
      contents[m.param1] = *value;
    } else {
      contents.erase(m.param1);
    }
  }
  void remerge() {
    merged = base;
    for (const Mutation& mutation : mutations) apply(merged, mutation);
  }
};

void fill(Random& random, World& world, bool with_writes, bool with_unreadable) {
  for (int n = random.below(25); n > 0; n--) world.put(draw_key(random), draw_value(random));
  if (random.one_in(2)) world.put("\xff/system", "x");
  using enum MutationType;
  static const MutationType types[] = {
      kSet, kSet, kAdd, kOr, kAppendIfFits, kByteMax, kCompareAndClear, kClearRange};
  for (int n = with_writes ? random.below(15) : 0; n > 0; n--) {
    MutationType type = types[random.below(8)];
    std::string key = draw_key(random);
    if (type == kClearRange) {
      std::string end = random.one_in(2) ? key_after(key) : draw_key(random);
      if (end <= key) continue;
      world.writes.clear(key, end);
      world.mutations.push_back({type, key, end});
    } else {
      std::string operand = draw_value(random);
      world.writes.mutate(key, type, operand);
      world.mutations.push_back({type, key, operand});
    }
  }
  for (int n = with_unreadable ? random.below(3) : 0; n > 0; n--) {
    std::string key = draw_key(random);
    world.writes.mutate(key, kSetVersionstampedValue, std::string(10, 'x') + "\0\0\0\0"s);
    world.unreadable.insert(key);
  }
  world.remerge();
}

/// The contents that a client may see.
Contents visible(const World& world, const ReadContext& context) {
  Contents contents = context.writes ? world.merged : world.base;
  contents.erase(contents.lower_bound(std::string(context.max_key)), contents.end());
  return contents;
}

KeySelector draw_selector(Random& random) {
  int offset = random.one_in(2) ? 1 : random.between(-4, 6);
  std::string key = random.one_in(12) ? "\xff"s : draw_key(random);
  return {key, random.one_in(3), offset};
}

/// The place of a selector in plain contents: an index into the sorted keys, from 0 to their
/// number.
std::size_t place_of(const std::vector<std::string>& keys, const KeySelector& selector) {
  auto at = selector.or_equal ? std::upper_bound(keys.begin(), keys.end(), selector.key)
                              : std::lower_bound(keys.begin(), keys.end(), selector.key);
  std::ptrdiff_t place = at - keys.begin() + selector.offset - 1;
  return static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(place, 0, static_cast<std::ptrdiff_t>(keys.size())));
}
bool off_begin(const std::vector<std::string>& keys, const KeySelector& selector) {
  auto at = selector.or_equal ? std::upper_bound(keys.begin(), keys.end(), selector.key)
                              : std::lower_bound(keys.begin(), keys.end(), selector.key);
  return at - keys.begin() + selector.offset - 1 < 0;
}

std::vector<std::string> keys_of(const Contents& contents) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : contents) keys.push_back(key);
  return keys;
}

bool covered(const std::vector<KeyRange>& ranges, const std::string& key) {
  for (const KeyRange& range : ranges) {
    if (range.contains(key)) return true;
  }
  return false;
}

/// Changes a key of the store that none of the ranges covers; false when the draw was covered.
bool disturb(Random& random, World& world, const std::vector<KeyRange>& conflicts) {
  std::string key = draw_key(random);
  if (covered(conflicts, key)) return false;
  world.known.own.clear();
  if (random.one_in(2)) {
    world.store.clear(key, kVersion);
    world.base.erase(key);
  } else {
    world.put(key, draw_value(random) + "!");
  }
  world.remerge();
  return true;
}

void check_get(Random& random, World& world, const ReadContext& context) {
  std::string key = draw_key(random);
  GetResult result;
  read_value(context, key, result);
  if (context.writes && world.unreadable.contains(key)) {
    CHECK_EQ(int(result.error), int(kAccessedUnreadable));
    return;
  }
  CHECK_EQ(int(result.error), int(kOk));
  Contents contents = visible(world, context);
  CHECK_EQ(result.value.has_value(), contents.contains(key));
  if (result.value) CHECK_EQ(*result.value, contents[key]);
  std::optional<std::string> before;
  if (result.value) before = std::string(*result.value);
  if (disturb(random, world, result.conflicts)) {
    GetResult again;
    read_value(context, key, again);
    CHECK_EQ(again.value.has_value(), before.has_value());
    if (before) CHECK_EQ(*again.value, *before);
  }
}

GetKeyResult get_key(World& world, const ReadContext& context, const KeySelector& selector) {
  return world.by_steps ? read_key(context, world.known, selector) : read_key(context, selector);
}

void get_range(World& world, const ReadContext& context, const RangeRequest& request,
               RangeResult& result) {
  if (world.by_steps) {
    read_range(context, world.known, request, result);
  } else {
    read_range(context, request, result);
  }
}

/// Whether what a selector names depends on the steps: a key whose value was taken away counts.
bool counts_more(const World& world) { return world.by_steps && world.writes.may_take_away(); }

void check_get_key(Random& random, World& world, const ReadContext& context) {
  KeySelector selector = draw_selector(random);
  GetKeyResult result = get_key(world, context, selector);
  if (result.error) {
    CHECK_EQ(int(result.error), int(kAccessedUnreadable));
    CHECK(context.writes && !world.unreadable.empty());
    return;
  }
  if (!world.unreadable.empty() || (context.writes && counts_more(world))) return;
  std::vector<std::string> keys = keys_of(visible(world, context));
  std::size_t place = place_of(keys, selector);
  std::string expected = off_begin(keys, selector) ? ""
                         : place == keys.size()    ? "\xff"s
                                                   : keys[place];
  CHECK_EQ(result.key, expected);
  if (disturb(random, world, result.conflicts)) {
    GetKeyResult again = get_key(world, context, selector);
    CHECK_EQ(again.key, result.key);
  }
}

struct Answer {
  std::vector<std::pair<std::string, std::string>> rows;
  bool more;
  bool operator==(const Answer&) const = default;
};

Answer answer(const RangeResult& result) {
  Answer out{{}, result.more};
  for (const Row& row : result.rows) out.rows.emplace_back(row.key, row.value);
  return out;
}

/// All rows that the selectors name, in the order asked for.
std::vector<std::pair<std::string, std::string>> expected_rows(const Contents& contents,
                                                               const KeySelector& begin,
                                                               const KeySelector& end,
                                                               bool reverse) {
  std::vector<std::string> keys = keys_of(contents);
  std::size_t from = place_of(keys, begin), to = place_of(keys, end);
  std::vector<std::pair<std::string, std::string>> rows;
  for (std::size_t i = from; i < to; i++) rows.emplace_back(keys[i], contents.at(keys[i]));
  if (reverse) std::reverse(rows.begin(), rows.end());
  return rows;
}

void check_range(Random& random, World& world, const ReadContext& context) {
  KeySelector begin = draw_selector(random), end = draw_selector(random);
  bool reverse = random.one_in(2);
  RangeLimits limits;
  if (random.one_in(2)) limits.rows = random.between(1, 6);
  if (random.one_in(3)) limits.bytes = random.between(1, 200);
  RangeResult result;
  get_range(world, context, {begin, end, limits, false, reverse}, result);
  if (result.error) {
    CHECK_EQ(int(result.error), int(kAccessedUnreadable));
    CHECK(context.writes && !world.unreadable.empty());
    return;
  }
  if (!world.unreadable.empty()) {
    for (const Row& row : result.rows)
      CHECK(!context.writes || !world.unreadable.contains(std::string(row.key)));
    return;
  }
  if (context.writes && counts_more(world)) return;
  auto expected = expected_rows(visible(world, context), begin, end, reverse);
  Answer actual = answer(result);
  CHECK(actual.rows.size() <= expected.size());
  CHECK(std::equal(actual.rows.begin(), actual.rows.end(), expected.begin()));
  if (actual.more) CHECK(!actual.rows.empty());
  if (!actual.more) CHECK_EQ(actual.rows.size(), expected.size());

  if (!limits.has_bytes()) {
    // A row limit cuts exactly, and says more whenever it was reached.
    std::size_t rows = expected.size();
    bool cut = limits.has_rows() && rows >= static_cast<std::size_t>(limits.rows);
    if (cut) rows = static_cast<std::size_t>(limits.rows);
    CHECK_EQ(actual.rows.size(), rows);
    CHECK_EQ(actual.more, cut);
    if (disturb(random, world, result.conflicts)) {
      RangeResult again;
      get_range(world, context, {begin, end, limits, false, reverse}, again);
      CHECK(answer(again) == actual);
    }
    return;
  }
  if (world.by_steps || (context.writes && !context.writes->empty())) return;
  // Without pending writes the server's count ends the batch: 24 bytes beside key and value.
  std::size_t rows = 0;
  int bytes = 0;
  while (rows < expected.size() && bytes < limits.bytes &&
         (!limits.has_rows() || rows < static_cast<std::size_t>(limits.rows))) {
    bytes += 24 + static_cast<int>(expected[rows].first.size() + expected[rows].second.size());
    rows++;
  }
  CHECK_EQ(actual.rows.size(), rows);
}

/// Reading batch after batch gives every row once.
void check_iteration(Random& random, World& world, const ReadContext& context) {
  if (!world.unreadable.empty()) return;
  bool reverse = random.one_in(2);
  std::string from = draw_key(random), to = draw_key(random);
  auto expected = expected_rows(visible(world, context), {from, false, 1}, {to, false, 1}, reverse);
  if (from >= to) expected.clear();
  std::vector<std::pair<std::string, std::string>> rows;
  for (int batch = 0;; batch++) {
    CHECK(batch < 1000);
    RangeResult result;
    RangeLimits limits{RangeLimits::kUnlimited, random.between(1, 120)};
    read_range(context, {{from, false, 1}, {to, false, 1}, limits, false, reverse}, result);
    CHECK_EQ(int(result.error), int(kOk));
    for (const Row& row : result.rows) rows.emplace_back(row.key, row.value);
    if (!result.more) break;
    if (reverse) {
      to = rows.back().first;
    } else {
      from = key_after(rows.back().first);
    }
  }
  CHECK(rows == expected);
}

void round(std::uint64_t seed) {
  Random random(seed);
  World world;
  bool with_unreadable = random.one_in(4);
  fill(random, world, !random.one_in(4), with_unreadable);
  ReadContext context;
  context.store = &world.store;
  context.version = kVersion;
  if (!random.one_in(5)) context.writes = &world.writes;
  context.direct = !context.writes && random.one_in(2);
  world.by_steps = random.one_in(2);
  for (int i = 0; i < 10; i++) {
    check_get(random, world, context);
    check_get_key(random, world, context);
    check_range(random, world, context);
    check_iteration(random, world, context);
  }
}

std::vector<std::string> batch(const World& world, RangeLimits limits, bool reverse, bool& more) {
  ReadContext context;
  context.store = &world.store;
  context.version = kVersion;
  context.writes = &world.writes;
  RangeResult result;
  read_range(context, {{"", false, 1}, {"\xff", false, 1}, limits, false, reverse}, result);
  CHECK_EQ(int(result.error), int(kOk));
  more = result.more;
  std::vector<std::string> keys;
  for (const Row& row : result.rows) keys.emplace_back(row.key);
  return keys;
}

/// A byte limit ends a batch where something unknown follows a cleared range, whichever way; not
/// where it follows a cleared key, or what depends on the store.
void batches() {
  RangeLimits wide{RangeLimits::kUnlimited, 80000};
  for (bool reverse : {false, true}) {
    World world;
    for (char c = 'a'; c <= 'j'; c++) world.put(std::string(1, c), "v");
    bool more = false;
    CHECK_EQ(batch(world, wide, reverse, more).size(), 10u);
    CHECK(!more);
    world.writes.clear("c", "c\0"s);
    CHECK_EQ(batch(world, wide, reverse, more).size(), 9u);
    CHECK(!more);
    world.writes.clear("g", "g\0"s);
    world.writes.mutate("i", MutationType::kAdd, "\1");
    CHECK_EQ(batch(world, wide, reverse, more).size(), 8u);
    CHECK(!more);
    world.writes.mutate("j", MutationType::kSet, "own");
    CHECK_EQ(batch(world, wide, reverse, more).size(), 8u);
    CHECK(!more);
    world.writes.clear("d", "f");
    const std::vector<std::string> up{"a", "b"}, down{"j", "i", "h", "f"};
    CHECK(batch(world, wide, reverse, more) == (reverse ? down : up));
    CHECK(more);
    CHECK_EQ(batch(world, RangeLimits(), reverse, more).size(), 6u);
    CHECK(!more);
  }
}

}  // namespace

int main(int argc, char** argv) {
  batches();
  return run(argc, argv, 6000, round);
}
