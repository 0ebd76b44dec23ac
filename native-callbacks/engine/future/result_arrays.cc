#include "engine/future/result_arrays.h"

#include <cstring>

#include "fdb_c.h"

namespace fdbkit::engine {

namespace {

// Fills one block: structs from the front, bytes behind them.
class BlockWriter {
 public:
  BlockWriter(std::size_t structs, std::size_t bytes)
      : block_(new uint8_t[structs + bytes]), bytes_(block_.get() + structs) {}

  template <class T>
  T* structs(std::size_t offset = 0) {
    return reinterpret_cast<T*>(block_.get() + offset);
  }
  const uint8_t* put(data::Bytes bytes) {
    uint8_t* at = bytes_;
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    bytes_ += bytes.size();
    return at;
  }
  FDBKey put_key(data::Bytes bytes) { return {put(bytes), static_cast<int>(bytes.size())}; }
  FDBKeyValue put_row(data::Bytes key, data::Bytes value) {
    const uint8_t* key_at = put(key);
    const uint8_t* value_at = put(value);
    return {key_at, static_cast<int>(key.size()), value_at, static_cast<int>(value.size())};
  }
  ArrayResult finish(ArrayResult::Element element, std::size_t count, bool more) {
    return {element, std::move(block_), static_cast<int>(count), more};
  }

 private:
  std::unique_ptr<uint8_t[]> block_;
  uint8_t* bytes_;
};

std::size_t bytes_of(const std::vector<data::Row>& rows) {
  std::size_t bytes = 0;
  for (const data::Row& row : rows) bytes += row.key.size() + row.value.size();
  return bytes;
}

// A mapper without a range gets one key a row. The C API has no place for the value: as with the
// real client, such a row has bounds and no entries.
std::string mapped_end(const data::MappedRow& row) {
  return row.range ? row.end : data::key_after(row.begin);
}

}  // namespace

ArrayResult key_value_array(const std::vector<data::Row>& rows, bool more) {
  BlockWriter block(rows.size() * sizeof(FDBKeyValue), bytes_of(rows));
  auto* out = block.structs<FDBKeyValue>();
  for (const data::Row& row : rows) *out++ = block.put_row(row.key, row.value);
  return block.finish(ArrayResult::Element::kKeyValue, rows.size(), more);
}

ArrayResult key_array(const std::vector<std::string>& keys) {
  std::size_t bytes = 0;
  for (const std::string& key : keys) bytes += key.size();
  BlockWriter block(keys.size() * sizeof(FDBKey), bytes);
  auto* out = block.structs<FDBKey>();
  for (const std::string& key : keys) *out++ = block.put_key(key);
  return block.finish(ArrayResult::Element::kKey, keys.size(), false);
}

ArrayResult key_range_array(const std::vector<data::KeyRange>& ranges) {
  std::size_t bytes = 0;
  for (const data::KeyRange& range : ranges) bytes += range.begin.size() + range.end.size();
  BlockWriter block(ranges.size() * sizeof(FDBKeyRange), bytes);
  auto* out = block.structs<FDBKeyRange>();
  for (const data::KeyRange& range : ranges) {
    const FDBKey begin = block.put_key(range.begin);
    const FDBKey end = block.put_key(range.end);
    *out++ = {begin.key, begin.key_length, end.key, end.key_length};
  }
  return block.finish(ArrayResult::Element::kKeyRange, ranges.size(), false);
}

ArrayResult string_array(const std::vector<std::string>& strings) {
  std::size_t bytes = 0;
  for (const std::string& each : strings) bytes += each.size() + 1;
  BlockWriter block(strings.size() * sizeof(const char*), bytes);
  auto** out = block.structs<const char*>();
  for (const std::string& each : strings) {
    *out++ = reinterpret_cast<const char*>(block.put(data::Bytes(each.c_str(), each.size() + 1)));
  }
  return block.finish(ArrayResult::Element::kString, strings.size(), false);
}

ArrayResult mapped_array(const data::MappedRangeResult& result) {
  std::size_t inner_rows = 0;
  std::size_t bytes = 0;
  for (const data::MappedRow& row : result.rows) {
    bytes += row.key.size() + row.value.size() + row.begin.size() + mapped_end(row).size();
    bytes += bytes_of(row.rows);
    inner_rows += row.rows.size();
  }
  std::size_t outer = result.rows.size() * sizeof(FDBMappedKeyValue);
  BlockWriter block(outer + inner_rows * sizeof(FDBKeyValue), bytes);
  auto* out = block.structs<FDBMappedKeyValue>();
  auto* inner = block.structs<FDBKeyValue>(outer);
  for (const data::MappedRow& row : result.rows) {
    FDBMappedKeyValue mapped{};
    mapped.key = block.put_key(row.key);
    mapped.value = block.put_key(row.value);
    mapped.getRange.begin = {block.put_key(row.begin), 0, 1};
    mapped.getRange.end = {block.put_key(mapped_end(row)), 0, 1};
    mapped.getRange.data = inner;
    for (const data::Row& each : row.rows) *inner++ = block.put_row(each.key, each.value);
    mapped.getRange.m_size = static_cast<int>(inner - mapped.getRange.data);
    mapped.getRange.m_capacity = mapped.getRange.m_size;
    *out++ = mapped;
  }
  return block.finish(ArrayResult::Element::kMappedKeyValue, result.rows.size(), result.more);
}

ArrayResult empty_array(ArrayResult::Element element) {
  return BlockWriter(0, 0).finish(element, 0, false);
}

}  // namespace fdbkit::engine
