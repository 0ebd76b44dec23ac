// What JavaScript calls. Declared once more, for koffi, in src/native/library/ring-library.ts.
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <vector>

#include "ring/client/process.h"
#include "ring/commands/commands.h"
#include "ring/completions/ring.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace fdbkit::ring {
namespace {

constexpr int kMostRings = 1024;

// Rings by their small number. A number is given to one ring at a time; a thread only uses its own.
Ring* rings[kMostRings];
std::mutex rings_mutex;

void close_ring(int id) {
  Ring* ring;
  {
    std::lock_guard<std::mutex> hold(rings_mutex);
    ring = rings[id];
    rings[id] = nullptr;
  }
  if (ring != nullptr) ring->close();
}

// A worker that is terminated runs no JavaScript any more, but its thread still ends: then its
// rings are closed.
struct ThreadRings {
  std::vector<int> ids;
  ~ThreadRings() {
    // After the network has stopped nothing completes and nothing may be called: the process exits.
    if (!Process::instance().running()) return;
    for (int id : ids) close_ring(id);
  }
};
thread_local ThreadRings thread_rings;

// nullptr: no ring has the number.
Ring* ring_of(int id) { return id >= 0 && id < kMostRings ? rings[id] : nullptr; }

Slot* slot_of(int id, int index) {
  Ring* ring = ring_of(id);
  return ring == nullptr ? nullptr : ring->slot(static_cast<uint32_t>(index));
}

void copy_text(const std::string& text, char* out, int size) {
  if (size <= 0) return;
  const size_t length =
      text.size() < static_cast<size_t>(size) ? text.size() : static_cast<size_t>(size) - 1;
  memcpy(out, text.data(), length);
  out[length] = '\0';
}

}  // namespace
}  // namespace fdbkit::ring

using namespace fdbkit::ring;

// --- The network.

// `copy` says which copy of the package asks; `first` takes what the one said that came first.
EXPORT int fdbkit_process_claim(const char* copy, char* first, int size) {
  copy_text(Process::instance().claim(copy), first, size);
  return 0;
}

// `report` takes {code, option}. The answer is a StartResult.
EXPORT int fdbkit_network_start(const char* path, int api_version, const uint8_t* options,
                                int options_length, int32_t* report, char* problem,
                                int problem_size) {
  StartReport result;
  const StartResult answer =
      Process::instance().start(path, api_version, options, options_length, result);
  report[0] = result.code;
  report[1] = result.option;
  copy_text(result.problem, problem, problem_size);
  return static_cast<int>(answer);
}

EXPORT int fdbkit_network_stop(void) { return Process::instance().stop(); }

// `report` takes {state, API version, error of fdb_run_network}.
EXPORT void fdbkit_network_state(int32_t* report, char* library, int library_size) {
  const ProcessInfo info = Process::instance().info();
  report[0] = static_cast<int32_t>(info.state);
  report[1] = info.api_version;
  report[2] = info.run_error;
  copy_text(info.library, library, library_size);
}

// --- Rings. `id` is what fdbkit_ring_open left in the places.

// 0; 1: the network does not run; 2: no room for one more; 3: no memory or no file descriptor.
EXPORT int fdbkit_ring_open(const Sizes* sizes, Places* places) {
  if (!Process::instance().running()) return 1;
  std::lock_guard<std::mutex> hold(rings_mutex);
  int id = 0;
  while (id < kMostRings && rings[id] != nullptr) id++;
  if (id == kMostRings) return 2;
  Ring* ring = Ring::open(Process::instance().api(), *sizes, id);
  if (ring == nullptr) return 3;
  rings[id] = ring;
  thread_rings.ids.push_back(id);
  *places = ring->places();
  return 0;
}

EXPORT void fdbkit_ring_close(int id) {
  auto& ids = thread_rings.ids;
  for (size_t i = 0; i < ids.size(); i++) {
    if (ids[i] != id) continue;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(i));
    return close_ring(id);
  }
}

// Gives the released slots back, then carries out the commands in shared memory. Then the worker
// stays awake (`rest` 0), goes to sleep (1), or looks for completions first, and sleeps if none
// come (2). The answer is that of execute().
EXPORT int fdbkit_ring_flush(int id, int words, int releases, int rest) {
  Ring* ring = ring_of(id);
  if (ring == nullptr) return kMalformed;
  const Sizes& sizes = ring->sizes();
  const bool fits = words >= 0 && releases >= 0 &&
                    static_cast<uint32_t>(words) <= sizes.command_bytes / sizeof(int32_t) &&
                    static_cast<uint32_t>(releases) <= sizes.release_count;
  if (!fits) return kMalformed;
  for (int i = 0; i < releases; i++) {
    Slot* slot = ring->slot(static_cast<uint32_t>(ring->releases()[i]));
    if (slot != nullptr && slot->may_be_released()) ring->release(*slot);
  }
  const int answer = execute(*ring, ring->commands(), static_cast<uint32_t>(words));
  if (rest == 1 || (rest == 2 && !ring->look())) ring->sleep();
  return answer;
}

// Commands that are too long for shared memory.
EXPORT int fdbkit_ring_execute(int id, const int32_t* words, int count) {
  Ring* ring = ring_of(id);
  if (ring == nullptr || count < 0) return kMalformed;
  return execute(*ring, words, static_cast<uint32_t>(count));
}

EXPORT int fdbkit_ring_take_overflow(int id) {
  Ring* ring = ring_of(id);
  return ring == nullptr ? 0 : static_cast<int>(ring->take_overflow());
}

// 0: pending; 1: the result is in the window; 2: armed, it comes by itself.
EXPORT int fdbkit_ring_collect(int id, int index) {
  Slot* slot = slot_of(id, index);
  if (slot == nullptr || slot->armed) return 2;
  return ring_of(id)->collect(*slot) ? 1 : 0;
}

// A payload that was left in its future: its size, then its bytes.
EXPORT int64_t fdbkit_ring_payload_size(int id, int index) {
  Slot* slot = slot_of(id, index);
  if (slot == nullptr || !slot->holds()) return 0;
  return ring_of(id)->payload(*slot).size();
}

EXPORT void fdbkit_ring_payload_copy(int id, int index, uint8_t* out, int64_t size) {
  Slot* slot = slot_of(id, index);
  if (slot == nullptr || !slot->holds()) return;
  const Payload payload = ring_of(id)->payload(*slot);
  if (payload.size() == size) payload.write(out);
}

// The handle behind an object, for calls that have no command; 0 when there is none.
EXPORT uintptr_t fdbkit_ring_handle(int id, int index) {
  Ring* ring = ring_of(id);
  Object* object = ring == nullptr ? nullptr : ring->object(static_cast<uint32_t>(index));
  return object == nullptr ? 0 : reinterpret_cast<uintptr_t>(object->handle);
}
