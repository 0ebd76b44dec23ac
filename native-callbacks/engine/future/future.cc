#include "engine/future/future.h"

#include <cassert>
#include <condition_variable>
#include <mutex>

#include "engine/ground/process_loop.h"

namespace fdbkit::engine {

Future* Future::failed(ErrorCode code) {
  auto* future = new Future(1);
  future->state_ = State::kError;
  future->error_ = code;
  return future;
}

Future* Future::ready(FutureValue value) {
  auto* future = new Future(1);
  future->state_ = State::kValue;
  future->value_ = std::move(value);
  return future;
}

template <class Fill>
bool Future::settle(State state, Fill fill) {
  Registered first;
  std::unique_ptr<std::vector<Registered>> others;
  {
    std::lock_guard guard(lock_);
    if (state_ != State::kPending) return false;
    fill();
    state_ = state;
    first = first_;
    others = std::move(others_);
    seen_ = first.callback != nullptr;
  }
  cancel_hook_.reset();
  // The newest callback first, as the real client does. A callback may destroy the client's
  // reference.
  if (others != nullptr) {
    for (auto each = others->rbegin(); each != others->rend(); ++each) {
      each->callback(handle(), each->parameter);
    }
  }
  if (first.callback != nullptr) first.callback(handle(), first.parameter);
  return true;
}

bool Future::send(FutureValue value) {
  return settle(State::kValue, [&] { value_ = std::move(value); });
}

bool Future::send_error(ErrorCode code) {
  assert(code != Error::kSuccess);
  return settle(State::kError, [&] { error_ = code; });
}

bool Future::send_result_of(Future& other) {
  assert(other.state_ != State::kPending);
  return other.state_ == State::kError ? send_error(other.error_) : send(std::move(other.value_));
}

bool Future::retract(ErrorCode code) {
  std::lock_guard guard(lock_);
  if (state_ == State::kPending || seen_) return false;
  state_ = State::kError;
  error_ = code;
  value_ = Nothing{};
  return true;
}

bool Future::seen() {
  std::lock_guard guard(lock_);
  return seen_;
}

bool Future::is_ready() {
  std::lock_guard guard(lock_);
  seen_ = state_ != State::kPending;
  return seen_;
}

ErrorCode Future::error() {
  std::lock_guard guard(lock_);
  if (state_ == State::kPending) return Error::kFutureNotSet;
  seen_ = true;
  return state_ == State::kError ? error_ : static_cast<ErrorCode>(Error::kSuccess);
}

void Future::set_callback(Callback callback, void* parameter) {
  if (!in_turn_ || ProcessLoop::get().on_loop_thread()) return add_callback(callback, parameter);
  ProcessLoop::get().post(
      [self = FutureRef(*this), callback, parameter] { self->add_callback(callback, parameter); });
}

void Future::add_callback(Callback callback, void* parameter) {
  {
    std::lock_guard guard(lock_);
    if (state_ == State::kPending) {
      if (first_.callback == nullptr) {
        first_ = {callback, parameter};
      } else {
        if (others_ == nullptr) others_ = std::make_unique<std::vector<Registered>>();
        others_->push_back({callback, parameter});
      }
      return;
    }
    seen_ = true;
  }
  callback(handle(), parameter);
}

ErrorCode Future::block_until_ready() {
  if (is_ready()) return Error::kSuccess;
  if (ProcessLoop::get().on_loop_thread()) return Error::kBlockedFromNetworkThread;
  struct Waiter {
    std::mutex mutex;
    std::condition_variable ready;
    bool done = false;
  } waiter;
  set_callback(
      [](FDBFuture*, void* parameter) {
        auto* self = static_cast<Waiter*>(parameter);
        // Notified under the lock: the waiter lives on the stack of the thread that is about to
        // leave.
        std::lock_guard guard(self->mutex);
        self->done = true;
        self->ready.notify_one();
      },
      &waiter);
  std::unique_lock guard(waiter.mutex);
  waiter.ready.wait(guard, [&] { return waiter.done; });
  return Error::kSuccess;
}

void Future::cancel_on_network_thread() {
  if (cancel_hook_ != nullptr) {
    std::unique_ptr<CancelHook> hook = std::move(cancel_hook_);
    (*hook)();
  }
  send_error(Error::kOperationCancelled);
}

void Future::cancel() {
  if (is_ready()) return;
  ProcessLoop::get().post([self = FutureRef(*this)] { self->cancel_on_network_thread(); });
}

void Future::destroy() {
  if (is_ready()) {
    drop_reference();
    return;
  }
  // The task takes over the client's reference.
  ProcessLoop::get().post([self = FutureRef::adopt(this)] { self->cancel_on_network_thread(); });
}

void Future::release_memory() {
  FutureValue released;
  bool pending = false;
  {
    std::lock_guard guard(lock_);
    if (--value_references_ != 0) return;
    pending = state_ == State::kPending;
    if (!pending) {
      released = std::move(value_);
      value_ = Nothing{};
      if (state_ != State::kError) {
        state_ = State::kError;
        error_ = Error::kFutureReleased;
      }
    }
  }
  if (pending) cancel();
}

}  // namespace fdbkit::engine
