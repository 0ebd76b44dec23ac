// What a future holds, as bytes that JavaScript reads: how many there are, and where they go.
//
// A number is 8 bytes. A key or value is its bytes. A row is {int count, int more}, then the
// lengths of all its parts, then the bytes of all its parts. A value that is not there has the
// length -1.
#pragma once

#include <cstdint>

#include "ring/client/client_api.h"
#include "ring/completions/many_gets.h"

namespace fdbkit::ring {

// The numbers are known to src/future/port/payload.ts.
enum class Kind : uint8_t {
  kNothing = 0,
  kInt64 = 1,
  kUint64 = 2,
  kDouble = 3,
  kBool = 4,
  kKey = 5,
  kValue = 6,
  kKeyValues = 7,
  kKeys = 8,
  kStrings = 9,
  kMappedKeyValues = 10,
  kKeyRanges = 11,
  kGranuleSummaries = 12,
  kGranuleDescriptions = 13,
  kValues = 14,
};

class Payload {
 public:
  // Reads a ready future. It points into the future's memory: use it before the future is
  // destroyed.
  Payload(const ClientApi& api, Kind kind, Future* future);
  // The same of reads that have completed.
  explicit Payload(const ManyGets& gets);

  int error() const { return error_; }
  bool absent() const { return absent_; }
  // Parts of a row: what measuring it costs. 1 for anything else.
  int parts() const { return count_ > 1 ? count_ : 1; }
  int64_t size() const;
  // `out` has room for size() bytes.
  void write(uint8_t* out) const;

 private:
  Kind kind_;
  int error_ = 0;
  bool absent_ = false;
  uint64_t number_ = 0;
  Bytes bytes_ = nullptr;
  int length_ = 0;
  const void* row_ = nullptr;
  int count_ = 0;
  int more_ = 0;
};

}  // namespace fdbkit::ring
