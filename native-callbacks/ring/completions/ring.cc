#include "ring/completions/ring.h"

#include <sys/mman.h>

#include <cassert>
#include <chrono>
#include <new>

#include "relax.h"

namespace fdbkit::ring {
namespace {

// What the callback copies into the data area. More stays in the future, and JavaScript fetches it:
// the network thread has other things to do than copying.
constexpr int64_t kInlineBytes = 1024;
constexpr int kInlineParts = 16;

// Its address is the thread's identity, and costs no system call.
thread_local const char thread_mark = 0;
const void* this_thread() { return &thread_mark; }

size_t aligned(size_t bytes) { return (bytes + 4095) & ~static_cast<size_t>(4095); }

void on_ready(Future*, void* parameter) {
  Slot* slot = static_cast<Slot*>(parameter);
  slot->ring->complete(*slot);
}

}  // namespace

Ring* Ring::open(const ClientApi& api, const Sizes& sizes, int id) {
  Ring* ring = new (std::nothrow) Ring(api, sizes, id);
  if (ring == nullptr) return nullptr;
  if (ring->bell_.good() && ring->map_memory()) return ring;
  delete ring;
  return nullptr;
}

Ring::Ring(const ClientApi& api, const Sizes& sizes, int id)
    : api_(api),
      sizes_(sizes),
      id_(id),
      worker_(this_thread()),
      bell_(static_cast<BellKind>(sizes.bell)) {}

bool Ring::map_memory() {
  // Untouched pages cost nothing, so a generous number of slots is free until it is used.
  const size_t parts[] = {sizeof(Control),
                          sizes_.entries * sizeof(Entry),
                          sizes_.data_bytes,
                          kWindowEntries * sizeof(Entry),
                          kWindowBytes,
                          sizes_.command_bytes,
                          sizes_.release_count * sizeof(int32_t),
                          sizes_.slots * sizeof(Slot),
                          sizes_.objects * sizeof(Object)};
  for (size_t part : parts) total_ += aligned(part);
  void* memory = mmap(nullptr, total_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  base_ = static_cast<uint8_t*>(memory);
  uint8_t* at = base_;
  const size_t* part = parts;
  const auto next = [&] {
    uint8_t* begin = at;
    at += aligned(*part++);
    return begin;
  };
  control_ = new (next()) Control();
  entries_ = reinterpret_cast<Entry*>(next());
  data_ = next();
  window_ = reinterpret_cast<Entry*>(next());
  window_data_ = next();
  commands_ = reinterpret_cast<int32_t*>(next());
  releases_ = reinterpret_cast<int32_t*>(next());
  slots_ = reinterpret_cast<Slot*>(next());
  objects_ = reinterpret_cast<Object*>(next());
  return true;
}

Ring::~Ring() {
  if (base_ != nullptr) munmap(base_, total_);
}

Places Ring::places() {
  const auto offset = [&](const void* area) {
    return static_cast<int64_t>(static_cast<const uint8_t*>(area) - base_);
  };
  Places places;
  places.base = reinterpret_cast<int64_t>(base_);
  // JavaScript has no business in the slots and objects.
  places.total = offset(slots_);
  places.control = offset(control_);
  places.entries = offset(entries_);
  places.data = offset(data_);
  places.window = offset(window_);
  places.window_data = offset(window_data_);
  places.commands = offset(commands_);
  places.releases = offset(releases_);
  places.wake_fd = bell_.listener();
  places.id = id_;
  return places;
}

void Ring::close() {
  assert(worker_ == this_thread());
  for (uint32_t i = 0; i < objects_used_; i++) destroy(objects_[i]);
  // An armed future keeps its slot until its callback: a watch could wait for ever, so all are told
  // to stop. Their callbacks may run now, here or on another thread.
  for (uint32_t i = 0; i < slots_used_; i++) {
    if (slots_[i].armed) cancel(slots_[i]);
  }
  give_back(-armed_);
}

// The last one frees. Before the close `refs_` only falls below zero, so zero is reached once.
void Ring::give_back(int64_t shares) {
  if (refs_.fetch_sub(shares, std::memory_order_acq_rel) != shares) return;
  for (uint32_t i = 0; i < slots_used_; i++) {
    if (slots_[i].future != nullptr) api_.future_destroy(slots_[i].future);
    if (slots_[i].gets != nullptr) slots_[i].gets->give_back();
  }
  delete this;
}

bool Ring::take(Slot& slot, uint32_t object, Kind kind, Future* future, int error) {
  if (slot.taken) {
    if (future != nullptr) api_.future_destroy(future);
    return false;
  }
  slot.taken = true;
  slot.future = future;
  slot.gets = nullptr;
  slot.ring = this;
  slot.index = static_cast<uint32_t>(&slot - slots_);
  slot.kind = kind;
  slot.error = error;
  slot.armed = false;
  slot.delivered.store(false, std::memory_order_relaxed);
  slot.object = object;
  if (slot.index >= slots_used_) slots_used_ = slot.index + 1;
  if (object == kNone) return true;
  slot.before = kNone;
  slot.behind = objects_[object].first_unarmed;
  if (slot.behind != kNone) slots_[slot.behind].before = slot.index;
  objects_[object].first_unarmed = slot.index;
  return true;
}

bool Ring::take(Slot& slot, uint32_t object, ManyGets* gets) {
  if (!take(slot, object, Kind::kValues, nullptr, 0)) {
    gets->give_back();
    return false;
  }
  slot.gets = gets;
  return true;
}

bool Ring::make(uint32_t index, ObjectType type, void* handle, int error) {
  Object made{handle, error, kNone, type};
  if (!is_free(index)) {
    destroy(made);
    return false;
  }
  objects_[index] = made;
  if (index >= objects_used_) objects_used_ = index + 1;
  return true;
}

void Ring::unlink(Slot& slot) {
  if (slot.object == kNone) return;
  if (slot.before != kNone) {
    slots_[slot.before].behind = slot.behind;
  } else {
    objects_[slot.object].first_unarmed = slot.behind;
  }
  if (slot.behind != kNone) slots_[slot.behind].before = slot.before;
  slot.object = kNone;
}

void Ring::arm(Slot& slot) {
  if (!slot.taken || slot.armed) return;
  unlink(slot);
  slot.armed = true;
  armed_++;
  if (slot.gets != nullptr) return slot.gets->arm(on_ready, &slot);
  if (slot.future == nullptr) return complete(slot);
  const int error = api_.future_set_callback(slot.future, on_ready, &slot);
  if (error == 0) return;
  slot.error = error;
  complete(slot);
}

void Ring::cancel(Slot& slot) {
  if (slot.future != nullptr) api_.future_cancel(slot.future);
  if (slot.gets != nullptr) slot.gets->cancel();
}

Payload Ring::payload(const Slot& slot) const {
  return slot.gets != nullptr ? Payload(*slot.gets) : Payload(api_, slot.kind, slot.future);
}

void Ring::release(Slot& slot) {
  if (!slot.taken) return;
  unlink(slot);
  if (slot.future != nullptr) api_.future_destroy(slot.future);
  if (slot.gets != nullptr) slot.gets->leave();
  slot.future = nullptr;
  slot.gets = nullptr;
  slot.taken = false;
  slot.armed = false;
}

void Ring::destroy(Object& object) {
  if (object.type == ObjectType::kFree) return;
  if (object.handle != nullptr) {
    switch (object.type) {
      case ObjectType::kTransaction:
        api_.transaction_destroy(static_cast<Transaction*>(object.handle));
        break;
      case ObjectType::kTenant:
        api_.tenant_destroy(static_cast<Tenant*>(object.handle));
        break;
      default:
        api_.database_destroy(static_cast<Database*>(object.handle));
    }
  }
  // What the end of the handle has ended comes back as that.
  while (object.first_unarmed != kNone) arm(slots_[object.first_unarmed]);
  object = Object{};
}

void Ring::complete(Slot& slot) {
  const bool here = worker_ == this_thread();
  // Whoever finds somebody else producing goes another way instead of waiting.
  bool done = false;
  if (!here && !producing_.exchange(true, std::memory_order_acquire)) {
    done = put(slot);
    producing_.store(false, std::memory_order_release);
  }
  if (!done) push_overflow(slot);
  if (!here) wake();
  // From here on neither the slot nor, without a share, the ring is ours.
  give_back(1);
}

static int fill(Entry& entry, const Slot& slot, const Payload& payload) {
  entry.slot = slot.index;
  entry.error = payload.error();
  entry.length = payload.absent() ? kAbsent : kLarge;
  // Of several, which one failed.
  entry.data = slot.gets != nullptr ? slot.gets->failed() : 0;
  return entry.error;
}

bool Ring::put(Slot& slot) {
  const uint32_t tail = control_->tail.load(std::memory_order_relaxed);
  if (tail - control_->head.load(std::memory_order_acquire) >= sizes_.entries) return false;
  const Payload payload = this->payload(slot);
  Entry& entry = entries_[tail & (sizes_.entries - 1)];
  if (fill(entry, slot, payload) == 0 && !payload.absent() && payload.parts() <= kInlineParts) {
    const int64_t size = payload.size();
    if (size == 0) {
      entry.length = 0;
    } else if (size <= kInlineBytes && reserve(static_cast<uint32_t>(size), entry.data)) {
      payload.write(data_ + (entry.data & (sizes_.data_bytes - 1)));
      entry.length = static_cast<int32_t>(size);
    }
  }
  slot.delivered.store(true, std::memory_order_release);
  control_->tail.store(tail + 1, std::memory_order_seq_cst);
  return true;
}

// Data is taken in one piece and given back in order. A payload that does not fit is left in its
// future, so this never waits.
bool Ring::reserve(uint32_t bytes, uint32_t& at) {
  const uint32_t all = sizes_.data_bytes;
  const uint32_t head = control_->data_head.load(std::memory_order_acquire);
  uint32_t begin = data_tail_;
  const uint32_t place = begin & (all - 1);
  // Back to the start at the end of the area, and also when all is read: a small part of it stays
  // in the cache then.
  const bool early = head == begin && place > all / 2;
  if (early || place + bytes > all) begin += all - place;
  // Everything that lies between what JavaScript has read and the new end must fit.
  if (begin + bytes - head > all) return false;
  data_tail_ = (begin + bytes + 7) & ~7u;
  at = begin;
  return true;
}

void Ring::push_overflow(Slot& slot) {
  uint32_t first = overflow_.load(std::memory_order_relaxed);
  const uint32_t index = slot.index;
  control_->overflow.fetch_add(1, std::memory_order_relaxed);
  do {
    slot.overflow_next = first;
  } while (!overflow_.compare_exchange_weak(first, index, std::memory_order_seq_cst,
                                            std::memory_order_relaxed));
}

// Pairs with sleep(): the completion is stored before `sleeping` is read, there `sleeping` is
// stored before the completions are read, and all four are sequentially consistent. So either the
// producer sees that the worker sleeps, or the worker sees the completion.
void Ring::wake() {
  if (control_->sleeping.load(std::memory_order_seq_cst) == 0) return;
  if (control_->sleeping.exchange(0, std::memory_order_acq_rel) != 0) bell_.ring();
}

void Ring::sleep() {
  bell_.clear();
  control_->sleeping.store(1, std::memory_order_seq_cst);
  const bool idle = control_->tail.load(std::memory_order_seq_cst) ==
                        control_->head.load(std::memory_order_relaxed) &&
                    overflow_left_ == kNone && overflow_.load(std::memory_order_seq_cst) == kNone;
  if (!idle && control_->sleeping.exchange(0, std::memory_order_acq_rel) != 0) bell_.ring();
}

bool Ring::look() const {
  constexpr auto kLookFor = std::chrono::microseconds(15);
  constexpr int kLooksBetweenClocks = 16;
  const auto end = std::chrono::steady_clock::now() + kLookFor;
  do {
    for (int i = 0; i < kLooksBetweenClocks; i++) {
      if (control_->tail.load(std::memory_order_acquire) !=
              control_->head.load(std::memory_order_relaxed) ||
          control_->overflow.load(std::memory_order_relaxed) != 0) {
        return true;
      }
      relax();
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

uint32_t Ring::take_overflow() {
  uint32_t count = 0;
  uint32_t data = 0;
  while (count < kWindowEntries) {
    if (overflow_left_ == kNone) {
      // The stack has the latest on top: turned over, it is in the order of arrival.
      uint32_t top = overflow_.exchange(kNone, std::memory_order_acquire);
      while (top != kNone) {
        const uint32_t below = slots_[top].overflow_next;
        slots_[top].overflow_next = overflow_left_;
        overflow_left_ = top;
        top = below;
      }
      if (overflow_left_ == kNone) break;
    }
    Slot& slot = slots_[overflow_left_];
    overflow_left_ = slot.overflow_next;
    slot.delivered.store(true, std::memory_order_relaxed);
    Entry& entry = window_[count++];
    if (slot.error != 0 || !slot.holds()) {
      entry = Entry{slot.index, slot.error, 0, 0};
      continue;
    }
    const Payload payload = this->payload(slot);
    if (fill(entry, slot, payload) != 0 || payload.absent()) continue;
    const int64_t size = payload.size();
    if (size > kInlineBytes || data + size > kWindowBytes) continue;
    payload.write(window_data_ + data);
    entry.length = static_cast<int32_t>(size);
    entry.data = data;
    data += (static_cast<uint32_t>(size) + 7) & ~7u;
  }
  control_->overflow.fetch_sub(count, std::memory_order_relaxed);
  return count;
}

bool Ring::collect(Slot& slot) {
  if (slot.armed || !slot.taken || slot.gets != nullptr) return false;
  if (slot.future != nullptr && !api_.future_is_ready(slot.future)) return false;
  unlink(slot);
  if (slot.future == nullptr) {
    window_[0] = Entry{slot.index, slot.error, 0, 0};
    return true;
  }
  const Payload payload(api_, slot.kind, slot.future);
  if (fill(window_[0], slot, payload) != 0 || payload.absent()) return true;
  const int64_t size = payload.size();
  if (size > kInlineBytes) return true;
  payload.write(window_data_);
  window_[0].length = static_cast<int32_t>(size);
  return true;
}

}  // namespace fdbkit::ring
