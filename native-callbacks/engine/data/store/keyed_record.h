// A record whose key bytes lie behind it in the same allocation, so that reaching one reaches the
// other.
#pragma once

#include <cstring>
#include <new>

#include "engine/data/values/bytes.h"

namespace fdbkit::data {

/// Base of BlockTree records: `class Entry : public KeyedRecord<Entry>`. Made with make(),
/// destroyed with delete.
template <class Self>
struct KeyedRecord {
  Bytes key;

  static Self* make(Bytes key) {
    auto* self = new (key.size()) Self;
    char* place = reinterpret_cast<char*>(self) + sizeof(Self);
    if (!key.empty()) std::memcpy(place, key.data(), key.size());
    self->key = Bytes(place, key.size());
    return self;
  }
  KeyedRecord() = default;
  KeyedRecord(const KeyedRecord&) = delete;
  KeyedRecord& operator=(const KeyedRecord&) = delete;

  static void operator delete(void* place) { ::operator delete(place); }

 private:
  static void* operator new(std::size_t size, std::size_t key_size) {
    return ::operator new(size + key_size);
  }
  static void operator delete(void* place, std::size_t) { ::operator delete(place); }
};

}  // namespace fdbkit::data
