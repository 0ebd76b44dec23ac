// The completion ring of one worker.
//
// Threads. The worker's thread calls everything but `complete`. `complete` runs inside callbacks,
// on whatever thread the client library fires them: its network thread, another client's network
// thread, or the worker's own when the future was ready already.
//
// Who writes what. One thread at a time is the producer, which alone writes entries, data and
// `tail`. A completion that finds another thread producing, or the ring full, or that fires on the
// worker's own thread, goes into the overflow list: a lock-free stack linked through the slots. So
// nobody waits, nothing is allocated and nothing is lost. JavaScript takes entries, then asks for
// the overflow.
//
// Life. The worker owns the ring, and every armed slot owns a share of it until its callback has
// fired. `refs_` counts callbacks down from zero; closing adds the number of callbacks ever armed,
// so it reaches zero exactly once: at the last callback, or at the close when none is left. Whoever
// reaches it frees the ring and, with it, every future that is left.
#pragma once

#include <atomic>
#include <cstdint>

#include "ring/client/client_api.h"
#include "ring/completions/layout.h"
#include "ring/completions/many_gets.h"
#include "ring/completions/slot.h"
#include "ring/completions/wake_bell.h"

namespace fdbkit::ring {

class Ring {
 public:
  // nullptr: no memory or no file descriptor.
  static Ring* open(const ClientApi& api, const Sizes& sizes, int id);

  // The worker is gone or done: cancels what is in flight and destroys what it owned.
  void close();

  const ClientApi& api() const { return api_; }
  const Sizes& sizes() const { return sizes_; }
  // Once: the descriptor in it is the caller's if it is a stream's.
  Places places();
  Control& control() { return *control_; }
  const int32_t* commands() const { return commands_; }
  const int32_t* releases() const { return releases_; }

  // --- Slots and objects. The numbers come from JavaScript: out of bounds is nullptr.
  Slot* slot(uint32_t index) { return index < sizes_.slots ? &slots_[index] : nullptr; }
  Object* object(uint32_t index) { return index < sizes_.objects ? &objects_[index] : nullptr; }

  bool is_free(uint32_t index) {
    return index < sizes_.objects && objects_[index].type == ObjectType::kFree;
  }

  // A free object takes a handle; or only an error, when `handle` is nullptr. False: it is not
  // free, or there is none, and the handle is destroyed.
  bool make(uint32_t index, ObjectType type, void* handle, int error);
  // A free slot takes a future of `object` (kNone: of none); or only an error, when `future` is
  // nullptr. False: it is not free, and the future is destroyed.
  bool take(Slot& slot, uint32_t object, Kind kind, Future* future, int error);
  // The same with several reads, whose share of the slot is given back when it is not free.
  bool take(Slot& slot, uint32_t object, ManyGets* gets);
  // Calls fdb_future_set_callback, once.
  void arm(Slot& slot);
  void cancel(Slot& slot);
  // What it holds, when it is ready.
  Payload payload(const Slot& slot) const;
  // Destroys the future. It must not be armed, or its completion must have been taken.
  void release(Slot& slot);
  // Destroys the handle; futures that nobody asked about are armed, so that they come back.
  void destroy(Object& object);

  // --- Completions.
  void complete(Slot& slot);
  // Moves completions from the overflow list into the window; how many.
  uint32_t take_overflow();
  // Puts the result of a ready future that is not armed into the window.
  bool collect(Slot& slot);
  // The worker goes to sleep: from now on a completion rings.
  void sleep();

  // Looks for completions for some microseconds. True: there are some, and the worker must not
  // sleep. For traffic that is steady: to wake a thread costs more than that.
  bool look() const;

 private:
  Ring(const ClientApi& api, const Sizes& sizes, int id);
  ~Ring();
  bool map_memory();
  void give_back(int64_t shares);
  void unlink(Slot& slot);

  bool put(Slot& slot);
  bool reserve(uint32_t bytes, uint32_t& at);
  void push_overflow(Slot& slot);
  void wake();

  const ClientApi& api_;
  const Sizes sizes_;
  const int id_;
  const void* const worker_;
  WakeBell bell_;

  uint8_t* base_ = nullptr;
  size_t total_ = 0;
  Control* control_ = nullptr;
  Entry* entries_ = nullptr;
  uint8_t* data_ = nullptr;
  Entry* window_ = nullptr;
  uint8_t* window_data_ = nullptr;
  int32_t* commands_ = nullptr;
  int32_t* releases_ = nullptr;
  Slot* slots_ = nullptr;
  Object* objects_ = nullptr;

  // Worker's thread.
  uint32_t slots_used_ = 0;  // high-water mark
  uint32_t objects_used_ = 0;
  int64_t armed_ = 0;
  uint32_t overflow_left_ = kNone;  // taken off the stack, not yet handed over

  // Any thread.
  alignas(kCacheLine) std::atomic<uint32_t> overflow_{kNone};
  alignas(kCacheLine) std::atomic<int64_t> refs_{0};

  // The producer.
  alignas(kCacheLine) std::atomic<bool> producing_{false};
  uint32_t data_tail_ = 0;
};

}  // namespace fdbkit::ring
