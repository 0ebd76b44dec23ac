// The memory that a worker shares with its ring, as one would write it that means harm: rows of
// commands, slots to give back, and how far it has read. It may get an error or wrong answers of
// its own; the process lives, and in the end nothing is left.

#include "fdb_c.h"
#include "ring/commands/commands.h"
#include "ring/completions/layout.h"
#include "test/support/engine_client.h"
#include "test/support/fuzz.h"
#include "test/support/ring_calls.h"

namespace fdbkit::test {

namespace {

using namespace fdbkit::ring;

constexpr Sizes kSizes{16, 8, 256, 4096, 16, 8, 0};

void start_network() {
  int32_t report[2];
  char problem[256];
  // An empty path: the functions that are in the process already, as those of the engine.
  CHECK(fdb_get_max_api_version() > 0);
  CHECK_EQ(fdbkit_network_start("", 740, nullptr, 0, report, problem, sizeof problem), 0);
}

class Worker {
 public:
  Worker() {
    CHECK_EQ(fdbkit_ring_open(&kSizes, &places_), 0);
    base_ = reinterpret_cast<uint8_t*>(places_.base);
  }
  ~Worker() { fdbkit_ring_close(id()); }

  int id() const { return static_cast<int>(places_.id); }

  void act(Input& input) {
    Control& control = *reinterpret_cast<Control*>(base_ + places_.control);
    switch (input.below(8)) {
      case 0:
        control.head.store(input.number<uint32_t>());
        return;
      case 1:
        control.data_head.store(input.number<uint32_t>());
        return;
      case 2:
        control.sleeping.store(input.number<uint32_t>());
        return;
      case 3:
        CHECK(fdbkit_ring_take_overflow(id()) <= static_cast<int>(kWindowEntries));
        return;
      case 4:
        fdbkit_ring_collect(id(), input.number<int32_t>());
        return;
      case 5:
        return copy_payload(input.byte());
      case 6: {
        const std::string row = input.text(input.number<uint16_t>());
        std::vector<int32_t> words(row.size() / 4);
        if (!words.empty()) memcpy(words.data(), row.data(), 4 * words.size());
        fdbkit_ring_execute(id(), words.data(), static_cast<int>(words.size()));
        return;
      }
      default:
        return flush(input);
    }
  }

 private:
  void flush(Input& input) {
    const std::string row = input.text(input.number<uint16_t>() % kSizes.command_bytes);
    memcpy(base_ + places_.commands, row.data(), row.size());
    const int releases = input.below(static_cast<int>(kSizes.release_count));
    for (int i = 0; i < releases; i++) {
      const int32_t slot = input.byte();
      memcpy(base_ + places_.releases + 4 * i, &slot, sizeof slot);
    }
    const int words = input.flag() ? input.number<int32_t>() : static_cast<int>(row.size() / 4);
    fdbkit_ring_flush(id(), words, releases, input.below(3));
  }

  void copy_payload(int slot) {
    const int64_t size = fdbkit_ring_payload_size(id(), slot);
    std::vector<uint8_t> bytes(static_cast<size_t>(size));
    fdbkit_ring_payload_copy(id(), slot, bytes.data(), size);
  }

  Places places_;
  uint8_t* base_;
};

// A ring that was closed goes with the last callback of what it had in flight. The network thread
// calls these back before it answers what is asked behind them.
struct Drain {
  ~Drain() { Db("drained").put("key", "value"); }
};

}  // namespace

void fuzz(const uint8_t* data, size_t size) {
  static const bool started = (start_network(), true);
  CHECK(started);
  // Gone before the network is, which was started first.
  static const Drain drain;
  Input input(data, size);
  Worker worker;
  while (!input.empty()) worker.act(input);
}

}  // namespace fdbkit::test

FUZZ_TARGET("ring", 3000)
