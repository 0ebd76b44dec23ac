// Atomic operations: the arithmetic against 64-bit integers, and the documented edge cases by name.
#include <algorithm>
#include <cstring>

#include "engine/data/values/atomic_ops.h"
#include "test/support/check.h"

using namespace fdbkit::data;
using namespace fdbkit::test;
using namespace std::string_literals;
using Maybe = std::optional<std::string>;

namespace {

std::string number(std::uint64_t value, std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size && i < 8; i++) out[i] = static_cast<char>(value >> (8 * i));
  return out;
}
std::uint64_t number_of(const std::string& bytes, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size && i < bytes.size(); i++) {
    value |= std::uint64_t(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

Maybe apply(MutationType type, const Maybe& existing, const std::string& operand) {
  return apply_atomic(type, existing ? std::optional<Bytes>(*existing) : std::nullopt, operand);
}

void expect(MutationType type, const Maybe& existing, const std::string& operand,
            const Maybe& expected) {
  Maybe actual = apply(type, existing, operand);
  CHECK_EQ(actual.has_value(), expected.has_value());
  if (expected) CHECK_EQ(*actual, *expected);
}

void arithmetic(std::uint64_t seed) {
  Random random(seed);
  for (int i = 0; i < 2000; i++) {
    // Small values make equal bytes and carries likely.
    std::uint64_t mask = random.one_in(2) ? 0x0101ffff0101ffffull : ~0ull;
    std::string existing =
        number(random.next() & mask, static_cast<std::size_t>(random.between(1, 8)));
    std::string operand =
        number(random.next() & mask, static_cast<std::size_t>(random.between(1, 8)));
    std::size_t size = operand.size();
    std::uint64_t a = number_of(existing, size), b = number_of(operand, size);
    using enum MutationType;
    expect(kAdd, existing, operand, number(a + b, size));
    expect(kAnd, existing, operand, number(a & b, size));
    expect(kAndV2, existing, operand, number(a & b, size));
    expect(kOr, existing, operand, number(a | b, size));
    expect(kXor, existing, operand, number(a ^ b, size));
    expect(kMax, existing, operand, number(std::max(a, b), size));
    expect(kMin, existing, operand, number(std::min(a, b), size));
    expect(kMinV2, existing, operand, number(std::min(a, b), size));
    expect(kByteMin, existing, operand, std::min(existing, operand));
    expect(kByteMax, existing, operand, std::max(existing, operand));
    expect(kAppendIfFits, existing, operand, existing + operand);
    expect(kCompareAndClear, existing, operand, existing == operand ? Maybe() : Maybe(existing));
  }
}

void edges() {
  using enum MutationType;
  // On an absent key every operation stores its operand, but for these.
  for (MutationType type :
       {kAdd, kAndV2, kOr, kXor, kAppendIfFits, kMax, kMinV2, kByteMin, kByteMax}) {
    expect(type, std::nullopt, "\5\0\7"s, "\5\0\7"s);
  }
  expect(kAnd, std::nullopt, "\5\7"s, "\0\0"s);
  expect(kMin, std::nullopt, "\5\7"s, "\0\0"s);
  expect(kCompareAndClear, std::nullopt, "x", std::nullopt);

  // An empty existing value is not an absent key.
  expect(kAndV2, "", "\5\7"s, "\0\0"s);
  expect(kMinV2, "", "\5\7"s, "\0\0"s);
  expect(kMax, "", "\5"s, "\5"s);
  expect(kByteMin, "", "a", "");
  expect(kByteMax, "", "a", "a");
  expect(kCompareAndClear, "", "", std::nullopt);

  // An empty operand empties the value, except where it means nothing to do.
  for (MutationType type : {kAdd, kAnd, kAndV2, kOr, kXor, kMax, kMin, kMinV2, kByteMin})
    expect(type, "ab", "", "");
  expect(kAppendIfFits, "ab", "", "ab");
  expect(kByteMax, "ab", "", "ab");

  // Append stops at the value size limit.
  std::string big(kValueSizeLimit - 1, 'x');
  expect(kAppendIfFits, big, "y", big + "y");
  expect(kAppendIfFits, big, "yz", big);
}

void codes() {
  for (int code : {-1, 0, 1, 3, 4, 5, 10, 11, 21, 256 + 2, 1000}) CHECK(!is_atomic_op(code));
  for (int code : {2, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20}) CHECK(is_atomic_op(code));
  CHECK(effective_type(MutationType::kMin, 500) == MutationType::kMin);
  CHECK(effective_type(MutationType::kMin, 510) == MutationType::kMinV2);
  CHECK(effective_type(MutationType::kAnd, 740) == MutationType::kAndV2);
  CHECK(effective_type(MutationType::kOr, 740) == MutationType::kOr);
}

/// Each byte of the offset counts, and what does not fit is refused.
void versionstamp_offsets() {
  Versionstamp stamp = make_versionstamp(0x0102030405060708, 0x090a);
  for (std::uint32_t offset : {0u, 1u, 255u, 256u, 0x1234u, 0x010203u, 0x01020304u}) {
    std::string before(offset, 'a');
    Mutation value{MutationType::kSetVersionstampedValue, "k",
                   before + std::string(10, 'x') + number(offset, 4)};
    CHECK_EQ(int(check_versionstamp_param(value.param2)), int(kOk));
    resolve_versionstamp(value, stamp);
    CHECK(value.param2 == before + std::string(stamp.begin(), stamp.end()));
    CHECK_EQ(int(check_versionstamp_param(before + std::string(9, 'x') + number(offset, 4))),
             int(kClientInvalidOperation));
  }
  for (int bit = 0; bit < 32; bit++) {
    CHECK_EQ(int(check_versionstamp_param(std::string(10, 'x') + number(1ull << bit, 4))),
             int(kClientInvalidOperation));
  }
}

void versionstamps() {
  Versionstamp stamp = make_versionstamp(0x0102030405060708, 0x090a);
  std::string text(stamp.begin(), stamp.end());
  CHECK_EQ(text, "\1\2\3\4\5\6\7\x08\x09\x0a"s);

  std::string blank(10, 'x');
  CHECK_EQ(int(check_versionstamp_param("")), int(kClientInvalidOperation));
  CHECK_EQ(int(check_versionstamp_param("\0\0\0"s)), int(kClientInvalidOperation));
  CHECK_EQ(int(check_versionstamp_param(blank + "\1\0\0\0"s)), int(kClientInvalidOperation));
  CHECK_EQ(int(check_versionstamp_param(blank + "\xff\xff\xff\xff"s)),
           int(kClientInvalidOperation));
  CHECK_EQ(int(check_versionstamp_param(blank + "\0\0\0\0"s)), int(kOk));
  CHECK_EQ(int(check_versionstamp_param("p" + blank + "\1\0\0\0"s)), int(kOk));

  Mutation key{MutationType::kSetVersionstampedKey, "p" + blank + "s\1\0\0\0"s, "v"};
  resolve_versionstamp(key, stamp);
  CHECK(key == (Mutation{MutationType::kSet, "p" + text + "s", "v"}));
  Mutation value{MutationType::kSetVersionstampedValue, "k", blank + "tail\0\0\0\0"s};
  resolve_versionstamp(value, stamp);
  CHECK(value == (Mutation{MutationType::kSet, "k", text + "tail"}));
  Mutation other{MutationType::kAdd, "k", "v"};
  resolve_versionstamp(other, stamp);
  CHECK(other == (Mutation{MutationType::kAdd, "k", "v"}));

  // Before 520: a 2-byte offset at the end of a key; a value starts with the stamp.
  std::string old_key = "p" + blank + "\1\0"s;
  normalize_versionstamp_param(MutationType::kSetVersionstampedKey, 510, old_key);
  CHECK_EQ(old_key, "p" + blank + "\1\0\0\0"s);
  std::string old_value = blank + "tail";
  normalize_versionstamp_param(MutationType::kSetVersionstampedValue, 510, old_value);
  CHECK_EQ(old_value, blank + "tail\0\0\0\0"s);
  normalize_versionstamp_param(MutationType::kSetVersionstampedValue, 520, old_value);
  CHECK_EQ(old_value, blank + "tail\0\0\0\0"s);

  KeyRange range = versionstamp_key_range("p" + blank + "s\1\0\0\0"s, 41, kUserKeysEnd);
  CHECK_EQ(range.begin, "p\0\0\0\0\0\0\0\x2a\0\0s"s);
  CHECK_EQ(range.end, "p" + std::string(10, '\xff') + "s\0"s);
  range = versionstamp_key_range(blank + "\0\0\0\0"s, std::nullopt, kUserKeysEnd);
  CHECK_EQ(range.begin, std::string(10, '\0'));
  CHECK_EQ(range.end, "\xff"s);
}

}  // namespace

int main(int argc, char** argv) {
  edges();
  codes();
  versionstamp_offsets();
  versionstamps();
  return run(argc, argv, 20, arithmetic);
}
