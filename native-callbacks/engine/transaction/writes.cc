#include <algorithm>

#include "engine/data/values/atomic_ops.h"
#include "engine/transaction/key_limits.h"
#include "engine/transaction/special_keys.h"
#include "engine/transaction/transaction.h"

namespace fdbkit::engine {

namespace {

// The metadata version may only be set to the stamp of its commit: ten bytes to fill and a zero
// offset.
constexpr data::Bytes kMetadataVersionOperand = data::literal("\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
constexpr int64_t kPageBytes = 4096;
constexpr int64_t kWriteCostFactor = 4;

int64_t write_cost(std::size_t bytes) {
  int64_t pages = bytes == 0 ? 1 : static_cast<int64_t>(bytes - 1) / kPageBytes + 1;
  return kWriteCostFactor * kPageBytes * pages;
}

int64_t single_key_range_bytes(data::Bytes key) { return static_cast<int64_t>(2 * key.size() + 1); }

}  // namespace

data::Bytes Transaction::max_write_key() const {
  return options_.write_system_keys ? data::kSystemKeysEnd : data::kUserKeysEnd;
}

bool Transaction::take_conflict_option() {
  return !std::exchange(options_.next_write_no_conflict_range, false);
}

void Transaction::set(std::string key, std::string value) {
  run_write([&] { return do_set(key, value); });
}

void Transaction::clear(std::string key) {
  run_write([&] { return do_clear(key); });
}

void Transaction::clear_range(std::string begin, std::string end) {
  run_write([&] { return do_clear_range(begin, end); });
}

void Transaction::atomic_op(std::string key, std::string operand, int type) {
  run_write([&] { return do_atomic_op(key, operand, type); });
}

void Transaction::count_write(const data::Mutation& mutation) {
  if (mutation.type == data::MutationType::kClearRange) {
    total_cost_ += kPageBytes;
  } else if (mutation.type == data::MutationType::kSet) {
    total_cost_ += write_cost(mutation.param1.size() + mutation.param2.size());
  } else {
    total_cost_ += write_cost(mutation.param1.size());
  }
}

void Transaction::add_conflict_range(std::string begin, std::string end, bool write) {
  run_write([&] { return do_add_conflict_range(begin, end, write); });
}

ErrorCode Transaction::do_set(std::string& key, std::string& value) {
  if (key == kMetadataVersionKey) return Error::kClientInvalidOperation;
  if (is_special_key(key) && api_at_least(700)) return check_special_write(*this, key, value);
  bool add_conflict = take_conflict_option();
  if (used_during_commit()) return Error::kUsedDuringCommit;
  if (key >= max_write_key()) return Error::kKeyOutsideLegalRange;
  approximate_size_ += static_cast<int64_t>(key.size() + value.size()) + kMutationBytes +
                       (add_conflict ? kRangeBytes + single_key_range_bytes(key) : 0);
  if (key.size() > longest_write_key(key, options_.raw_access)) return Error::kKeyTooLarge;
  if (value.size() > data::kValueSizeLimit) return Error::kValueTooLarge;
  if (options_.read_your_writes_disabled) {
    if (add_conflict) direct_write_conflicts_.push_back({key, data::key_after(key)});
    direct_mutations_.push_back({data::MutationType::kSet, std::move(key), std::move(value)});
    return Error::kSuccess;
  }
  if (watches_by_key_.empty()) {
    writes_.mutate(key, data::MutationType::kSet, std::move(value), add_conflict);
    return Error::kSuccess;
  }
  writes_.mutate(key, data::MutationType::kSet, value, add_conflict);
  trigger_watches(key, data::key_after(key), std::move(value), true);
  return Error::kSuccess;
}

ErrorCode Transaction::do_clear(std::string& key) {
  bool add_conflict = take_conflict_option();
  if (used_during_commit()) return Error::kUsedDuringCommit;
  if (is_special_key(key) && api_at_least(700))
    return check_special_clear(*this, key, data::key_after(key));
  if (key >= max_write_key()) return Error::kKeyOutsideLegalRange;
  if (key.size() > longest_read_key(key)) return Error::kSuccess;
  std::string end = data::key_after(key);
  if (options_.read_your_writes_disabled) {
    if (add_conflict) direct_write_conflicts_.push_back({key, end});
    direct_mutations_.push_back({data::MutationType::kClearRange, std::move(key), std::move(end)});
    return Error::kSuccess;
  }
  int64_t range_bytes = single_key_range_bytes(key) + kRangeBytes;
  approximate_size_ += add_conflict ? 2 * range_bytes : range_bytes;
  writes_.clear(key, end, add_conflict);
  trigger_watches(key, end, std::nullopt, true);
  return Error::kSuccess;
}

ErrorCode Transaction::do_clear_range(std::string& begin, std::string& end) {
  if (begin > end) return Error::kInvertedRange;
  bool add_conflict = take_conflict_option();
  if (used_during_commit()) return Error::kUsedDuringCommit;
  bool special = data::kSystemKeysEnd <= begin && end <= data::kSpecialKeysEnd;
  if (special && api_at_least(700)) return check_special_clear(*this, begin, end);
  if (begin > max_write_key() || end > max_write_key()) return Error::kKeyOutsideLegalRange;
  int64_t key_bytes = static_cast<int64_t>(begin.size() + end.size());
  approximate_size_ += key_bytes + kMutationBytes + (add_conflict ? kRangeBytes + key_bytes : 0);
  cut_bound(begin);
  cut_bound(end);
  if (begin >= end) return Error::kSuccess;
  if (options_.read_your_writes_disabled) {
    if (add_conflict) direct_write_conflicts_.push_back({begin, end});
    direct_mutations_.push_back(
        {data::MutationType::kClearRange, std::move(begin), std::move(end)});
    return Error::kSuccess;
  }
  writes_.clear(begin, end, add_conflict);
  trigger_watches(begin, end, std::nullopt, true);
  return Error::kSuccess;
}

ErrorCode Transaction::do_atomic_op(std::string& key, std::string& operand, int code) {
  bool add_conflict = take_conflict_option();
  if (used_during_commit()) return Error::kUsedDuringCommit;
  if (key == kMetadataVersionKey) {
    if (code != static_cast<int>(data::MutationType::kSetVersionstampedValue) ||
        operand != kMetadataVersionOperand) {
      return Error::kClientInvalidOperation;
    }
  } else if (key >= max_write_key()) {
    return Error::kKeyOutsideLegalRange;
  }
  if (!data::is_atomic_op(code)) return Error::kInvalidMutationType;
  if (key.size() > longest_write_key(key, options_.raw_access)) return Error::kKeyTooLarge;
  if (operand.size() > data::kValueSizeLimit) return Error::kValueTooLarge;

  std::size_t given_key_size = key.size();
  data::MutationType type =
      data::effective_type(static_cast<data::MutationType>(code), database_->api_version());
  if (type == data::MutationType::kSetVersionstampedKey) {
    data::normalize_versionstamp_param(type, database_->api_version(), key);
    if (ErrorCode error = data::check_versionstamp_param(key)) return error;
    add_conflict = false;
  } else if (type == data::MutationType::kSetVersionstampedValue) {
    data::normalize_versionstamp_param(type, database_->api_version(), operand);
    if (ErrorCode error = data::check_versionstamp_param(operand)) return error;
  }
  approximate_size_ +=
      static_cast<int64_t>(key.size() + operand.size()) + kMutationBytes +
      (add_conflict ? kRangeBytes + static_cast<int64_t>(2 * given_key_size + 1) : 0);
  if (type == data::MutationType::kSetVersionstampedKey) {
    add_versionstamped_key(std::move(key), std::move(operand));
    return Error::kSuccess;
  }
  if (options_.read_your_writes_disabled) {
    if (add_conflict) direct_write_conflicts_.push_back({key, data::key_after(key)});
    direct_mutations_.push_back({type, std::move(key), std::move(operand)});
    return Error::kSuccess;
  }
  writes_.mutate(key, type, std::move(operand), add_conflict);
  trigger_watches(key, data::key_after(key), std::nullopt, false);
  return Error::kSuccess;
}

void Transaction::add_versionstamped_key(std::string param, std::string operand) {
  versionstamped_keys_.push_back(param);
  if (options_.read_your_writes_disabled) {
    direct_mutations_.push_back(
        {data::MutationType::kSetVersionstampedKey, std::move(param), std::move(operand)});
    return;
  }
  std::optional<Version> known;
  if (read_version_ != kNoVersion) known = read_version_;
  data::KeyRange range = data::versionstamp_key_range(param, known, max_read_key());
  writes_.add_versionstamped_key(std::move(param), range, std::move(operand), known,
                                 direct_mutations_, direct_write_conflicts_);
}

ErrorCode Transaction::do_add_conflict_range(std::string& begin, std::string& end, bool write) {
  if (used_during_commit()) return Error::kUsedDuringCommit;
  data::Bytes max_key = write ? max_write_key() : max_read_key();
  bool metadata_version =
      !write && begin == kMetadataVersionKey && data::is_key_after(end, kMetadataVersionKey);
  if ((begin > max_key || end > max_key) && !metadata_version) return Error::kKeyOutsideLegalRange;
  cut_bound(begin);
  cut_bound(end);
  if (begin >= end) return Error::kSuccess;
  int64_t bytes = static_cast<int64_t>(begin.size() + end.size()) + kRangeBytes;
  if (write) {
    approximate_size_ += bytes;
    if (options_.read_your_writes_disabled) {
      direct_write_conflicts_.push_back({std::move(begin), std::move(end)});
    } else {
      writes_.add_conflict_range(begin, end);
    }
    return Error::kSuccess;
  }
  if (options_.read_your_writes_disabled) {
    approximate_size_ += bytes;
    direct_read_conflicts_.push_back({std::move(begin), std::move(end)});
    return Error::kSuccess;
  }
  std::vector<data::KeyRange> unknown;
  writes_.unknown_parts(begin, end, unknown);
  for (const data::KeyRange& range : unknown) {
    approximate_size_ += bytes;
    added_read_conflicts_.add(range.begin, range.end);
  }
  return Error::kSuccess;
}

// A watch of this transaction fires at once when a write of the same transaction gives its key
// another value than it read, or than an earlier write gave it.
void Transaction::trigger_watches(data::Bytes begin, data::Bytes end,
                                  const std::optional<std::string>& value, bool value_known) {
  auto at = watches_by_key_.lower_bound(begin);
  while (at != watches_by_key_.end() && data::Bytes(at->first) < end) {
    std::erase_if(at->second, [&](const WatchRef& watch) {
      if (watch->done()) return true;
      bool differs = (watch->set_known && watch->set_value != value) ||
                     (watch->value_known && watch->value != value);
      if (!value_known || differs) {
        watch->finish(Error::kSuccess);
        return true;
      }
      watch->set_known = true;
      watch->set_value = value;
      return false;
    });
    at = at->second.empty() ? watches_by_key_.erase(at) : std::next(at);
  }
}

}  // namespace fdbkit::engine
