// WriteMap against a list of mutations in the order of issue, over a small set of keys.
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "engine/data/values/atomic_ops.h"
#include "engine/data/view/write_map.h"
#include "test/support/check.h"

using namespace fdbkit::data;
using namespace fdbkit::test;
using namespace std::string_literals;
using Maybe = std::optional<std::string>;
using Contents = std::map<std::string, std::string>;

namespace {

constexpr std::string_view kAlphabet = literal("a\0b");

std::vector<std::string> all_keys() {
  std::vector<std::string> keys{""};
  for (std::size_t i = 0; i < keys.size() && keys[i].size() < 3; i++) {
    for (char c : kAlphabet) keys.push_back(keys[i] + c);
  }
  return keys;
}

void apply(Contents& contents, const Mutation& m) {
  if (m.type == MutationType::kClearRange) {
    contents.erase(contents.lower_bound(m.param1), contents.lower_bound(m.param2));
    return;
  }
  auto at = contents.find(m.param1);
  Mutation mutation = m;
  resolve_versionstamp(mutation, make_versionstamp(7, 7));
  auto value =
      apply_atomic(mutation.type, at == contents.end() ? std::optional<Bytes>() : Bytes(at->second),
                   mutation.param2);
  if (value) {
    contents[m.param1] = *value;
  } else if (at != contents.end()) {
    contents.erase(at);
  }
}

struct Model {
  std::vector<Mutation> mutations;
  std::set<std::string> touched, conflict, unreadable;
};

MutationType draw_type(Random& random) {
  using enum MutationType;
  static const MutationType types[] = {kSet,
                                       kSet,
                                       kSet,
                                       kAdd,
                                       kAnd,
                                       kOr,
                                       kXor,
                                       kAppendIfFits,
                                       kMax,
                                       kMin,
                                       kByteMin,
                                       kByteMax,
                                       kMinV2,
                                       kAndV2,
                                       kCompareAndClear,
                                       kSetVersionstampedValue};
  return types[random.below(16)];
}

std::string draw_operand(Random& random, MutationType type) {
  if (type == MutationType::kSetVersionstampedValue) return std::string(10, 'x') + "\0\0\0\0"s;
  return random.bytes(3, "\0\1\2\xff"s);
}

void step(Random& random, const std::vector<std::string>& keys, WriteMap& map, Model& model,
          std::vector<Mutation>& flushed, std::vector<KeyRange>& flushed_conflicts) {
  auto pick = [&] {
    return keys[static_cast<std::size_t>(random.below(static_cast<int>(keys.size())))];
  };
  std::string a = pick(), b = random.one_in(3) ? key_after(a) : pick();
  if (b < a) std::swap(a, b);
  bool conflict = !random.one_in(4);
  auto in_range = [&](auto body) {
    for (const std::string& key : keys) {
      if (a <= key && key < b) body(key);
    }
  };
  switch (random.below(12)) {
    default: {
      MutationType type = draw_type(random);
      std::string operand = draw_operand(random, type);
      map.mutate(a, type, operand, conflict);
      model.mutations.push_back({type, a, operand});
      model.touched.insert(a);
      if (conflict) model.conflict.insert(a);
      if (type == MutationType::kSetVersionstampedValue) model.unreadable.insert(a);
      break;
    }
    case 0:
    case 1:
    case 2:
      if (a == b) break;
      map.clear(a, b, conflict);
      model.mutations.push_back({MutationType::kClearRange, a, b});
      in_range([&](const std::string& key) {
        model.touched.insert(key);
        if (conflict) model.conflict.insert(key);
        model.unreadable.erase(key);
      });
      break;
    case 3:
      map.add_conflict_range(a, b);
      in_range([&](const std::string& key) { model.conflict.insert(key); });
      break;
    case 4:
      if (!random.one_in(5)) break;
      map.emit(a, b, flushed, flushed_conflicts);
      map.make_unreadable(a, b);
      in_range([&](const std::string& key) {
        model.unreadable.insert(key);
        model.touched.erase(key);
      });
      break;
  }
}

void check_keys(Random& random, const std::vector<std::string>& keys, const WriteMap& map,
                const Model& model) {
  for (const std::string& key : keys) {
    WriteMap::Lookup found = map.lookup(key);
    CHECK_EQ(found.unreadable, model.unreadable.contains(key));
    if (!model.touched.contains(key)) {
      CHECK(found.type == WriteMap::SegmentType::kUnmodified);
      continue;
    }
    CHECK(found.type != WriteMap::SegmentType::kUnmodified);
    if (found.unreadable) continue;
    Contents base;
    if (random.one_in(2)) base[key] = random.bytes(4, "\0\1\2\xff"s);
    Maybe actual;
    if (found.ops) {
      auto existing = base.find(key);
      bool dependent = found.type == WriteMap::SegmentType::kDependent;
      actual = WriteMap::fold(*found.ops, dependent && existing != base.end()
                                              ? std::optional<Bytes>(existing->second)
                                              : std::nullopt);
    }
    for (const Mutation& mutation : model.mutations) apply(base, mutation);
    CHECK_EQ(actual.has_value(), base.contains(key));
    if (actual) CHECK_EQ(*actual, base[key]);
  }
}

void check_segments(const std::vector<std::string>& keys, const WriteMap& map) {
  std::vector<std::pair<std::string, WriteMap::SegmentType>> forward, back;
  auto at = map.cursor();
  at.seek("");
  std::string expected_begin;
  while (true) {
    CHECK_EQ(at.begin(), expected_begin);
    forward.emplace_back(at.begin(), at.type());
    for (const std::string& key : keys) {
      CHECK_EQ(at.begins_before(key), at.begin() < key);
      CHECK_EQ(at.begins_by(key), at.begin() <= key);
      CHECK_EQ(at.ends_by(key), at.end() && *at.end() <= key);
    }
    if (!at.end()) break;
    expected_begin = *at.end();
    CHECK(expected_begin > at.begin());
    CHECK(at.next());
  }
  CHECK(!at.next());
  do back.emplace_back(at.begin(), at.type());
  while (at.prev());
  CHECK(forward == std::vector(back.rbegin(), back.rend()));
  for (const std::string& key : keys) {
    at.seek(key);
    CHECK(at.begin() <= key && (!at.end() || key < *at.end()));
  }
}

void check_parts(Random& random, const std::vector<std::string>& keys, const WriteMap& map) {
  std::string a = random.bytes(3, kAlphabet), b = random.bytes(3, kAlphabet);
  std::vector<KeyRange> parts;
  map.unknown_parts(a, b, parts);
  std::optional<std::string> modified;
  for (const std::string& key : keys) {
    bool in_part = false;
    for (const KeyRange& part : parts) in_part = in_part || part.contains(key);
    auto type = map.lookup(key).type;
    bool unknown =
        type == WriteMap::SegmentType::kUnmodified || type == WriteMap::SegmentType::kDependent;
    bool in_range = a <= key && key < b;
    CHECK_EQ(in_part, unknown && in_range);
    const bool first = in_range && type != WriteMap::SegmentType::kUnmodified && !modified;
    if (first) modified = key;
  }
  const std::optional<std::string> found = map.first_modified(a, b);
  if (modified) CHECK(found && *found <= *modified);
  if (found) {
    CHECK(a <= *found && *found < b);
    CHECK(map.lookup(*found).type != WriteMap::SegmentType::kUnmodified);
  }
}

void round(std::uint64_t seed) {
  Random random(seed);
  static const std::vector<std::string> keys = all_keys();
  WriteMap map;
  Model model;
  std::vector<Mutation> emitted;
  std::vector<KeyRange> conflicts;
  int steps = random.between(1, 40);
  for (int i = 0; i < steps; i++) {
    step(random, keys, map, model, emitted, conflicts);
    check_keys(random, keys, map, model);
    check_segments(keys, map);
    check_parts(random, keys, map);
  }
  map.emit(emitted, conflicts);
  for (const std::string& key : keys) {
    bool covered = false;
    for (const KeyRange& range : conflicts) covered = covered || range.contains(key);
    CHECK_EQ(covered, model.conflict.contains(key));
  }
  Contents by_issue, by_map;
  for (const std::string& key : keys) {
    if (random.one_in(2)) by_issue[key] = by_map[key] = random.bytes(4, "\0\1\2\xff"s);
  }
  for (const Mutation& mutation : model.mutations) apply(by_issue, mutation);
  for (const Mutation& mutation : emitted) apply(by_map, mutation);
  CHECK(by_issue == by_map);
}

void versionstamped_key() {
  WriteMap map;
  std::vector<Mutation> mutations;
  std::vector<KeyRange> conflicts;
  std::string param = "p" + std::string(10, 'x') + "\1\0\0\0"s;
  KeyRange range = versionstamp_key_range(param, 5, kUserKeysEnd);
  map.mutate("p\xf0", MutationType::kSet, "early");
  map.mutate("q", MutationType::kSet, "other");
  map.add_versionstamped_key(param, range, "v", 5, mutations, conflicts);
  CHECK_EQ(mutations.size(), 1u);
  CHECK_EQ(mutations[0].param2, "early"s);
  CHECK(map.lookup("p\xf0").unreadable);
  CHECK(!map.lookup("q").unreadable);
  map.emit(mutations, conflicts);
  CHECK_EQ(mutations.size(), 3u);
  Mutation stamped = mutations[1];
  CHECK(stamped.type == MutationType::kSetVersionstampedKey);
  resolve_versionstamp(stamped, make_versionstamp(9, 1));
  CHECK_EQ(stamped.param1, "p\0\0\0\0\0\0\0\x09\0\1"s);
}

/// Until it is committed, the key stands where a commit right after the read version would put it.
void versionstamped_place() {
  const std::pair<std::optional<Version>, Version> cases[] = {{std::nullopt, 0}, {0, 1}, {5, 6}};
  for (const auto& [read_version, stamp] : cases) {
    WriteMap map;
    std::vector<Mutation> mutations;
    std::vector<KeyRange> conflicts;
    std::string param = "p" + std::string(10, 'x') + "\1\0\0\0"s;
    KeyRange range = versionstamp_key_range(param, read_version, kUserKeysEnd);
    map.add_versionstamped_key(param, range, "v", read_version, mutations, conflicts);
    auto at = map.cursor();
    std::string keys;
    for (bool there = true; there; there = at.next()) {
      if (at.is_key()) keys += at.key();
    }
    place_versionstamp(param, make_versionstamp(stamp, 0));
    CHECK_EQ(keys, param);
  }
}

}  // namespace

int main(int argc, char** argv) {
  versionstamped_key();
  versionstamped_place();
  return run(argc, argv, 1500, round);
}
