#pragma once

// The options of one transaction that last until it is reset or retried, and how they are set.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/ground/errors.h"
#include "engine/options/option_value.h"
#include "engine/transaction/retry_policy.h"

namespace fdbkit::engine {

inline constexpr int64_t kTransactionSizeLimit = 10000000;

struct TransactionOptions {
  bool read_your_writes_disabled = false;
  bool next_write_no_conflict_range = false;
  bool read_system_keys = false;
  bool write_system_keys = false;
  bool raw_access = false;
  bool lock_aware = false;
  bool read_only = false;  // read_lock_aware without lock_aware
  bool causal_write_risky = false;
  bool causal_read_risky = false;
  bool include_port = false;
  bool report_conflicting_keys = false;
  bool special_keys_relaxed = false;
  bool special_keys_writes = false;
  bool bypass_unreadable = false;
  bool used_during_commit_protection_disabled = false;
  int snapshot_ryw_enabled = 1;
  int64_t timeout_ms = 0;
  int64_t retry_limit = -1;
  double max_backoff = RetryPolicy::kDefaultMaxBackoff;
  int64_t size_limit = kTransactionSizeLimit;
  std::vector<std::string> tags;
  std::string debug_identifier;
  // The cluster knows by an id whether a commit was applied whose answer is lost.
  bool idempotent = false;

  // Options that need more of the transaction than this (its reads, its timer) are left to it.
  ErrorCode apply(int option, const OptionValue& value);

 private:
  ErrorCode set_flag(bool& flag, const OptionValue& value);
  ErrorCode add_tag(const OptionValue& value);
  ErrorCode set_debug_identifier(const OptionValue& value);
};

}  // namespace fdbkit::engine
