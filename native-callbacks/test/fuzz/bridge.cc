// The reader of what a Node process writes for the simulator: it reads nothing beyond the words
// that it was given, and from the first malformed operand on it reads nothing at all.

#include "plugin/command_reader.h"
#include "test/support/fuzz.h"

namespace fdbkit::test {

namespace {

using plugin::CommandReader;

// One operand, of a kind that the input draws.
void read_one(CommandReader& in, Input& input) {
  const uint32_t before = in.left();
  const bool was_good = in.good();
  switch (input.below(6)) {
    case 0:
      in.word();
      break;
    case 1:
      in.number();
      break;
    case 2:
      CHECK(in.text().size() <= 4ull * before);
      break;
    case 3: {
      const int32_t length = input.number<int32_t>();
      if (in.bytes(length) != nullptr) CHECK(static_cast<uint32_t>(length) <= 4ull * before);
      break;
    }
    case 4: {
      CommandReader part = in.part(input.number<uint32_t>());
      CHECK(part.left() <= before);
      while (!part.at_end()) part.text();
      break;
    }
    default:
      in.optional_bytes(input.number<int32_t>());
  }
  CHECK(in.left() <= before);
  if (!was_good) CHECK(!in.good());
  if (!in.good()) CHECK(in.at_end());
}

}  // namespace

void fuzz(const uint8_t* data, size_t size) {
  Input input(data, size);
  const std::string operations = input.text(input.byte());
  const std::string bytes = input.rest();
  // Of its own size, so that a sanitizer sees what is read beyond it.
  std::vector<int32_t> words(bytes.size() / 4);
  if (!words.empty()) memcpy(words.data(), bytes.data(), 4 * words.size());
  CommandReader in(words.data(), static_cast<uint32_t>(words.size()));
  Input steps(reinterpret_cast<const uint8_t*>(operations.data()), operations.size());
  while (!steps.empty()) read_one(in, steps);
}

}  // namespace fdbkit::test

FUZZ_TARGET("bridge", 20000)
