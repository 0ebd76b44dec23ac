// The tuple splitter, mappers, and mapped range reads against a plain join over sorted contents.
#include <map>
#include <vector>

#include "engine/data/mapped/mapped_range.h"
#include "engine/data/mapped/mapper.h"
#include "engine/data/values/tuple.h"
#include "test/support/check.h"

using namespace fdbkit::data;
using namespace fdbkit::test;
using namespace std::string_literals;
using Contents = std::map<std::string, std::string>;

namespace {

std::string packed(const std::vector<std::string>& parts, char code = '\2') {
  std::string out;
  for (const std::string& part : parts) {
    std::size_t start = out.size();
    append_tuple_bytes(out, part);
    out[start] = code;
  }
  return out;
}
std::string small_int(int n) { return n == 0 ? "\x14"s : "\x15"s + static_cast<char>(n); }

void tuples(Random& random) {
  std::string all;
  std::vector<std::string> expected;
  for (int n = random.below(8); n > 0; n--) {
    std::string element;
    switch (random.below(7)) {
      case 0:
        element = "\0"s;
        break;
      case 1:
        element = "\x26"s;
        break;
      case 2:
        element = "\x20"s + std::string(4, random.one_in(2) ? '\0' : '\x7f');
        break;
      case 3:
        element = "\x21"s + std::string(8, '\0');
        break;
      case 4:
        element = "\x33"s + std::string(12, '\xff');
        break;
      case 5: {
        int length = random.between(0, 8);
        element =
            std::string(1, static_cast<char>(random.one_in(2) ? 0x14 + length : 0x14 - length)) +
            std::string(static_cast<std::size_t>(length), '\x01');
        break;
      }
      default: {
        std::string text = random.bytes(5, "a\0\xff"s);
        append_tuple_bytes(element, text);
        CHECK(is_tuple_string(element));
        CHECK_EQ(tuple_string(element), text);
      }
    }
    all += element;
    expected.push_back(element);
  }
  std::vector<Bytes> elements;
  CHECK(split_tuple(all, elements));
  CHECK_EQ(elements.size(), expected.size());
  for (std::size_t i = 0; i < elements.size(); i++) CHECK_EQ(elements[i], expected[i]);
  for (char bad : "\x03\x05\x0b\x1d\x22\x30\x40\xff"s)
    CHECK(!split_tuple(all + "\0"s + bad, elements));
}

void expect_fill(const std::string& mapper_bytes, const std::string& key, const std::string& value,
                 const std::string& expected, bool range, Error error = kOk) {
  Mapper mapper;
  std::string out;
  CHECK_EQ(int(Mapper::parse(mapper_bytes, mapper)), int(kOk));
  CHECK_EQ(mapper.is_range(), range);
  CHECK_EQ(int(mapper.fill(key, value, out)), int(error));
  if (!error) CHECK_EQ(out, expected);
}

void mappers() {
  std::string key = packed({"key-0", "key-1", "key-2"}), value = packed({"value-0", "value-1"});
  expect_fill(packed({"normal", "{{escaped}}", "{K[2]}", "{V[0]}", "{...}"}), key, value,
              packed({"normal"}) + packed({"{escaped}"}, '\1') + packed({"key-2", "value-0"}),
              true);
  expect_fill(packed({"{{{{}}", "}}"}), key, value, packed({"{{}", "}"}, '\1'), false);
  expect_fill(packed({"{K[1]}"}) + "\x15\x05\0"s, key, value, packed({"key-1"}) + "\x15\x05\0"s,
              false);
  expect_fill(packed({"{K[]}"}), key, value, packed({"{K[]}"}), false);
  expect_fill(packed({"{K[100]}"}), key, value, "", false, kMapperBadIndex);
  expect_fill(packed({"{K[-1]}"}), key, value, "", false, kMapperBadIndex);
  expect_fill(packed({"{K[not-a-number]}"}), key, value, "", false, kMapperBadIndex);
  expect_fill(packed({"{K[99999999999]}"}), key, value, "", false, kMapperBadIndex);
  expect_fill(packed({"{K[0]}"}), "\xfe"s, value, "", false, kKeyNotTuple);
  expect_fill(packed({"{V[0]}"}), key, "\xfe"s, "", false, kValueNotTuple);
  Mapper mapper;
  CHECK_EQ(int(Mapper::parse(packed({"{...}", "last"}), mapper)), int(kMapperBadRangeDescriptor));
  CHECK_EQ(int(Mapper::parse("\xfe"s, mapper)), int(kMapperNotTuple));
}

struct World {
  VersionedStore store;
  Contents contents;
  WriteMap writes;
  ReadContext context() const {
    ReadContext out;
    out.store = &store;
    out.version = 5;
    out.writes = &writes;
    return out;
  }
  void put(const std::string& key, const std::string& value) {
    store.set(key, value, 5);
    contents[key] = value;
  }
};

/// An index of ids, and zero to three records for each id.
void fill(Random& random, World& world, int rows, int value_size) {
  for (int i = 0; i < rows; i++) {
    world.put(packed({"index"}) + small_int(i), packed({"id" + std::to_string(random.below(20))}));
  }
  for (int id = 0; id < 20; id++) {
    for (int n = random.below(4); n > 0; n--) {
      world.put(packed({"record", "id" + std::to_string(id)}) + small_int(n),
                std::string(static_cast<std::size_t>(random.below(value_size)), 'v'));
    }
  }
}

void check_row(const World& world, const MappedRow& row, const std::string& value, bool range) {
  CHECK_EQ(row.range, range);
  std::string target = packed({"record"}) + value + (range ? "" : small_int(1));
  CHECK_EQ(row.begin, target);
  if (!range) {
    auto found = world.contents.find(target);
    CHECK_EQ(row.get_value.has_value(), found != world.contents.end());
    if (row.get_value) CHECK_EQ(*row.get_value, found->second);
    return;
  }
  auto at = world.contents.lower_bound(target);
  for (const Row& second : row.rows) {
    CHECK_EQ(second.key, at->first);
    CHECK_EQ(second.value, at->second);
    ++at;
  }
  CHECK(at == world.contents.end() || at->first.compare(0, target.size(), target) != 0);
}

void round(std::uint64_t seed) {
  Random random(seed);
  tuples(random);
  World world;
  int rows = random.below(40);
  fill(random, world, rows, random.one_in(2) ? 10 : 3000);
  bool range = random.one_in(2), reverse = random.one_in(2);
  std::string mapper = packed({"record", "{V[0]}"}) + (range ? packed({"{...}"}) : small_int(1));
  // Of all rows, or of those from one of them up to another.
  int first = random.one_in(2) ? 0 : random.below(rows + 1);
  int stop = random.one_in(2) ? rows : random.between(first, rows);
  std::string index = packed({"index"});
  std::string from = first == 0 ? index : index + small_int(first);
  std::string to = stop == rows ? *strinc(index) : index + small_int(stop);

  int seen = 0;
  for (int batch = 0;; batch++) {
    CHECK(batch < 100);
    RangeLimits limits;
    if (random.one_in(2)) limits.rows = random.between(1, 15);
    if (random.one_in(2)) limits.bytes = random.between(1, 90000);
    MappedRangeResult result;
    read_mapped_range(world.context(), {{from, false, 1}, {to, false, 1}, limits, false, reverse},
                      mapper, result);
    CHECK_EQ(int(result.error), int(kOk));
    for (std::size_t i = 0; i < result.rows.size(); i++) {
      std::string key = packed({"index"}) + small_int(reverse ? stop - 1 - seen : first + seen);
      const MappedRow& row = result.rows[i];
      bool edge = i == 0 || i + 1 == result.rows.size();
      if (range || edge) CHECK_EQ(row.key, key);
      check_row(world, row, world.contents[key], range);
      bool covered = false;
      for (const KeyRange& conflict : result.conflicts)
        covered = covered || conflict.contains(row.begin);
      CHECK(covered);
      seen++;
    }
    if (limits.has_rows()) CHECK(static_cast<int>(result.rows.size()) <= limits.rows);
    if (!result.more) break;
    CHECK(!result.rows.empty());
    Bytes last = result.rows.back().key;
    if (reverse) {
      to = last;
    } else {
      from = key_after(last);
    }
  }
  CHECK_EQ(seen, stop - first);
}

void refusals() {
  Random random(1);
  World world;
  fill(random, world, 10, 10);
  std::string mapper = packed({"record", "{V[0]}", "{...}"}), from = packed({"index"}),
              to = *strinc(from);
  auto read = [&](const ReadContext& context, bool snapshot, const std::string& m) {
    MappedRangeResult result;
    read_mapped_range(context, {{from, false, 1}, {to, false, 1}, RangeLimits(), snapshot, false},
                      m, result);
    return int(result.error);
  };
  ReadContext context = world.context();
  CHECK_EQ(read(context, false, mapper), int(kOk));
  CHECK_EQ(read(context, true, mapper), int(kUnsupportedOperation));
  CHECK_EQ(read(context, false, "\xfe"), int(kMapperNotTuple));
  context.writes = nullptr;
  CHECK_EQ(read(context, false, mapper), int(kUnsupportedOperation));
  context = world.context();
  world.writes.mutate("elsewhere", MutationType::kSet, "");
  CHECK_EQ(read(context, false, mapper), int(kOk));
  std::string id = world.contents[from + small_int(3)];
  world.writes.mutate(packed({"record"}) + id + "x", MutationType::kSet, "");
  CHECK_EQ(read(context, false, mapper), int(kGetMappedRangeReadsYourWrites));
}

}  // namespace

int main(int argc, char** argv) {
  mappers();
  refusals();
  return run(argc, argv, 1500, round);
}
