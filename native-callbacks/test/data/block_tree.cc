// BlockTree against std::map, with keys that share prefixes, contain zero bytes, and differ only
// late.
#include <map>

#include "engine/data/store/block_tree.h"
#include "test/support/check.h"

using namespace fdbkit::data;
using namespace fdbkit::test;

namespace {

struct Item {
  std::string key;
  std::int64_t weight;
};
struct Sum {
  static std::int64_t of(const Item& item) { return item.weight; }
  static std::int64_t combine(std::int64_t a, std::int64_t b) { return a + b; }
};
struct Max {
  static std::int64_t of(const Item& item) { return item.weight; }
  static std::int64_t combine(std::int64_t a, std::int64_t b) { return a > b ? a : b; }
};

std::string draw_key(Random& random, int shape) {
  using namespace std::string_literals;
  switch (shape) {
    case 0:
      return random.bytes(4, "ab\0\xff"s);
    case 1:
      return "a shared long prefix/" + random.bytes(12, "\0\1x"s);
    default:
      return std::to_string(random.below(3000));
  }
}

template <class Tree>
void compare(const Tree& tree, const std::map<std::string, std::int64_t>& model) {
  CHECK_EQ(tree.size(), model.size());
  auto at = tree.first();
  for (const auto& [key, weight] : model) {
    CHECK(bool(at));
    CHECK_EQ(at->key, key);
    CHECK_EQ(at->weight, weight);
    at = tree.next(at);
  }
  CHECK(!at);
  for (auto it = model.rbegin(); it != model.rend(); ++it) {
    at = tree.prev(at);
    CHECK_EQ(at->key, it->first);
  }
  if (!model.empty()) CHECK(!tree.prev(at));
}

void sums(std::uint64_t seed) {
  Random random(seed);
  BlockTree<Item, Sum> tree;
  std::map<std::string, std::int64_t> model;
  int shape = random.below(3);
  int steps = random.between(10, 6000);
  for (int step = 0; step < steps; step++) {
    std::string key = draw_key(random, shape);
    bool shrink = step > steps / 2;
    if (random.below(10) < (shrink ? 2 : 7)) {
      std::int64_t weight = random.below(50);
      auto [at, fresh] = tree.find_or_insert(key, [&] { return new Item{key, weight}; });
      CHECK_EQ(fresh, !model.contains(key));
      if (!fresh) {
        tree.add_summary(at, weight - at->weight);
        at->weight = weight;
      }
      model[key] = weight;
    } else if (auto at = tree.lower_bound(key)) {
      auto expected = model.lower_bound(key);
      CHECK(expected != model.end());
      CHECK_EQ(at->key, expected->first);
      tree.add_summary(at, -at->weight);
      at->weight = 0;
      auto after = tree.erase(at);
      auto expected_after = model.erase(expected);
      CHECK_EQ(bool(after), expected_after != model.end());
      if (after) CHECK_EQ(after->key, expected_after->first);
    } else {
      CHECK(model.lower_bound(key) == model.end());
    }
    if (random.one_in(20)) {
      std::string probe = draw_key(random, shape);
      auto found = tree.find(probe);
      CHECK_EQ(bool(found), model.contains(probe));
      auto place = tree.lower_bound(probe);
      auto expected = model.lower_bound(probe);
      CHECK_EQ(bool(place), expected != model.end());
      if (place) CHECK_EQ(place->key, expected->first);
    }
    if (random.one_in(200)) {
      std::string probe = draw_key(random, shape);
      std::int64_t before = 0, total = 0, target = random.below(1000);
      std::string at_target;
      for (const auto& [k, weight] : model) {
        if (k < probe) before += weight;
        if (total <= target && total + weight > target) at_target = k;
        total += weight;
      }
      CHECK_EQ(tree.total(), total);
      CHECK_EQ(tree.total_before(tree.lower_bound(probe)), before);
      auto place = tree.at_total(target);
      CHECK_EQ(bool(place), total > target);
      if (place) CHECK_EQ(place->key, at_target);
    }
  }
  compare(tree, model);
  while (auto at = tree.first()) {
    tree.add_summary(at, -at->weight);
    at->weight = 0;
    tree.erase(at);
  }
  CHECK_EQ(tree.size(), 0u);
}

void maxima(std::uint64_t seed) {
  Random random(seed);
  BlockTree<Item, Max> tree;
  std::map<std::string, std::int64_t> model;
  int shape = random.below(3);
  for (int step = 1; step < 4000; step++) {
    std::string key = draw_key(random, shape);
    if (!random.one_in(3)) {
      auto [at, fresh] = tree.find_or_insert(key, [&] { return new Item{key, step}; });
      at->weight = step;
      if (!fresh) tree.add_summary(at, step);
      model[key] = step;
    } else if (auto at = tree.find(key)) {
      tree.erase(at);
      model.erase(key);
    }
    if (random.one_in(10)) {
      std::string probe = draw_key(random, shape);
      std::int64_t threshold = step - random.below(200);
      auto place = tree.next_over(tree.lower_bound(probe), threshold);
      auto expected = model.lower_bound(probe);
      while (expected != model.end() && expected->second <= threshold) ++expected;
      CHECK_EQ(bool(place), expected != model.end());
      if (place) CHECK_EQ(place->key, expected->first);
    }
  }
  compare(tree, model);
}

}  // namespace

int main(int argc, char** argv) {
  return run(argc, argv, 150, [](std::uint64_t seed) {
    sums(seed);
    maxima(seed);
  });
}
