#include "engine/data/values/atomic_ops.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace fdbkit::data {

namespace {

unsigned byte_at(Bytes bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
}

/// Combines byte by byte; the result is as long as the operand, a short existing value counts as
/// padded.
template <class Op>
std::string bytewise(Bytes existing, Bytes operand, Op op) {
  std::string result(operand.size(), '\0');
  for (std::size_t i = 0; i < operand.size(); i++) {
    result[i] = static_cast<char>(op(byte_at(existing, i), byte_at(operand, i)));
  }
  return result;
}

std::string add(Bytes existing, Bytes operand) {
  unsigned carry = 0;
  return bytewise(existing, operand, [&](unsigned a, unsigned b) {
    unsigned sum = a + b + carry;
    carry = sum >> 8;
    return sum & 0xff;
  });
}

/// Existing value, cut or padded to the operand's length, against the operand, as little-endian
/// numbers.
int compare_little_endian(Bytes existing, Bytes operand) {
  for (std::size_t i = operand.size(); i-- > 0;) {
    if (byte_at(existing, i) != byte_at(operand, i)) {
      return byte_at(existing, i) < byte_at(operand, i) ? -1 : 1;
    }
  }
  return 0;
}

std::string fit(Bytes existing, std::size_t size) {
  std::string result(existing.substr(0, size));
  result.resize(size, '\0');
  return result;
}

std::string min_of(Bytes existing, Bytes operand) {
  return compare_little_endian(existing, operand) < 0 ? fit(existing, operand.size())
                                                      : std::string(operand);
}

std::string max_of(Bytes existing, Bytes operand) {
  if (existing.empty()) return std::string(operand);
  return compare_little_endian(existing, operand) > 0 ? fit(existing, operand.size())
                                                      : std::string(operand);
}

std::string and_of(Bytes existing, Bytes operand) {
  return bytewise(existing, operand, [](unsigned a, unsigned b) { return a & b; });
}

std::string append_if_fits(Bytes existing, Bytes operand) {
  std::string result(existing);
  if (existing.size() + operand.size() <= kValueSizeLimit || existing.empty())
    result.append(operand);
  return result;
}

std::int32_t offset_of(Bytes param) {
  std::size_t at = param.size() - 4;
  return static_cast<std::int32_t>(byte_at(param, at) | byte_at(param, at + 1) << 8 |
                                   byte_at(param, at + 2) << 16 | byte_at(param, at + 3) << 24);
}

}  // namespace

bool is_atomic_op(int code) {
  switch (static_cast<MutationType>(code)) {
    case MutationType::kSet:
    case MutationType::kClearRange:
      return false;
    case MutationType::kAdd:
    case MutationType::kAnd:
    case MutationType::kOr:
    case MutationType::kXor:
    case MutationType::kAppendIfFits:
    case MutationType::kMax:
    case MutationType::kMin:
    case MutationType::kSetVersionstampedKey:
    case MutationType::kSetVersionstampedValue:
    case MutationType::kByteMin:
    case MutationType::kByteMax:
    case MutationType::kMinV2:
    case MutationType::kAndV2:
    case MutationType::kCompareAndClear:
      return code >= 0 && code < 256;
  }
  return false;
}

Versionstamp make_versionstamp(Version version, std::uint16_t batch) {
  Versionstamp stamp;
  auto bits = static_cast<std::uint64_t>(version);
  for (int i = 0; i < 8; i++) stamp[i] = static_cast<char>(bits >> (56 - 8 * i));
  stamp[8] = static_cast<char>(batch >> 8);
  stamp[9] = static_cast<char>(batch & 0xff);
  return stamp;
}

MutationType effective_type(MutationType type, int api_version) {
  if (api_version >= 510 && type == MutationType::kMin) return MutationType::kMinV2;
  if (api_version >= 510 && type == MutationType::kAnd) return MutationType::kAndV2;
  return type;
}

std::optional<std::string> apply_atomic(MutationType type, std::optional<Bytes> existing,
                                        Bytes operand) {
  Bytes old = existing.value_or(Bytes());
  switch (type) {
    case MutationType::kSet:
      return std::string(operand);
    case MutationType::kAdd:
      return add(old, operand);
    case MutationType::kAnd:
      return and_of(old, operand);
    case MutationType::kAndV2:
      return existing ? and_of(old, operand) : std::string(operand);
    case MutationType::kOr:
      return bytewise(old, operand, [](unsigned a, unsigned b) { return a | b; });
    case MutationType::kXor:
      return bytewise(old, operand, [](unsigned a, unsigned b) { return a ^ b; });
    case MutationType::kAppendIfFits:
      return append_if_fits(old, operand);
    case MutationType::kMax:
      return max_of(old, operand);
    case MutationType::kMin:
      return min_of(old, operand);
    case MutationType::kMinV2:
      return existing ? min_of(old, operand) : std::string(operand);
    case MutationType::kByteMin:
      return std::string(existing ? std::min(old, operand) : operand);
    case MutationType::kByteMax:
      return std::string(existing ? std::max(old, operand) : operand);
    case MutationType::kCompareAndClear:
      if (!existing || old == operand) return std::nullopt;
      return std::string(old);
    case MutationType::kClearRange:
    case MutationType::kSetVersionstampedKey:
    case MutationType::kSetVersionstampedValue:
      break;
  }
  assert(!"not an operation on one known value");
  return std::nullopt;
}

void normalize_versionstamp_param(MutationType type, int api_version, std::string& param) {
  if (api_version >= 520) return;
  if (type == MutationType::kSetVersionstampedKey) param.append(2, '\0');
  if (type == MutationType::kSetVersionstampedValue) param.append(4, '\0');
}

Error check_versionstamp_param(Bytes param) {
  if (param.size() < 4) return kClientInvalidOperation;
  std::int64_t offset = offset_of(param);
  bool fits = offset >= 0 && offset + 10 <= static_cast<std::int64_t>(param.size()) - 4;
  return fits ? kOk : kClientInvalidOperation;
}

KeyRange versionstamp_key_range(Bytes param, std::optional<Version> read_version, Bytes max_key) {
  assert(check_versionstamp_param(param) == kOk);
  auto offset = static_cast<std::size_t>(offset_of(param));
  KeyRange range;
  range.begin = param.substr(0, param.size() - 4);
  range.end = range.begin;
  range.end.push_back('\0');
  Versionstamp low = make_versionstamp(read_version ? *read_version + 1 : 0, 0);
  std::copy(low.begin(), low.end(), range.begin.begin() + static_cast<std::ptrdiff_t>(offset));
  std::fill_n(range.end.begin() + static_cast<std::ptrdiff_t>(offset), 10, '\xff');
  if (Bytes(range.end) > max_key) range.end = max_key;
  return range;
}

void place_versionstamp(std::string& param, const Versionstamp& stamp) {
  assert(check_versionstamp_param(param) == kOk);
  std::copy(stamp.begin(), stamp.end(), param.begin() + offset_of(param));
}

void resolve_versionstamp(Mutation& mutation, const Versionstamp& stamp) {
  if (mutation.type != MutationType::kSetVersionstampedKey &&
      mutation.type != MutationType::kSetVersionstampedValue) {
    return;
  }
  std::string& param =
      mutation.type == MutationType::kSetVersionstampedKey ? mutation.param1 : mutation.param2;
  place_versionstamp(param, stamp);
  param.resize(param.size() - 4);
  mutation.type = MutationType::kSet;
}

}  // namespace fdbkit::data
