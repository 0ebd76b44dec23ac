// What a fuzz target is: fuzz() over bytes, of whatever kind, which ends the process when it finds
// something.
//
// `npm run fuzz -- TARGET` compiles it with libFuzzer, which then drives it. Compiled without, as
// for `npm test`, a plain driver replays the corpus and some thousand inputs that are drawn near
// it.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <type_traits>
#include <vector>

#include "test/support/check.h"

namespace fdbkit::test {

/// Says what a target does with one input.
void fuzz(const uint8_t* data, size_t size);

/// Takes an input apart. Behind its end everything is zero or empty.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}

  bool empty() const { return at_ == end_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }
  uint8_t byte() { return empty() ? 0 : *at_++; }
  int below(int limit) { return byte() % limit; }
  bool flag() { return (byte() & 1) != 0; }
  template <class Number>
  Number number() {
    using Bits = std::make_unsigned_t<Number>;
    Bits bits = 0;
    for (size_t i = 0; i < sizeof bits; i++)
      bits = static_cast<Bits>(bits | uint64_t{byte()} << (8 * i));
    return static_cast<Number>(bits);
  }
  /// So many bytes, or as many as there are.
  std::string text(size_t length) {
    length = std::min(length, left());
    std::string out(reinterpret_cast<const char*>(at_), length);
    at_ += length;
    return out;
  }
  std::string rest() { return text(left()); }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

#ifndef FDBKIT_LIBFUZZER

inline std::vector<std::string> read_corpus(const std::string& target) {
  std::vector<std::string> inputs;
  const std::string folder = "native-callbacks/test/fuzz/corpus/" + target;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  CHECK(!inputs.empty());
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

/// An input near one of the corpus.
inline std::string draw_near(const std::vector<std::string>& corpus, Random& random) {
  std::string input = corpus[static_cast<size_t>(random.below(static_cast<int>(corpus.size())))];
  const auto place = [&] { return static_cast<size_t>(random.below(int(input.size()) + 1)); };
  for (int changes = random.between(1, 8); changes > 0; changes--) {
    const size_t at = place();
    switch (random.below(5)) {
      case 0:
        input.insert(at, 1, static_cast<char>(random.next()));
        break;
      case 1:
        input.erase(at, static_cast<size_t>(random.between(1, 4)));
        break;
      case 2:
        input.insert(at, input.substr(place(), static_cast<size_t>(random.between(1, 16))));
        break;
      default:
        if (at < input.size()) input[at] = static_cast<char>(random.next());
    }
  }
  return input;
}

inline void say_seed(int signal) {
  char line[64];
  const int length = std::snprintf(line, sizeof line, "signal %d (seed %llu)\n", signal,
                                   static_cast<unsigned long long>(seed()));
  if (write(2, line, static_cast<size_t>(length)) < 0) _exit(2);
  _exit(1);
}

/// `PROGRAM SEED` tries the input of that seed only.
inline int replay(int argc, char** argv, const std::string& target, int rounds) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT}) std::signal(signal, say_seed);
  const std::vector<std::string> corpus = read_corpus(target);
  const auto run_one = [](const std::string& input) {
    // Of its own size, so that a sanitizer sees what is read beyond it.
    const std::vector<uint8_t> bytes(input.begin(), input.end());
    fuzz(bytes.data(), bytes.size());
  };
  if (argc == 1) {
    for (const std::string& input : corpus) run_one(input);
  }
  return run(argc, argv, rounds, [&](uint64_t seed) {
    Random random(seed);
    run_one(draw_near(corpus, random));
  });
}

#define FUZZ_TARGET(target, rounds) \
  int main(int argc, char** argv) { return ::fdbkit::test::replay(argc, argv, target, rounds); }

#else

#define FUZZ_TARGET(target, rounds)                                         \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { \
    ::fdbkit::test::fuzz(data, size);                                       \
    return 0;                                                               \
  }

#endif

}  // namespace fdbkit::test
