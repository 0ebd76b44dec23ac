// Key helpers, RangeSet against a set of keys, and the limits of the streaming modes.
#include <set>

#include "engine/data/values/bytes.h"
#include "engine/data/values/range_set.h"
#include "engine/data/values/streaming.h"
#include "test/support/check.h"

using namespace fdbkit::data;
using namespace fdbkit::test;
using namespace std::string_literals;

namespace {

void key_helpers(Random& random) {
  std::string key = random.bytes(4, "a\0\xff"s), other = random.bytes(5, "a\0\xff"s);
  CHECK_EQ(is_key_after(other, key), other == key_after(key));
  CHECK(key < key_after(key));
  if (other > key) CHECK(other >= key_after(key));
  auto up = strinc(key);
  CHECK_EQ(up.has_value(), key.find_first_not_of('\xff') != std::string::npos);
  if (up)
    CHECK_EQ(key <= other && other < *up,
             other.compare(0, key.size(), key) == 0 && other.size() >= key.size());
}

void range_set(Random& random) {
  RangeSet set;
  std::set<std::string> model;
  auto name = [](int n) { return std::string(1, static_cast<char>('A' + n)); };
  for (int step = 0; step < 30; step++) {
    int from = random.below(40), to = random.below(40);
    set.add(name(from), name(to));
    for (int i = from; i < to; i++) model.insert(name(i));
    std::string last;
    for (const KeyRange& range : set.ranges()) {
      CHECK(!range.empty());
      CHECK(last.empty() || range.begin > last);
      last = range.end;
    }
    for (int i = 0; i < 40; i++) CHECK_EQ(set.contains(name(i)), model.contains(name(i)));
    CHECK_EQ(set.empty(), model.empty());
  }
}

void expect_limits(int limit, int target, StreamingMode mode, int iteration, int rows, int bytes) {
  RangeLimits limits;
  CHECK_EQ(int(streaming_limits(limit, target, static_cast<int>(mode), iteration, limits)),
           int(kOk));
  CHECK_EQ(limits.rows, rows);
  CHECK_EQ(limits.bytes, bytes);
}

void streaming() {
  using enum StreamingMode;
  expect_limits(0, 0, kWantAll, 0, -1, 80000);
  expect_limits(7, 0, kSerial, 0, 7, 80000);
  expect_limits(0, 0, kSmall, 0, -1, 256);
  expect_limits(0, 0, kMedium, 0, -1, 1000);
  expect_limits(0, 0, kLarge, 0, -1, 4096);
  expect_limits(5, 0, kExact, 0, 5, -1);
  expect_limits(0, 50, kExact, 0, -1, 50);
  expect_limits(0, 50, kLarge, 0, -1, 50);
  expect_limits(0, 5000, kLarge, 0, -1, 4096);
  int expected[] = {4096, 6144, 9216, 13824, 20736, 31104, 46656, 69984, 80000, 120000, 120000};
  for (int i = 0; i < 11; i++) expect_limits(0, 0, kIterator, i + 1, -1, expected[i]);

  RangeLimits limits;
  CHECK_EQ(int(streaming_limits(0, 0, 0, 0, limits)), int(kExactModeWithoutLimits));
  CHECK_EQ(int(streaming_limits(0, 0, -1, 0, limits)), int(kClientInvalidOperation));
  CHECK_EQ(int(streaming_limits(1, 0, 5, 1, limits)), int(kClientInvalidOperation));
  CHECK_EQ(int(streaming_limits(1, 0, -3, 1, limits)), int(kClientInvalidOperation));

  RangeLimits two{2, 20};
  CHECK(two.valid() && !two.reached());
  two.take(5, 4);
  CHECK(!two.reached() && two.bytes == 3 && two.rows == 1);
  two.take(0, 0);
  CHECK(two.reached() && two.bytes == 0);
}

/// Nothing left is a limit, none is -1, and at least so many rows are not more than the most.
void valid_limits() {
  for (RangeLimits good : {RangeLimits{}, RangeLimits{0, 0, 0}, RangeLimits{-1, 0, 5},
                           RangeLimits{0, -1, 0}, RangeLimits{3, 5, 3}}) {
    CHECK(good.valid());
  }
  for (RangeLimits bad : {RangeLimits{-2, 5}, RangeLimits{5, -2}, RangeLimits{3, 5, -1},
                          RangeLimits{3, 5, 4}, RangeLimits{0, 5, 1}}) {
    CHECK(!bad.valid());
  }
}

}  // namespace

int main(int argc, char** argv) {
  streaming();
  valid_limits();
  return run(argc, argv, 2000, [](std::uint64_t seed) {
    Random random(seed);
    key_helpers(random);
    range_set(random);
  });
}
