// A slot names one FDBFuture by a small number that JavaScript chose.
#pragma once

#include <atomic>
#include <cstdint>

#include "ring/client/client_api.h"
#include "ring/completions/payload.h"

namespace fdbkit::ring {

class ManyGets;
class Ring;

constexpr uint32_t kNone = UINT32_MAX;

struct alignas(64) Slot {
  // Owned, one of them. None: free, or there is only an error.
  Future* future;
  ManyGets* gets;
  Ring* ring;
  uint32_t index;
  // In the overflow list: the slot behind this one.
  uint32_t overflow_next;
  // In its object's list of futures that nobody has asked about yet.
  uint32_t object;
  uint32_t before;
  uint32_t behind;
  // The error when there is no future to ask.
  int32_t error;
  Kind kind;
  bool taken;
  // fdb_future_set_callback was called.
  bool armed;
  // Its completion was handed over: nobody but the worker has the slot any more.
  std::atomic<bool> delivered;

  // Until its completion was handed over, an armed slot is its callback's, whatever the worker
  // says.
  bool may_be_released() const { return !armed || delivered.load(std::memory_order_acquire); }

  bool holds() const { return future != nullptr || gets != nullptr; }
};

// A database, tenant or transaction, named by a small number that JavaScript chose.
enum class ObjectType : uint8_t { kFree = 0, kDatabase = 1, kTenant = 2, kTransaction = 3 };

struct Object {
  void* handle;  // owned; nullptr when it could not be made: then `error` says why
  int32_t error;
  uint32_t first_unarmed;
  ObjectType type;
};

}  // namespace fdbkit::ring
