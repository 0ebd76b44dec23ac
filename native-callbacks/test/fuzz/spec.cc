// The reader of what is to be simulated: any text is taken within the limits that it has, or
// refused with a line.

#include "host/spec/spec.h"
#include "test/support/fuzz.h"

namespace fdbkit::test {

void fuzz(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::vector<host::TestSpec> tests;
  std::string problem;
  if (!host::parse_spec(text, tests, problem)) {
    CHECK(!problem.empty());
    return;
  }
  CHECK(!tests.empty());
  for (const host::TestSpec& test : tests) {
    CHECK(test.timeout >= 1);
    CHECK(test.start_delay >= 0);
    CHECK(test.client_count >= 0);
    CHECK(test.client_count <= 100);
    CHECK(test.workloads.size() <= 100);
  }
}

}  // namespace fdbkit::test

FUZZ_TARGET("spec", 5000)
