// Random transactions of several workers, then the same in one line: the transactions that
// committed, in the order of their versionstamps, are run one after another on a sorted map, and
// every answer that a transaction got must be the answer there. Commits also fail, and some with an
// unknown result: every commit writes a mark, and those of unknown result take part only if their
// mark is found.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "test/support/engine_client.h"

namespace fdbkit::test {

using Maybe = std::optional<std::string>;
using Rows = FutureHandle::Rows;
using Model = std::map<std::string, std::string>;

constexpr int kKeys = 40;

struct Step {
  enum class Kind { kGet, kGetKey, kRange, kSet, kClear, kClearRange, kAdd } kind;
  std::string key;
  std::string other;  // value, operand, or end of a range
  int number = 0;     // limit of a range, offset of a selector
  bool flag = false;  // reverse, or_equal
  // What came back.
  Maybe value;
  Rows rows;
};

struct Committed {
  std::string order;  // versionstamp
  std::string mark;   // the key that the commit wrote beside its steps
  std::vector<Step> steps;
};

inline std::string key_of(int number) { return "k/" + std::to_string(100 + number); }

inline std::string little_endian(uint64_t number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof number);
}

inline std::string add(const std::string& value, const std::string& operand) {
  std::string sum(operand.size(), '\0');
  int carry = 0;
  for (std::size_t i = 0; i < operand.size(); ++i) {
    int left = i < value.size() ? static_cast<unsigned char>(value[i]) : 0;
    carry += left + static_cast<unsigned char>(operand[i]);
    sum[i] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  return sum;
}

inline Step random_step(Random& random) {
  Step step{};
  step.kind = static_cast<Step::Kind>(random.below(7));
  step.key = key_of(random.below(kKeys));
  switch (step.kind) {
    case Step::Kind::kRange:
    case Step::Kind::kClearRange: {
      step.other = key_of(random.below(kKeys));
      if (step.other < step.key) std::swap(step.key, step.other);
      step.number = random.below(4);
      step.flag = random.one_in(2);
      break;
    }
    case Step::Kind::kGetKey:
      step.number = random.between(-3, 3);
      step.flag = random.one_in(2);
      break;
    case Step::Kind::kSet:
      step.other = little_endian(random.next() % 1000);
      break;
    case Step::Kind::kAdd:
      step.other = little_endian(random.next() % 5);
      break;
    default:
      break;
  }
  return step;
}

// Reads batch after batch: a batch may end early when it meets a part that has to be asked for.
inline bool read_range(Txn& txn, Step& step, fdb_error_t& error) {
  std::string begin = step.key;
  std::string end = step.other;
  bool more = true;
  while (more) {
    int rows_left = step.number == 0 ? 0 : step.number - static_cast<int>(step.rows.size());
    FutureHandle future = txn.range(begin, end, rows_left, step.flag);
    if ((error = future.wait()) != 0) return false;
    Rows rows = future.rows(&more);
    CHECK(!more || !rows.empty());
    step.rows.insert(step.rows.end(), rows.begin(), rows.end());
    if (step.number > 0 && static_cast<int>(step.rows.size()) == step.number) return true;
    if (!rows.empty())
      (step.flag ? end : begin) = rows.back().first + (step.flag ? "" : std::string(1, '\0'));
  }
  return true;
}

// A read that is not waited for yet: it sees the writes that came before it, not those that follow.
using Open = std::pair<std::size_t, FutureHandle>;

inline bool finish(Step& step, const FutureHandle& future, fdb_error_t& error) {
  if ((error = future.wait()) != 0) return false;
  step.value = step.kind == Step::Kind::kGet ? future.value() : Maybe(future.key());
  return true;
}

inline FutureHandle begin(Txn& txn, const Step& step) {
  return step.kind == Step::Kind::kGet ? txn.get(step.key)
                                       : txn.get_key(step.key, step.flag, step.number);
}

// Runs the step; false when the read failed with an error that ends the attempt.
inline bool run(Txn& txn, Step& step, fdb_error_t& error) {
  switch (step.kind) {
    case Step::Kind::kGet:
    case Step::Kind::kGetKey:
      return finish(step, begin(txn, step), error);
    case Step::Kind::kRange:
      return read_range(txn, step, error);
    case Step::Kind::kSet:
      txn.set(step.key, step.other);
      return true;
    case Step::Kind::kClear:
      txn.clear(step.key);
      return true;
    case Step::Kind::kClearRange:
      txn.clear_range(step.key, step.other);
      return true;
    case Step::Kind::kAdd:
      txn.atomic(FDB_MUTATION_TYPE_ADD, step.key, step.other);
      return true;
  }
  return true;
}

inline std::string show(const Rows& rows) {
  std::string text;
  for (const auto& [key, value] : rows) text += key + "=" + fdbkit::test::show(value) + " ";
  return text;
}

// The key a selector names in the model: "" before the first, the end of the user keys after the
// last.
inline std::string resolve(const Model& model, const Step& step) {
  auto at = step.flag ? model.upper_bound(step.key) : model.lower_bound(step.key);
  auto index = std::distance(model.begin(), at) + step.number - 1;
  if (index < 0) return "";
  if (index >= static_cast<std::ptrdiff_t>(model.size())) return "\xff";
  return std::next(model.begin(), index)->first;
}

inline void replay(Model& model, const Step& step) {
  switch (step.kind) {
    case Step::Kind::kGet: {
      auto at = model.find(step.key);
      CHECK_EQ(step.value, at == model.end() ? Maybe() : Maybe(at->second));
      break;
    }
    case Step::Kind::kGetKey: {
      std::string expected = resolve(model, step);
      // Marks of unknown commits and the probe lie before and behind the keys of the test; the
      // model has them.
      CHECK_EQ(*step.value, expected);
      break;
    }
    case Step::Kind::kRange: {
      Rows expected(model.lower_bound(step.key), model.lower_bound(step.other));
      if (step.flag) std::reverse(expected.begin(), expected.end());
      if (step.number > 0 && expected.size() > static_cast<std::size_t>(step.number)) {
        expected.resize(static_cast<std::size_t>(step.number));
      }
      CHECK_EQ(show(step.rows), show(expected));
      break;
    }
    case Step::Kind::kSet:
      model[step.key] = step.other;
      break;
    case Step::Kind::kClear:
      model.erase(step.key);
      break;
    case Step::Kind::kClearRange:
      model.erase(model.lower_bound(step.key), model.lower_bound(step.other));
      break;
    case Step::Kind::kAdd: {
      auto at = model.find(step.key);
      model[step.key] = add(at == model.end() ? "" : at->second, step.other);
      break;
    }
  }
}

class Log {
 public:
  void add(Committed committed) {
    std::lock_guard guard(mutex_);
    committed_.push_back(std::move(committed));
  }
  void count_unknown(bool applied) {
    std::lock_guard guard(mutex_);
    ++(applied ? unknown_applied_ : unknown_lost_);
  }
  std::vector<Committed>& all() { return committed_; }
  int unknown_applied() const { return unknown_applied_; }
  int unknown_lost() const { return unknown_lost_; }

 private:
  std::mutex mutex_;
  std::vector<Committed> committed_;
  int unknown_applied_ = 0;
  int unknown_lost_ = 0;
};

// The mark's key ends in the versionstamp, so a commit with an unknown result can be looked up with
// its place.
inline std::string mark_prefix(int worker, int number) {
  return "z/" + std::to_string(worker) + "/" + std::to_string(number) + "/";
}

inline Maybe find_mark(const Db& db, const std::string& prefix) {
  Txn txn = db.begin();
  while (true) {
    FutureHandle future = txn.range(prefix, prefix + "\xff");
    fdb_error_t error = future.wait();
    if (error == 0) {
      Rows rows = future.rows();
      if (rows.empty()) return std::nullopt;
      return rows.front().first.substr(prefix.size());
    }
    CHECK_EQ(txn.on_error(error).wait(), 0);
  }
}

inline void work(const Db& db, Log& log, int worker, int transactions, uint64_t seed) {
  Random random(seed * 1000003 + static_cast<uint64_t>(worker));
  for (int number = 0; number < transactions; ++number) {
    Txn txn = db.begin();
    CHECK_EQ(txn.option(FDB_TR_OPTION_MAX_RETRY_DELAY, int64_t{0}), 0);
    while (true) {
      Committed attempt;
      fdb_error_t error = 0;
      int steps = random.between(1, 8);
      std::vector<Open> open;
      for (int i = 0; i < steps && error == 0; ++i) {
        Step step = random_step(random);
        const bool one_read = step.kind == Step::Kind::kGet || step.kind == Step::Kind::kGetKey;
        if (one_read && random.one_in(2)) {
          open.emplace_back(attempt.steps.size(), begin(txn, step));
          attempt.steps.push_back(std::move(step));
        } else if (run(txn, step, error)) {
          attempt.steps.push_back(std::move(step));
        }
      }
      for (auto& [at, future] : open) {
        if (error == 0) finish(attempt.steps[at], future, error);
      }
      open.clear();
      if (error == 0) {
        std::string prefix = mark_prefix(worker, number);
        std::string offset = little_endian(prefix.size()).substr(0, 4);
        txn.atomic(FDB_MUTATION_TYPE_SET_VERSIONSTAMPED_KEY, prefix + std::string(10, 'x') + offset,
                   "");
        error = txn.commit().wait();
        if (error == 0) {
          Maybe stamp = find_mark(db, prefix);
          CHECK(stamp.has_value());
          attempt.order = *stamp;
          attempt.mark = prefix + *stamp;
          log.add(std::move(attempt));
          break;
        }
        if (error == 1021) {
          Maybe stamp = find_mark(db, prefix);
          log.count_unknown(stamp.has_value());
          if (stamp) {
            attempt.order = *stamp;
            attempt.mark = prefix + *stamp;
            log.add(std::move(attempt));
            break;
          }
        }
      }
      CHECK_EQ(fdb_error_predicate(FDB_ERROR_PREDICATE_RETRYABLE, error), 1);
      CHECK_EQ(txn.on_error(error).wait(), 0);
    }
  }
}

// What committed, in the order of the versionstamps, on the sorted map.
inline void check_serializable(Log& log) {
  std::vector<Committed>& committed = log.all();
  std::sort(committed.begin(), committed.end(),
            [](const Committed& a, const Committed& b) { return a.order < b.order; });
  Model model;
  for (const Committed& each : committed) {
    for (const Step& step : each.steps) replay(model, step);
    model[each.mark] = "";
  }
}

}  // namespace fdbkit::test
