// Room store: what was committed, by key and version.
//
// An ordered tree of records with sorted blocks as nodes (a B+ tree), for lookups with few cache
// misses.
//
// A block keeps, beside the pointers, four bytes of each key: those after the prefix that all keys
// of the block share. A search runs over these bytes and touches one record, the one it looked for.
// Every node also keeps a summary of what is below it (a sum or a maximum), see `Summary`.
//
// Record needs a member `key` that converts to Bytes and never changes (see keyed_record.h).
// Summary is a type with
//     static std::int64_t of(const Record &);           // what one record adds
//     static std::int64_t combine(std::int64_t, std::int64_t);  // associative, 0 is neutral
// The tree owns its records.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "engine/data/values/bytes.h"

namespace fdbkit::data {

template <class Record, class Summary>
class BlockTree {
  static constexpr int kFan = 64;

  struct Inner;
  struct Node {
    Inner* parent = nullptr;
    std::int64_t total = 0;
    int count = 0;
    bool leaf = true;
    std::uint32_t skip = 0;  // length of the prefix that the keys share
    std::uint32_t heads[kFan];
  };
  struct Leaf : Node {
    Leaf* prev = nullptr;
    Leaf* next = nullptr;
    Record* items[kFan];

    Bytes key(int i) const { return Bytes(items[i]->key); }
  };
  // Child i holds keys >= separators[i] (no bound for child 0, whose separator is not used).
  struct Inner : Node {
    Node* children[kFan];
    std::string separators[kFan];

    Bytes key(int i) const { return separators[i]; }
  };

 public:
  /// A place of a record; end() has no leaf. Valid until records are inserted or erased.
  struct Position {
    Leaf* leaf = nullptr;
    int index = 0;

    explicit operator bool() const { return leaf != nullptr; }
    Record& operator*() const { return *leaf->items[index]; }
    Record* operator->() const { return leaf->items[index]; }
    bool operator==(const Position&) const = default;
  };

  BlockTree() = default;
  BlockTree(const BlockTree&) = delete;
  BlockTree& operator=(const BlockTree&) = delete;
  ~BlockTree() {
    if (root_) destroy(root_);
  }

  std::size_t size() const { return size_; }
  /// Summary of all records.
  std::int64_t total() const { return root_ ? root_->total : 0; }

  /// The first record with a key >= `key`.
  Position lower_bound(Bytes key) const {
    if (!root_) return {};
    Leaf* leaf = descend(key);
    return normalize(leaf, lower_index(leaf, key, 0));
  }
  /// The record with `key`, or end().
  Position find(Bytes key) const {
    if (!root_) return {};
    Leaf* leaf = descend(key);
    int index = lower_index(leaf, key, 0);
    if (index == leaf->count || leaf->key(index) != key) return {};
    return {leaf, index};
  }
  Position first() const { return root_ ? Position{edge_leaf(root_, false), 0} : Position{}; }
  Position last() const {
    if (!root_) return {};
    Leaf* leaf = edge_leaf(root_, true);
    return {leaf, leaf->count - 1};
  }
  Position next(Position at) const { return normalize(at.leaf, at.index + 1); }
  /// The record before; `end()` stands after the last one.
  Position prev(Position at) const {
    if (!at.leaf) return last();
    if (at.index > 0) return {at.leaf, at.index - 1};
    if (!at.leaf->prev) return {};
    return {at.leaf->prev, at.leaf->prev->count - 1};
  }

  /// The record with `key`; `make()` returns a new one (owned by the tree) when there is none.
  template <class Make>
  std::pair<Position, bool> find_or_insert(Bytes key, Make make) {
    if (!root_) {
      Leaf* leaf = new Leaf;
      root_ = leaf;
      return {insert_at(leaf, 0, make()), true};
    }
    Leaf* leaf = descend(key);
    int index = lower_index(leaf, key, 0);
    if (index < leaf->count && leaf->key(index) == key) return {{leaf, index}, false};
    return {insert_at(leaf, index, make()), true};
  }

