#include "engine/data/mapped/mapper.h"

#include <stdexcept>

#include "engine/data/values/tuple.h"

namespace fdbkit::data {

namespace {

/// Replaces every `pair` by its first character; true when there was one.
bool unescape(std::string& text, const char* pair) {
  bool found = false;
  for (std::size_t at = 0; (at = text.find(pair, at)) != std::string::npos; at++) {
    text.erase(at, 1);
    found = true;
  }
  return found;
}

bool is_reference(const std::string& text) {
  std::size_t size = text.size();
  return size > 5 && text[0] == '{' && (text[1] == 'K' || text[1] == 'V') && text[2] == '[' &&
         text[size - 2] == ']' && text[size - 1] == '}';
}

/// As lenient as the server: leading blanks, a sign, and anything after the digits are accepted.
std::optional<int> index_of(const std::string& text) {
  try {
    return std::stoi(text.substr(3, text.size() - 5));
  } catch (const std::logic_error&) {
    return std::nullopt;
  }
}

}  // namespace

Error Mapper::parse(Bytes packed, Mapper& out) {
  out = Mapper();
  std::vector<Bytes> elements;
  if (!split_tuple(packed, elements)) return kMapperNotTuple;
  for (std::size_t i = 0; i < elements.size(); i++) {
    Element element;
    element.literal = elements[i];
    if (is_tuple_string(elements[i])) {
      std::string text = tuple_string(elements[i]);
      bool escaped = unescape(text, "{{");
      escaped = unescape(text, "}}") || escaped;
      if (escaped) {
        // The server packs what it unescaped as bytes, whatever it was.
        element.literal.clear();
        append_tuple_bytes(element.literal, text);
      } else if (is_reference(text)) {
        element.source = text[1] == 'K' ? Source::kKey : Source::kValue;
        element.index = index_of(text);
      } else if (text == "{...}") {
        if (i + 1 != elements.size()) return kMapperBadRangeDescriptor;
        out.range_ = true;
        continue;
      }
    }
    out.elements_.push_back(std::move(element));
  }
  return kOk;
}

Error Mapper::fill(Bytes key, Bytes value, std::string& out) const {
  out.clear();
  std::optional<std::vector<Bytes>> key_elements, value_elements;
  for (const Element& element : elements_) {
    if (element.source == Source::kLiteral) {
      out += element.literal;
      continue;
    }
    if (!element.index) return kMapperBadIndex;
    bool from_key = element.source == Source::kKey;
    std::optional<std::vector<Bytes>>& from = from_key ? key_elements : value_elements;
    if (!from && !split_tuple(from_key ? key : value, from.emplace())) {
      return from_key ? kKeyNotTuple : kValueNotTuple;
    }
    if (*element.index < 0 || static_cast<std::size_t>(*element.index) >= from->size())
      return kMapperBadIndex;
    out += (*from)[static_cast<std::size_t>(*element.index)];
  }
  return kOk;
}

}  // namespace fdbkit::data
