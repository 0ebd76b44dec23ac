// The tuple reader: whatever the bytes are, the elements that it finds are all of them, in order.

#include "engine/data/values/tuple.h"
#include "test/support/fuzz.h"

namespace fdbkit::test {

void fuzz(const uint8_t* data, size_t size) {
  const std::string packed(reinterpret_cast<const char*>(data), size);
  std::vector<data::Bytes> elements;
  const bool is_tuple = data::split_tuple(packed, elements);
  std::string joined;
  for (const data::Bytes element : elements) {
    CHECK(!element.empty());
    joined += element;
    if (!data::is_tuple_string(element)) continue;
    // A string that is written again reads as the same.
    const std::string text = data::tuple_string(element);
    std::string written;
    data::append_tuple_bytes(written, text);
    std::vector<data::Bytes> again;
    CHECK(data::split_tuple(written, again));
    CHECK_EQ(again.size(), 1u);
    CHECK_EQ(data::tuple_string(again[0]), text);
  }
  CHECK_EQ(joined, packed.substr(0, joined.size()));
  if (is_tuple) CHECK_EQ(joined.size(), packed.size());
}

}  // namespace fdbkit::test

FUZZ_TARGET("tuple", 20000)