  /// Destroys the record; returns the place of the one after it. The summary keeps what the record
  /// added: for a sum the caller brings that to 0 first.
  Position erase(Position at) {
    Leaf* leaf = at.leaf;
    delete leaf->items[at.index];
    std::copy(leaf->items + at.index + 1, leaf->items + leaf->count, leaf->items + at.index);
    std::copy(leaf->heads + at.index + 1, leaf->heads + leaf->count, leaf->heads + at.index);
    --leaf->count;
    --size_;
    if (leaf->count == 0) {
      Leaf* after = leaf->next;
      unlink(leaf);
      return {after, 0};
    }
    if (leaf->count < kFan / 4) merge_next(leaf);
    return normalize(leaf, at.index);
  }

  /// Adds to the summaries above a record whose own part changed: the difference for a sum, the new
  /// value for a maximum.
  void add_summary(Position at, std::int64_t part) {
    for (Node* node = at.leaf; node; node = node->parent)
      node->total = Summary::combine(node->total, part);
  }

  /// Summary of all records before `at`.
  std::int64_t total_before(Position at) const {
    if (!at.leaf) return total();
    std::int64_t result = 0;
    for (int i = 0; i < at.index; i++)
      result = Summary::combine(result, Summary::of(*at.leaf->items[i]));
    for (Node* node = at.leaf; node->parent; node = node->parent) {
      for (int i = 0; node->parent->children[i] != node; i++) {
        result = Summary::combine(result, node->parent->children[i]->total);
      }
    }
    return result;
  }

  /// For a sum: the first record such that the sum up to and including it is over `target`.
  Position at_total(std::int64_t target) const {
    Node* node = root_;
    if (!node || node->total <= target) return {};
    std::int64_t before = 0;
    while (!node->leaf) {
      Inner* inner = static_cast<Inner*>(node);
      int i = 0;
      while (before + inner->children[i]->total <= target) before += inner->children[i++]->total;
      node = inner->children[i];
    }
    Leaf* leaf = static_cast<Leaf*>(node);
    int i = 0;
    while (before + Summary::of(*leaf->items[i]) <= target)
      before += Summary::of(*leaf->items[i++]);
    return {leaf, i};
  }

  /// For a maximum: the first record at or after `at` that adds more than `threshold`. Looks only
  /// into nodes whose summary is over it.
  Position next_over(Position at, std::int64_t threshold) const {
    while (at.leaf) {
      if (at.leaf->total > threshold) {
        for (int i = at.index; i < at.leaf->count; i++) {
          if (Summary::of(*at.leaf->items[i]) > threshold) return {at.leaf, i};
        }
      }
      at = {next_leaf_over(at.leaf, threshold), 0};
    }
    return {};
  }

 private:
  static std::uint32_t head_of(Bytes key, std::size_t skip) {
    std::uint32_t word = 0;
    if (key.size() >= skip + 4) {
      std::memcpy(&word, key.data() + skip, 4);
      return __builtin_bswap32(word);
    }
    for (std::size_t i = skip; i < key.size(); i++) {
      word |= std::uint32_t(static_cast<unsigned char>(key[i])) << (24 - 8 * (i - skip));
    }
    return word;
  }
  static std::size_t shared_prefix(Bytes a, Bytes b) {
    std::size_t limit = std::min(a.size(), b.size());
    return static_cast<std::size_t>(std::mismatch(a.data(), a.data() + limit, b.data()).first -
                                    a.data());
  }

