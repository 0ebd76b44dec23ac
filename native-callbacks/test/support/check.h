// What the C++ tests share: a check that stops with a message, and a seeded source of random
// numbers.
//
// A test takes its seed from the first argument, else from a fixed number, and prints it when a
// check fails; `PROGRAM SEED` runs the same again.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace fdbkit::test {

inline std::uint64_t& seed() {
  static std::uint64_t value = 1;
  return value;
}

[[noreturn]] inline void fail(const char* file, int line, const std::string& what) {
  std::fprintf(stderr, "%s:%d: %s (seed %llu)\n", file, line, what.c_str(),
               static_cast<unsigned long long>(seed()));
  std::exit(1);
}

/// Bytes as text, for messages.
inline std::string show(std::string_view bytes) {
  std::string out = "'";
  for (unsigned char c : bytes) {
    if (c >= 0x20 && c < 0x7f && c != '\\') {
      out.push_back(static_cast<char>(c));
    } else {
      char hex[5];
      std::snprintf(hex, sizeof hex, "\\x%02x", c);
      out += hex;
    }
  }
  return out + "'";
}
inline std::string show(long long number) { return std::to_string(number); }
inline std::string show(unsigned long long number) { return std::to_string(number); }
inline std::string show(long number) { return std::to_string(number); }
inline std::string show(unsigned long number) { return std::to_string(number); }
inline std::string show(int number) { return std::to_string(number); }
inline std::string show(unsigned number) { return std::to_string(number); }
inline std::string show(bool flag) { return flag ? "true" : "false"; }

#define CHECK(condition)                                                                 \
  do {                                                                                   \
    if (!(condition)) ::fdbkit::test::fail(__FILE__, __LINE__, "not true: " #condition); \
  } while (0)

/// Both are copied: what they name may be a part of a temporary, which ends with its line.
#define CHECK_EQ(actual, expected)                                                            \
  do {                                                                                        \
    const auto check_actual = (actual);                                                       \
    const auto check_expected = (expected);                                                   \
    if (!(check_actual == check_expected)) {                                                  \
      ::fdbkit::test::fail(__FILE__, __LINE__,                                                \
                           std::string(#actual " is ") + ::fdbkit::test::show(check_actual) + \
                               ", expected " + ::fdbkit::test::show(check_expected));         \
    }                                                                                         \
  } while (0)

/// A small, fast generator (splitmix64); the same seed gives the same numbers everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  /// A number in [0, bound).
  int below(int bound) { return static_cast<int>(next() % static_cast<std::uint64_t>(bound)); }
  /// A number in [low, high].
  int between(int low, int high) { return low + below(high - low + 1); }
  bool one_in(int n) { return below(n) == 0; }
  /// Up to `max_length` bytes drawn from `alphabet`.
  std::string bytes(int max_length, std::string_view alphabet) {
    std::string out(static_cast<std::size_t>(between(0, max_length)), '\0');
    for (char& c : out)
      c = alphabet[static_cast<std::size_t>(below(static_cast<int>(alphabet.size())))];
    return out;
  }

 private:
  std::uint64_t state_;
};

/// Runs `body(seed)` for `rounds` seeds from the one given on the command line; with a seed given,
/// once.
template <class Body>
int run(int argc, char** argv, int rounds, Body body) {
  std::uint64_t first = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  if (argc > 1) rounds = 1;
  for (int round = 0; round < rounds; round++) {
    seed() = first + static_cast<std::uint64_t>(round);
    body(seed());
  }
  return 0;
}

}  // namespace fdbkit::test
