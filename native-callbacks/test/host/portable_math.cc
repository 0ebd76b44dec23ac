// Logarithm, exponential and power of simulations: near those of the C library, and the same to the
// bit on every machine, which is held by a digest that was made on another one.

#include "host/world/portable_math.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "host/world/generator.h"
#include "test/support/check.h"

using namespace fdbkit;
using namespace fdbkit::test;

namespace {

// Of x86-64 and of aarch64, by gcc and by clang.
constexpr uint64_t kDigest = 7328195780347582402ULL;
constexpr int kDraws = 200000;

bool are_near(double ours, double theirs) {
  const double place = std::abs(std::nextafter(theirs, INFINITY) - theirs);
  return std::abs(ours - theirs) <= 4 * place;
}

class Digest {
 public:
  void add(double value) {
    value_ = (value_ ^ std::bit_cast<uint64_t>(value)) * 0x100000001b3ULL;
    value_ ^= value_ >> 29;
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325ULL;
};

uint64_t check_draws(uint64_t from, int draws) {
  host::Generator generator(from);
  Digest digest;
  for (int i = 0; i < draws; i++) {
    const double unit = 1 - generator.unit();  // above 0, at most 1
    const double scaled = std::ldexp(unit, static_cast<int>(generator.below(60)) - 30);
    const double small = generator.between(-20, 20);
    const double base = generator.between(1e-6, 1000);
    const double log = host::natural_log(scaled);
    const double exp = host::exponential(small);
    const double pow = host::power(base, unit);
    CHECK(are_near(log, std::log(scaled)));
    CHECK(are_near(exp, std::exp(small)));
    // A logarithm is up to 14 here, and each place of it one of the power.
    CHECK(std::abs(pow / std::pow(base, unit) - 1) < 1e-14);
    digest.add(log);
    digest.add(exp);
    digest.add(pow);
  }
  return digest.value();
}

}  // namespace

int main(int argc, char** argv) {
  seed() = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  CHECK(host::natural_log(1) == 0);
  CHECK(host::exponential(0) == 1);
  CHECK(host::power(30, 0) == 1);
  check_draws(seed(), kDraws);
  const uint64_t digest = check_draws(20261130, kDraws);
  if (digest != kDigest) fail(__FILE__, __LINE__, "the digest is " + std::to_string(digest));
  return 0;
}
