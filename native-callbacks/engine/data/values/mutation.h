// A mutation as a transaction sends it at commit. Type numbers are those of the C API's mutation
// types.
#pragma once

#include <string>

#include "engine/data/values/bytes.h"

namespace fdbkit::data {

enum class MutationType : std::uint8_t {
  kSet = 0,
  kClearRange = 1,
  kAdd = 2,
  kAnd = 6,
  kOr = 7,
  kXor = 8,
  kAppendIfFits = 9,
  kMax = 12,
  kMin = 13,
  kSetVersionstampedKey = 14,
  kSetVersionstampedValue = 15,
  kByteMin = 16,
  kByteMax = 17,
  kMinV2 = 18,
  kAndV2 = 19,
  kCompareAndClear = 20,
};

/// Whether `code` (the number a client passes to fdb_transaction_atomic_op) names an atomic
/// operation.
bool is_atomic_op(int code);

struct Mutation {
  MutationType type;
  std::string param1;  // key, or begin of a clear
  std::string param2;  // value or operand, or end of a clear

  bool operator==(const Mutation& other) const = default;
};

}  // namespace fdbkit::data
