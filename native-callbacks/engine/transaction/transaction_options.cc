#include "engine/transaction/transaction_options.h"

#include <algorithm>
#include <limits>

#include "fdb_c_options.h"

namespace fdbkit::engine {

namespace {

constexpr std::size_t kMostTags = 5;
constexpr std::size_t kLongestTag = 255;
constexpr std::size_t kLongestDebugIdentifier = 100;
constexpr std::size_t kSpanBytes = 33;
constexpr std::size_t kShortestIdempotencyId = 16;
constexpr std::size_t kLongestIdempotencyId = 255;
constexpr int64_t kMostInt = std::numeric_limits<int32_t>::max();

}  // namespace

ErrorCode TransactionOptions::set_flag(bool& flag, const OptionValue& value) {
  if (ErrorCode code = require_no_value(value)) return code;
  flag = true;
  return Error::kSuccess;
}

ErrorCode TransactionOptions::add_tag(const OptionValue& value) {
  if (!value) return Error::kInvalidOptionValue;
  if (value->size() > kLongestTag) return Error::kTagTooLong;
  if (tags.size() >= kMostTags) return Error::kTooManyTags;
  if (std::find(tags.begin(), tags.end(), *value) == tags.end()) tags.push_back(*value);
  return Error::kSuccess;
}

ErrorCode TransactionOptions::set_debug_identifier(const OptionValue& value) {
  if (!value || value->empty() || value->size() > kLongestDebugIdentifier)
    return Error::kInvalidOptionValue;
  if (!debug_identifier.empty() && debug_identifier != *value)
    return Error::kClientInvalidOperation;
  debug_identifier = *value;
  return Error::kSuccess;
}

ErrorCode TransactionOptions::apply(int option, const OptionValue& value) {
  int64_t number = 0;
  switch (option) {
    case FDB_TR_OPTION_NEXT_WRITE_NO_WRITE_CONFLICT_RANGE:
      return set_flag(next_write_no_conflict_range, value);
    case FDB_TR_OPTION_ACCESS_SYSTEM_KEYS:
      if (ErrorCode code = set_flag(write_system_keys, value)) return code;
      read_system_keys = raw_access = true;
      return Error::kSuccess;
    case FDB_TR_OPTION_READ_SYSTEM_KEYS:
      if (ErrorCode code = set_flag(read_system_keys, value)) return code;
      raw_access = true;
      return Error::kSuccess;
    case FDB_TR_OPTION_RAW_ACCESS:
      return set_flag(raw_access, value);
    case FDB_TR_OPTION_TIMEOUT:
      return read_int_option(value, 0, kMostInt, timeout_ms);
    case FDB_TR_OPTION_RETRY_LIMIT:
      return read_int_option(value, -1, kMostInt, retry_limit);
    case FDB_TR_OPTION_MAX_RETRY_DELAY:
      if (ErrorCode code = read_int_option(value, 0, kMostInt, number)) return code;
      max_backoff = static_cast<double>(number) / 1000.0;
      return Error::kSuccess;
    case FDB_TR_OPTION_SIZE_LIMIT:
      return read_int_option(value, 32, kTransactionSizeLimit, size_limit);
    case FDB_TR_OPTION_SNAPSHOT_RYW_ENABLE:
      if (ErrorCode code = require_no_value(value)) return code;
      ++snapshot_ryw_enabled;
      return Error::kSuccess;
    case FDB_TR_OPTION_SNAPSHOT_RYW_DISABLE:
      if (ErrorCode code = require_no_value(value)) return code;
      --snapshot_ryw_enabled;
      return Error::kSuccess;
    case FDB_TR_OPTION_LOCK_AWARE:
      if (ErrorCode code = set_flag(lock_aware, value)) return code;
      read_only = false;
      return Error::kSuccess;
    case FDB_TR_OPTION_READ_LOCK_AWARE:
      if (ErrorCode code = require_no_value(value)) return code;
      if (!lock_aware) lock_aware = read_only = true;
      return Error::kSuccess;
    case FDB_TR_OPTION_CAUSAL_WRITE_RISKY:
      return set_flag(causal_write_risky, value);
    case FDB_TR_OPTION_CAUSAL_READ_RISKY:
      return set_flag(causal_read_risky, value);
    case FDB_TR_OPTION_INCLUDE_PORT_IN_ADDRESS:
      return set_flag(include_port, value);
    case FDB_TR_OPTION_REPORT_CONFLICTING_KEYS:
      return set_flag(report_conflicting_keys, value);
    case FDB_TR_OPTION_SPECIAL_KEY_SPACE_RELAXED:
      return set_flag(special_keys_relaxed, value);
    case FDB_TR_OPTION_SPECIAL_KEY_SPACE_ENABLE_WRITES:
      return set_flag(special_keys_writes, value);
    case FDB_TR_OPTION_BYPASS_UNREADABLE:
      return set_flag(bypass_unreadable, value);
    case FDB_TR_OPTION_USED_DURING_COMMIT_PROTECTION_DISABLE:
      return set_flag(used_during_commit_protection_disabled, value);
    case FDB_TR_OPTION_TAG:
    case FDB_TR_OPTION_AUTO_THROTTLE_TAG:
      return add_tag(value);
    case FDB_TR_OPTION_DEBUG_TRANSACTION_IDENTIFIER:
    case FDB_TR_OPTION_TRANSACTION_LOGGING_ENABLE:
      return set_debug_identifier(value);
    case FDB_TR_OPTION_LOG_TRANSACTION:
      if (ErrorCode code = require_no_value(value)) return code;
      return debug_identifier.empty() ? Error::kClientInvalidOperation : Error::kSuccess;
    case FDB_TR_OPTION_TRANSACTION_LOGGING_MAX_FIELD_LENGTH:
      if (ErrorCode code = read_int_option(value, -1, kMostInt, number)) return code;
      return number == 0 ? Error::kInvalidOptionValue : Error::kSuccess;
    case FDB_TR_OPTION_SPAN_PARENT:
      return value && value->size() == kSpanBytes ? Error::kSuccess : Error::kInvalidOptionValue;
    case FDB_TR_OPTION_IDEMPOTENCY_ID:
      if (!value) return Error::kInvalidOptionValue;
      if (value->size() < kShortestIdempotencyId || value->size() > kLongestIdempotencyId) {
        return Error::kInvalidOption;
      }
      idempotent = true;
      return Error::kSuccess;
    case FDB_TR_OPTION_AUTOMATIC_IDEMPOTENCY:
      return set_flag(idempotent, value);
    case FDB_TR_OPTION_CONSISTENCY_CHECK_REQUIRED_REPLICAS:
      return read_int_option(value, -2, std::numeric_limits<int64_t>::max(), number);
    case FDB_TR_OPTION_READ_AHEAD_DISABLE:
    case FDB_TR_OPTION_PRIORITY_SYSTEM_IMMEDIATE:
    case FDB_TR_OPTION_PRIORITY_BATCH:
    case FDB_TR_OPTION_COMMIT_ON_FIRST_PROXY:
    case FDB_TR_OPTION_CHECK_WRITES_ENABLE:
    case FDB_TR_OPTION_DEBUG_DUMP:
    case FDB_TR_OPTION_SERVER_REQUEST_TRACING:
    case FDB_TR_OPTION_FIRST_IN_BATCH:
    case FDB_TR_OPTION_USE_PROVISIONAL_PROXIES:
    case FDB_TR_OPTION_EXPENSIVE_CLEAR_COST_ESTIMATION_ENABLE:
    case FDB_TR_OPTION_SKIP_GRV_CACHE:
    case FDB_TR_OPTION_ENABLE_REPLICA_CONSISTENCY_CHECK:
      return require_no_value(value);
    default:
      return Error::kSuccess;
  }
}

}  // namespace fdbkit::engine
