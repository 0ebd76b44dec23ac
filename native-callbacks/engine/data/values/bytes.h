// Keys, values, versions, key ranges and the limits and error codes that the data structures share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fdbkit::data {

/// A commit or read version. Versions only grow.
using Version = std::int64_t;

/// Bytes owned elsewhere. Keys compare as unsigned bytes; std::string_view already does that.
using Bytes = std::string_view;

/// Largest key that may be written, in bytes; keys of the system space (first byte 0xff) may be
/// longer.
inline constexpr std::size_t kKeySizeLimit = 10000;
inline constexpr std::size_t kSystemKeySizeLimit = 30000;
/// Largest value, in bytes. Append-if-fits never grows a value beyond it.
inline constexpr std::size_t kValueSizeLimit = 100000;
/// A storage server never puts more than this into one reply.
inline constexpr int kReplyByteLimit = 80000;

/// The bytes of a literal, zeros among them. The compiler counts them, nobody else.
template <std::size_t kSize>
constexpr Bytes literal(const char (&text)[kSize]) {
  return {text, kSize - 1};
}

/// End of the user key space, of the system key space, and of the special key space.
inline constexpr Bytes kUserKeysEnd = literal("\xff");
inline constexpr Bytes kSystemKeysEnd = literal("\xff\xff");
inline constexpr Bytes kSpecialKeysEnd = literal("\xff\xff\xff");

/// Error codes that functions in this folder return. 0 is success; the numbers are those of the C
/// API.
enum Error : int {
  kOk = 0,
  kOperationFailed = 1000,
  kAccessedUnreadable = 1036,
  kClientInvalidOperation = 2000,
  kKeyOutsideLegalRange = 2004,
  kInvertedRange = 2005,
  kRangeLimitsInvalid = 2012,
  kInvalidMutationType = 2018,
  kMapperBadIndex = 2030,
  kMapperNoSuchKey = 2031,
  kMapperBadRangeDescriptor = 2032,
  kQuickGetKeyValuesHasMore = 2033,
  kGetMappedKeyValuesHasMore = 2038,
  kGetMappedRangeReadsYourWrites = 2039,
  kKeyNotTuple = 2041,
  kValueNotTuple = 2042,
  kMapperNotTuple = 2043,
  kServerFault = 4100,
  kUnsupportedOperation = 2108,
  kExactModeWithoutLimits = 2210,
};

/// A half-open range [begin, end).
struct KeyRange {
  std::string begin;
  std::string end;

  bool empty() const { return begin >= end; }
  bool contains(Bytes key) const { return Bytes(begin) <= key && key < Bytes(end); }
  bool operator==(const KeyRange& other) const = default;
};

/// The first key after `key`: the key with a zero byte appended.
inline std::string key_after(Bytes key) {
  std::string result;
  result.reserve(key.size() + 1);
  result.append(key);
  result.push_back('\0');
  return result;
}

/// Whether `key == key_after(base)`, without building it.
inline bool is_key_after(Bytes key, Bytes base) {
  return key.size() == base.size() + 1 && key.back() == '\0' && key.substr(0, base.size()) == base;
}

/// The first key that does not start with `prefix`; nothing when there is none (empty or all 0xff).
inline std::optional<std::string> strinc(Bytes prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.remove_suffix(1);
  if (prefix.empty()) return std::nullopt;
  std::string result(prefix);
  result.back() = static_cast<char>(static_cast<unsigned char>(result.back()) + 1);
  return result;
}

/// A key selector: the key `offset` places from the last key before `key` (or at it, with
/// `or_equal`). first-greater-or-equal is {key, false, 1}.
struct KeySelector {
  std::string key;
  bool or_equal = false;
  int offset = 1;

  bool is_first_greater_or_equal() const { return !or_equal && offset == 1; }
  /// The same selector without `or_equal`.
  void remove_or_equal() {
    // Behind the end of the system keys there is no next key.
    if (or_equal && key != kSystemKeysEnd) key.push_back('\0');
    or_equal = false;
  }
};

}  // namespace fdbkit::data
