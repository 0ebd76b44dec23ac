// What a command says: its code and its flags.
//
// A command is a row of 32-bit words, {code | flags << 8, operands...}, then its bytes, padded to a
// whole word. The numbers are known to src/future/port/commands.ts.
#pragma once

#include <cstdint>

namespace fdbkit::ring {

enum class Code : uint8_t {
  // Objects: {object, ...}
  kOpenDatabase = 1,           // object, length | flag: connection string; -1: the default file
  kOpenTenant = 2,             // object, database, length
  kOpenTransaction = 3,        // object, database
  kOpenTenantTransaction = 4,  // object, tenant
  kDestroy = 5,                // object
  kSetDatabaseOption = 6,      // database, option, length (-1: no value)
  kBusyness = 7,               // database
  // Transactions, without a future: {transaction, ...}
  kSet = 10,                   // transaction, key, value lengths
  kClear = 11,                 // transaction, key length
  kClearRange = 12,            // transaction, begin, end lengths
  kAtomicOp = 13,              // transaction, key, parameter lengths, mutation
  kSetReadVersion = 14,        // transaction, low, high
  kReset = 15,                 // transaction
  kCancelTransaction = 16,     // transaction
  kAddConflictRange = 17,      // transaction, begin, end lengths, type
  kSetTransactionOption = 18,  // transaction, option, length (-1: no value)
  kCommittedVersion = 19,      // transaction
  // Slots: {slot}
  kArm = 30,
  kRelease = 31,
  kCancel = 32,
  // With a future: {slot, object, ...}
  kGet = 40,             // key length
  kGetKey = 41,          // key length, offset
  kGetRange = 42,        // begin, end lengths, begin, end offsets, limit, bytes, mode, iteration
  kGetMappedRange = 43,  // the same, then the mapper's length
  kGetReadVersion = 44,
  kCommit = 45,
  kGetVersionstamp = 46,
  kOnError = 47,  // code
  kWatch = 48,    // key length
  kGetApproximateSize = 49,
  kGetTotalCost = 50,
  kGetTagThrottledDuration = 51,
  kGetEstimatedRangeSize = 52,  // begin, end lengths
  kGetRangeSplitPoints = 53,    // begin, end lengths, low, high
  kGetAddressesForKey = 54,     // key length
  kGetMany = 56,                // count, so many key lengths
  kGetClientStatus = 60,
  kGetServerProtocol = 61,  // low, high
  kRebootWorker = 62,       // length, check, seconds
  kForceRecovery = 63,      // length
  kCreateSnapshot = 64,     // lengths of uid and command
  kGetTenantId = 65,
  kSaveEmbedded = 66,
  kLoadEmbedded = 67,  // length
  // Blob granules, see granule_commands.h: begin, end lengths, low, high, number
  kPurgeGranules = 70,
  kWaitPurge = 71,  // begin: the purge's key
  kBlobbify = 72,
  kBlobbifyBlocking = 73,
  kUnblobbify = 74,
  kListBlobbified = 75,
  kVerifyBlobRange = 76,
  kFlushBlobRange = 77,
  kGetGranuleRanges = 78,
  kSummarizeGranules = 79,
  kDescribeGranules = 80,
};

// Flags. kFlagArm goes with every command that has a future: arm it at once.
constexpr uint32_t kFlagArm = 1;
constexpr uint32_t kFlagSnapshot = 2;
constexpr uint32_t kFlagReverse = 4;
constexpr uint32_t kFlagBeginOrEqual = 8;
constexpr uint32_t kFlagEndOrEqual = 16;
constexpr uint32_t kFlagConnectionString = 32;

}  // namespace fdbkit::ring
