#pragma once

// The FDBFuture of the C API: one result, set once, read from any thread.
//
// References: the client owns one until fdb_future_destroy, the engine owns one while the operation
// is pending. A future is settled on the network thread, or at birth by the calling thread.
// Callbacks run where it is settled, or inside fdb_future_set_callback when it was settled before.
// Destroying a pending future cancels it on the network thread, so a callback that was set always
// fires once.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/ground/errors.h"
#include "engine/ground/ref.h"
#include "engine/ground/spin_lock.h"
#include "fdb_c_types.h"

namespace fdbkit::engine {

class Loop;

struct OptionalValue {
  bool present = false;
  std::string bytes;
};

// An array result in one block: the C structs first, the bytes they point to behind them.
struct ArrayResult {
  enum class Element { kKeyValue, kMappedKeyValue, kKey, kString, kKeyRange };
  Element element;
  std::unique_ptr<uint8_t[]> block;
  int count = 0;
  bool more = false;
};

struct Nothing {};

using FutureValue = std::variant<Nothing, bool, int64_t, uint64_t, double, std::string,
                                 OptionalValue, ArrayResult, void*>;

class Future {
 public:
  using Callback = void (*)(FDBFuture*, void*);
  using CancelHook = std::function<void()>;

  // One reference for the client, one for the engine's FutureRef.
  static Future* create() { return new Future(2); }
  // No client has it: only the engine's.
  static Future* create_inner() { return new Future(1); }
  // Settled at birth; only the client's reference.
  static Future* failed(ErrorCode code);
  static Future* ready(FutureValue value);

  static Future* of(FDBFuture* handle) { return reinterpret_cast<Future*>(handle); }
  FDBFuture* handle() { return reinterpret_cast<FDBFuture*>(this); }

  Future(const Future&) = delete;
  Future& operator=(const Future&) = delete;

  // Network thread. The first of these settles the future; later ones are ignored and return false.
  bool send(FutureValue value);
  bool send_error(ErrorCode code);
  // The result of another one, which is settled and has no client: it is taken out of it.
  bool send_result_of(Future& other);
  // Takes a result back that nobody has seen yet, for an error. False: it was seen.
  bool retract(ErrorCode code);
  // Whether the client knows that it is settled.
  bool seen();
  // Before the operation is posted: whoever sets a callback hears of the result in its turn, after
  // the tasks that were posted before.
  void tell_in_turn() { in_turn_ = true; }
  // Run on the network thread if the future is cancelled while pending, before it settles with
  // 1101.
  void on_cancel(CancelHook hook) { cancel_hook_ = std::make_unique<CancelHook>(std::move(hook)); }

  // Any thread.
  bool is_ready();
  ErrorCode error();
  void set_callback(Callback callback, void* parameter);
  ErrorCode block_until_ready();
  void cancel();
  void destroy();
  void release_memory();

  // Copies out what `read` takes from a value of type T; the pointers it hands out live until
  // release or destroy.
  template <class T, class Read>
  ErrorCode get(Read read) {
    std::lock_guard guard(lock_);
    if (state_ == State::kPending) return Error::kFutureNotSet;
    seen_ = true;
    if (state_ == State::kError) return error_;
    T* value = std::get_if<T>(&value_);
    if (value == nullptr) return Error::kClientInvalidOperation;
    ErrorCode code = read(*value);
    if (code == Error::kSuccess) ++value_references_;
    return code;
  }

  void add_reference() { references_.fetch_add(1, std::memory_order_relaxed); }
  void drop_reference() {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  enum class State : uint8_t { kPending, kValue, kError };
  struct Registered {
    Callback callback;
    void* parameter;
  };

  explicit Future(int references) : references_(references) {}
  ~Future() = default;

  template <class Fill>
  bool settle(State state, Fill fill);
  void add_callback(Callback callback, void* parameter);
  void cancel_on_network_thread();

  std::atomic<int> references_;
  SpinLock lock_;
  State state_ = State::kPending;
  bool seen_ = false;  // the client knows that it is settled
  bool in_turn_ = false;
  ErrorCode error_ = Error::kSuccess;
  int value_references_ = 0;
  Registered first_{nullptr, nullptr};
  std::unique_ptr<std::vector<Registered>> others_;
  std::unique_ptr<CancelHook> cancel_hook_;  // network thread only
  FutureValue value_;
};

// The engine's reference to a pending future.
using FutureRef = Ref<Future>;

}  // namespace fdbkit::engine
