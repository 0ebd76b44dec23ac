// What fills a row of a mapped range read into the pattern of its second read.
//
// A mapper is a packed tuple. A string element "{K[n]}" or "{V[n]}" is replaced by element n of the
// row's key or value; "{...}" at the very end asks for all keys that start with the rest; "{{" and
// "}}" stand for single braces; everything else is taken as it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/data/values/bytes.h"

namespace fdbkit::data {

/// A mapper that was taken apart once, to be filled in for many rows.
class Mapper {
 public:
  /// kMapperNotTuple, kMapperBadRangeDescriptor.
  static Error parse(Bytes packed, Mapper& out);

  bool is_range() const { return range_; }

  /// The key (or, with is_range(), the prefix) that a row names. kKeyNotTuple, kValueNotTuple,
  /// kMapperBadIndex.
  Error fill(Bytes key, Bytes value, std::string& out) const;

 private:
  enum class Source { kLiteral, kKey, kValue };
  struct Element {
    Source source = Source::kLiteral;
    std::string literal;       // packed
    std::optional<int> index;  // nothing: not a number, an error only when a row is there
  };
  std::vector<Element> elements_;
  bool range_ = false;
};

}  // namespace fdbkit::data
