#pragma once

// Error codes of the C API that the engine itself returns, and what the API says of any code.

namespace fdbkit::engine {

namespace Error {
enum Code : int {
  kSuccess = 0,
  kTransactionTooOld = 1007,
  kFutureVersion = 1009,
  kNotCommitted = 1020,
  kCommitUnknownResult = 1021,
  kTransactionCancelled = 1025,
  kTransactionTimedOut = 1031,
  kTooManyWatches = 1032,
  kWatchesDisabled = 1034,
  kAccessedUnreadable = 1036,
  kProcessBehind = 1037,
  kDatabaseLocked = 1038,
  kCommitProxyMemoryLimitExceeded = 1042,
  kBatchTransactionThrottled = 1051,
  kBlobGranuleTransactionTooOld = 1064,
  kGrvProxyMemoryLimitExceeded = 1078,
  kBlobGranuleRequestFailed = 1079,
  kOperationCancelled = 1101,
  kFutureReleased = 1102,
  kTagThrottled = 1213,
  kProxyTagThrottled = 1223,
  kTransactionThrottledHotShard = 1235,
  kTransactionRejectedRangeLocked = 1242,
  kFileNotFound = 1511,
  kFileNotReadable = 1513,
  kNoClusterFileFound = 1515,
  kClientInvalidOperation = 2000,
  kKeyOutsideLegalRange = 2004,
  kInvertedRange = 2005,
  kInvalidOptionValue = 2006,
  kInvalidOption = 2007,
  kNetworkNotSetup = 2008,
  kNetworkAlreadySetup = 2009,
  kReadVersionAlreadySet = 2010,
  kVersionInvalid = 2011,
  kRangeLimitsInvalid = 2012,
  kInvalidDatabaseName = 2013,
  kFutureNotSet = 2015,
  kFutureNotError = 2016,
  kUsedDuringCommit = 2017,
  kInvalidMutationType = 2018,
  kTransactionInvalidVersion = 2020,
  kNoCommitVersion = 2021,
  kEnvironmentVariableNetworkOptionFailed = 2022,
  kTransactionReadOnly = 2023,
  kNetworkCannotBeRestarted = 2025,
  kBlockedFromNetworkThread = 2026,
  kBlobGranuleNoRyw = 2036,
  kGetMappedRangeReadsYourWrites = 2039,
  kTransactionTooLarge = 2101,
  kKeyTooLarge = 2102,
  kValueTooLarge = 2103,
  kConnectionStringInvalid = 2104,
  kUnsupportedOperation = 2108,
  kTooManyTags = 2109,
  kTagTooLong = 2110,
  kSpecialKeysCrossModuleRead = 2112,
  kSpecialKeysNoModuleFound = 2113,
  kSpecialKeysWriteDisabled = 2114,
  kSpecialKeysNoWriteModuleFound = 2115,
  kSpecialKeysCrossModuleClear = 2116,
  kSpecialKeysApiFailure = 2117,
  kNoExternalClientProvided = 2123,
  kTenantNotFound = 2131,
  kTenantAlreadyExists = 2132,
  kTenantNotEmpty = 2133,
  kInvalidTenantName = 2134,
  kTenantsDisabled = 2136,
  kIllegalTenantAccess = 2138,
  kInvalidTenantGroupName = 2139,
  kInvalidTenantConfiguration = 2140,
  kTenantRemoved = 2142,
  kApiVersionUnset = 2200,
  kApiVersionAlreadySet = 2201,
  kApiVersionInvalid = 2202,
  kApiVersionNotSupported = 2203,
  kExactModeWithoutLimits = 2210,
  kSnapPathNotWhitelisted = 2505,
  kSnapInvalidUidString = 2509,
  kUnknownError = 4000,
  kInternalError = 4100,
};
}  // namespace Error

using ErrorCode = int;

inline constexpr int kHighestErrorCode = 30000;

const char* error_text(int code);
const char* error_name(int code);
bool is_maybe_committed(int code);
bool is_retryable_not_committed(int code);

// Thrown on the network thread only, and always caught where an operation is run.
struct EngineError {
  ErrorCode code;
};

}  // namespace fdbkit::engine