  // First index >= from whose key is >= `key`. For a leaf from is 0, for an inner node 1.
  template <class Block>
  static int lower_index(const Block* block, Bytes key, int from) {
    int count = block->count;
    if (count <= from) return from;
    std::uint32_t head = head_of(key, block->skip);
    const std::uint32_t* heads = block->heads;
    int low = from;
    for (int length = count - from; length > 0;) {
      int half = length / 2;
      bool right = heads[low + half] < head;
      low = right ? low + half + 1 : low;
      length = right ? length - half - 1 : half;
    }
    // The heads mean something only when `key` has the prefix of the block.
    if (block->skip) {
      Bytes sample = block->key(std::min(low, count - 1)).substr(0, block->skip);
      int order = key.substr(0, block->skip).compare(sample);
      if (order != 0) return order < 0 ? from : count;
    }
    int high = low;
    while (high < count && heads[high] == head) high++;
    while (low < high) {
      int middle = (low + high) / 2;
      if (block->key(middle) < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  Leaf* descend(Bytes key) const {
    Node* node = root_;
    while (!node->leaf) {
      Inner* inner = static_cast<Inner*>(node);
      int index = lower_index(inner, key, 1);
      if (index == inner->count || inner->key(index) != key) index--;
      node = inner->children[index];
      prefetch(node);
    }
    return static_cast<Leaf*>(node);
  }
  // The search jumps over the heads; asking for all of them at once costs one miss instead of
  // several.
  static void prefetch(const Node* node) {
    const char* place = reinterpret_cast<const char*>(node);
    for (std::size_t i = 0; i < sizeof(Node); i += 64) __builtin_prefetch(place + i);
  }
  static Leaf* edge_leaf(Node* node, bool right) {
    while (!node->leaf) {
      Inner* inner = static_cast<Inner*>(node);
      node = inner->children[right ? inner->count - 1 : 0];
    }
    return static_cast<Leaf*>(node);
  }
  static Position normalize(Leaf* leaf, int index) {
    if (leaf && index == leaf->count) return {leaf->next, 0};
    return {leaf, index};
  }

  template <class Block>
  static void rebuild_heads(Block* block, int from) {
    block->skip = 0;
    if (block->count <= from) return;
    block->skip =
        static_cast<std::uint32_t>(shared_prefix(block->key(from), block->key(block->count - 1)));
    for (int i = from; i < block->count; i++) block->heads[i] = head_of(block->key(i), block->skip);
  }
  // After a key came in at `index`.
  template <class Block>
  static void fit_heads(Block* block, int index, int from) {
    int other = index == from ? block->count - 1 : from;
    bool power_of_two = (block->count & (block->count - 1)) == 0;
    if (power_of_two || shared_prefix(block->key(index), block->key(other)) < block->skip) {
      rebuild_heads(block, from);
    } else {
      block->heads[index] = head_of(block->key(index), block->skip);
    }
  }
  static void sum_up(Leaf* leaf) {
    leaf->total = 0;
    for (int i = 0; i < leaf->count; i++) {
      leaf->total = Summary::combine(leaf->total, Summary::of(*leaf->items[i]));
    }
  }
  static void sum_up(Inner* inner) {
    inner->total = 0;
    for (int i = 0; i < inner->count; i++) {
      inner->total = Summary::combine(inner->total, inner->children[i]->total);
    }
  }

  Position insert_at(Leaf* leaf, int index, Record* record) {
    if (leaf->count == kFan) {
      // Keys that arrive in ascending order leave full blocks behind.
      int keep = index == kFan ? kFan : kFan / 2;
      Leaf* right = new Leaf;
      right->count = kFan - keep;
      std::copy(leaf->items + keep, leaf->items + kFan, right->items);
      leaf->count = keep;
      right->next = leaf->next;
      right->prev = leaf;
      if (right->next) right->next->prev = right;
      leaf->next = right;
      Bytes right_first = right->count ? right->key(0) : Bytes(record->key);
      std::size_t shared = shared_prefix(leaf->key(leaf->count - 1), right_first);
      std::string separator(right_first.substr(0, shared + 1));
      rebuild_heads(leaf, 0);
      rebuild_heads(right, 0);
      sum_up(leaf);
      sum_up(right);
      bool to_right = keep == kFan || Bytes(record->key) >= Bytes(separator);
      add_child(leaf, right, std::move(separator));
      if (to_right) {
        leaf = right;
        index -= keep;
      }
    }
    std::copy_backward(leaf->items + index, leaf->items + leaf->count,
                       leaf->items + leaf->count + 1);
    std::copy_backward(leaf->heads + index, leaf->heads + leaf->count,
                       leaf->heads + leaf->count + 1);
    leaf->items[index] = record;
    ++leaf->count;
    ++size_;
    fit_heads(leaf, index, 0);
    Position at{leaf, index};
    add_summary(at, Summary::of(*record));
    return at;
  }

  // Puts `right` after `left` into the parent of `left`; their summaries together are those of the
  // old left.
  void add_child(Node* left, Node* right, std::string separator) {
    Inner* parent = left->parent;
    if (!parent) {
      parent = new Inner;
      parent->leaf = false;
      parent->count = 1;
      parent->children[0] = left;
      parent->total = Summary::combine(left->total, right->total);
      left->parent = parent;
      root_ = parent;
    } else if (parent->count == kFan) {
      split_inner(parent, child_index(left) == kFan - 1 ? kFan - 4 : kFan / 2);
      parent = left->parent;
    }
    int index = child_index(left) + 1;
    for (int i = parent->count; i > index; i--) {
      parent->children[i] = parent->children[i - 1];
      parent->separators[i] = std::move(parent->separators[i - 1]);
      parent->heads[i] = parent->heads[i - 1];
    }
    parent->children[index] = right;
    parent->separators[index] = std::move(separator);
    right->parent = parent;
    ++parent->count;
    fit_heads(parent, index, 1);
    // A split above summed up before `right` was in place.
    for (; parent; parent = parent->parent) sum_up(parent);
  }

  void split_inner(Inner* inner, int keep) {
    Inner* right = new Inner;
    right->leaf = false;
    right->count = inner->count - keep;
    for (int i = 0; i < right->count; i++) {
      right->children[i] = inner->children[keep + i];
      right->separators[i] = std::move(inner->separators[keep + i]);
      right->children[i]->parent = right;
    }
    inner->count = keep;
    std::string separator = right->separators[0];
    rebuild_heads(inner, 1);
    rebuild_heads(right, 1);
    sum_up(inner);
    sum_up(right);
    add_child(inner, right, std::move(separator));
  }

  static int child_index(const Node* node) {
    int i = 0;
    while (node->parent->children[i] != node) i++;
    return i;
  }

  // Takes an empty leaf out.
  void unlink(Leaf* leaf) {
    if (leaf->prev) leaf->prev->next = leaf->next;
    if (leaf->next) leaf->next->prev = leaf->prev;
    remove_child(leaf);
    delete leaf;
  }
  void remove_child(Node* node) {
    Inner* parent = node->parent;
    if (!parent) {
      root_ = nullptr;
      return;
    }
    int index = child_index(node);
    for (int i = index; i + 1 < parent->count; i++) {
      parent->children[i] = parent->children[i + 1];
      parent->separators[i] = std::move(parent->separators[i + 1]);
      parent->heads[i] = parent->heads[i + 1];
    }
    --parent->count;
    if (parent->count == 0) {
      remove_child(parent);
      delete parent;
      return;
    }
    if (parent->count == 1 && parent == root_) {
      root_ = parent->children[0];
      root_->parent = nullptr;
      delete parent;
    }
  }
  // Two small neighbours under one parent become one block.
  void merge_next(Leaf* leaf) {
    Leaf* right = leaf->next;
    if (!right || right->parent != leaf->parent || leaf->count + right->count > kFan / 2) return;
    std::copy(right->items, right->items + right->count, leaf->items + leaf->count);
    leaf->count += right->count;
    leaf->total = Summary::combine(leaf->total, right->total);
    rebuild_heads(leaf, 0);
    right->count = 0;
    unlink(right);
  }

  Leaf* next_leaf_over(Node* node, std::int64_t threshold) const {
    for (; node->parent; node = node->parent) {
      Inner* parent = node->parent;
      for (int i = child_index(node) + 1; i < parent->count; i++) {
        if (parent->children[i]->total > threshold)
          return first_leaf_over(parent->children[i], threshold);
      }
    }
    return nullptr;
  }
  // The summary of an inner node may lag behind (it never shrinks), so a leaf that is not over may
  // come out.
  static Leaf* first_leaf_over(Node* node, std::int64_t threshold) {
    while (!node->leaf) {
      Inner* inner = static_cast<Inner*>(node);
      int i = 0;
      while (i + 1 < inner->count && inner->children[i]->total <= threshold) i++;
      node = inner->children[i];
    }
    return static_cast<Leaf*>(node);
  }

  void destroy(Node* node) {
    if (node->leaf) {
      Leaf* leaf = static_cast<Leaf*>(node);
      for (int i = 0; i < leaf->count; i++) delete leaf->items[i];
      delete leaf;
      return;
    }
    Inner* inner = static_cast<Inner*>(node);
    for (int i = 0; i < inner->count; i++) destroy(inner->children[i]);
    delete inner;
  }

  Node* root_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace fdbkit::data
