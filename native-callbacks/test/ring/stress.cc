// The completion ring against a client library that completes on its network thread, on another
// thread, at once, or late: every armed future arrives exactly once with its own result, whatever
// the sizes, and nothing is left over. The consumer sleeps on the descriptor, so a lost wake-up is
// a failure.
#include <dlfcn.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "ring/commands/codes.h"
#include "ring/commands/commands.h"
#include "ring/completions/layout.h"
#include "test/support/ring_calls.h"

using namespace fdbkit::ring;

#define CHECK(what)                                                                \
  do {                                                                             \
    if (!(what)) {                                                                 \
      fprintf(stderr, "%s:%d: %s (seed %llu)\n", __FILE__, __LINE__, #what, seed); \
      _exit(1);                                                                    \
    }                                                                              \
  } while (0)

namespace {

unsigned long long seed = 0;

struct Fake {
  int (*futures_alive)(void);
  int (*transactions_alive)(void);
  int (*databases_alive)(void);
  int (*mistakes)(void);
  int (*release_held)(void);
} fake;

void load_fake(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW);
  CHECK(library != nullptr);
  const auto find = [&](const char* name) {
    void* found = dlsym(library, name);
    CHECK(found != nullptr);
    return reinterpret_cast<int (*)(void)>(found);
  };
  fake = Fake{find("fake_futures_alive"), find("fake_transactions_alive"),
              find("fake_databases_alive"), find("fake_mistakes"), find("fake_release_held")};
}

// What JavaScript does with a ring.
class Consumer {
 public:
  Consumer(const Sizes& sizes, uint64_t random_seed) : sizes_(sizes), random_(random_seed) {
    CHECK(fdbkit_ring_open(&sizes_, &places_) == 0);
    uint8_t* base = reinterpret_cast<uint8_t*>(places_.base);
    control_ = reinterpret_cast<Control*>(base + places_.control);
    entries_ = reinterpret_cast<Entry*>(base + places_.entries);
    data_ = base + places_.data;
    window_ = reinterpret_cast<Entry*>(base + places_.window);
    window_data_ = base + places_.window_data;
    commands_ = reinterpret_cast<int32_t*>(base + places_.commands);
    releases_ = reinterpret_cast<int32_t*>(base + places_.releases);
    expected_.resize(sizes.slots);
    for (uint32_t slot = sizes.slots; slot-- > 0;) free_.push_back(slot);
    write({static_cast<int32_t>(Code::kOpenDatabase), 0, -1});
    CHECK(flush(false) == 0);
    write({static_cast<int32_t>(Code::kOpenTransaction), 1, 0});
    flush(false);
  }

  int id() const { return static_cast<int>(places_.id); }
  size_t completed() const { return completed_; }
  size_t overflowed() const { return overflowed_; }
  size_t copied() const { return copied_; }
  size_t armed() const { return armed_; }
  bool has_room() const { return free_.size() > unarmed_.size(); }

  // One more future; `arm` at once, or left for later.
  void get(const std::string& key, bool arm) {
    const uint32_t slot = free_.back();
    free_.pop_back();
    const uint32_t flags = arm ? kFlagArm << 8 : 0;
    write({static_cast<int32_t>(static_cast<uint32_t>(Code::kGet) | flags),
           static_cast<int32_t>(slot), 1, static_cast<int32_t>(key.size())},
          key);
    expected_[slot] = key;
    if (arm) {
      armed_++;
    } else {
      unarmed_.push_back(slot);
    }
  }

  // Several reads as one, armed at once.
  void get_many(const std::vector<std::string>& keys) {
    const uint32_t slot = free_.back();
    free_.pop_back();
    std::vector<int32_t> words = {
        static_cast<int32_t>(static_cast<uint32_t>(Code::kGetMany) | kFlagArm << 8),
        static_cast<int32_t>(slot), 1, static_cast<int32_t>(keys.size())};
    std::string bytes;
    for (const std::string& key : keys) {
      words.push_back(static_cast<int32_t>(key.size()));
      bytes += key;
      bytes.resize((bytes.size() + 3) / 4 * 4);
    }
    write(words, bytes);
    many_[slot] = keys;
    armed_++;
  }

  // Asks for what is in flight to stop: it comes back all the same.
  void cancel_some() {
    for (const auto& [slot, keys] : many_) {
      if (random_() % 4 == 0) {
        write({static_cast<int32_t>(Code::kCancel), static_cast<int32_t>(slot)});
        return;
      }
    }
  }

  // Arms, collects or releases the oldest future that was left.
  void settle_one_left() {
    if (unarmed_.empty()) return;
    const uint32_t slot = unarmed_.front();
    unarmed_.pop_front();
    switch (random_() % 3) {
      case 0:
        write({static_cast<int32_t>(Code::kRelease), static_cast<int32_t>(slot)});
        expected_[slot].clear();
        free_.push_back(slot);
        return;
      case 1:
        flush(false);
        if (fdbkit_ring_collect(id(), static_cast<int>(slot)) == 1) {
          CHECK(window_[0].slot == slot);
          armed_++;
          check(window_[0], window_data_);
          return;
        }
        [[fallthrough]];
      default:
        armed_++;
        write({static_cast<int32_t>(Code::kArm), static_cast<int32_t>(slot)});
    }
  }

  int flush(bool sleep) {
    const int words = words_;
    const int count = static_cast<int>(released_.size());
    std::copy(released_.begin(), released_.end(), releases_);
    released_.clear();
    words_ = 0;
    return fdbkit_ring_flush(id(), words, count, sleep);
  }

  // Takes what has completed; sleeps first when nothing has.
  void drain(bool may_sleep) {
    if (may_sleep) {
      flush(true);
      pollfd wake{static_cast<int>(places_.wake_fd), POLLIN, 0};
      CHECK(poll(&wake, 1, 20000) == 1);
    }
    uint32_t head = control_->head.load(std::memory_order_relaxed);
    const uint32_t tail = control_->tail.load(std::memory_order_acquire);
    CHECK(tail - head <= sizes_.entries);
    for (; head != tail; head++) {
      const Entry& entry = entries_[head & (sizes_.entries - 1)];
      check(entry, data_ + (entry.data & (sizes_.data_bytes - 1)));
      if (entry.length > 0) {
        CHECK((entry.data & (sizes_.data_bytes - 1)) + entry.length <= sizes_.data_bytes);
        data_head_ = (entry.data + static_cast<uint32_t>(entry.length) + 7) & ~7u;
        copied_++;
      }
    }
    control_->data_head.store(data_head_, std::memory_order_release);
    control_->head.store(head, std::memory_order_release);
    while (control_->overflow.load() != 0) {
      const int count = fdbkit_ring_take_overflow(id());
      if (count == 0) break;
      overflowed_ += static_cast<size_t>(count);
      for (int i = 0; i < count; i++) check(window_[i], window_data_ + window_[i].data);
    }
  }

  void destroy_objects() {
    write({static_cast<int32_t>(Code::kDestroy), 1});
    write({static_cast<int32_t>(Code::kDestroy), 0});
    armed_ += unarmed_.size();  // a transaction arms what nobody asked about
    unarmed_.clear();
    flush(false);
  }

 private:
  void write(const std::vector<int32_t>& words, const std::string& bytes = "") {
    const int need = static_cast<int>(words.size() + (bytes.size() + 3) / 4);
    if (static_cast<uint32_t>(words_ + need) * 4 > sizes_.command_bytes ||
        released_.size() + 1 >= sizes_.release_count) {
      flush(false);
    }
    for (int32_t word : words) commands_[words_++] = word;
    memcpy(&commands_[words_], bytes.data(), bytes.size());
    words_ += static_cast<int>((bytes.size() + 3) / 4);
  }

  void check(const Entry& entry, const uint8_t* data) {
    CHECK(entry.slot < sizes_.slots);
    if (many_.count(entry.slot) != 0) {
      check_many(entry, data);
      many_.erase(entry.slot);
      return done(entry.slot);
    }
    std::string& key = expected_[entry.slot];
    CHECK(!key.empty());  // once, and only what was asked
    const std::string what = key.substr(1);
    if (what.rfind("err:", 0) == 0) {
      CHECK(entry.error == atoi(what.c_str() + 4));
    } else if (entry.error == 1101) {
      // cancelled
    } else if (what == "none") {
      CHECK(entry.error == 0 && entry.length == kAbsent);
    } else {
      CHECK(entry.error == 0);
      std::string found(reinterpret_cast<const char*>(data),
                        entry.length > 0 ? static_cast<size_t>(entry.length) : 0);
      if (entry.length == kLarge) {
        const int slot = static_cast<int>(entry.slot);
        found.resize(static_cast<size_t>(fdbkit_ring_payload_size(id(), slot)));
        fdbkit_ring_payload_copy(id(), slot, reinterpret_cast<uint8_t*>(found.data()),
                                 static_cast<int64_t>(found.size()));
      }
      const bool big = what.rfind("big:", 0) == 0;
      CHECK(found == (big ? std::string(static_cast<size_t>(atoi(what.c_str() + 4)), 'x') : key));
    }
    key.clear();
    done(entry.slot);
  }

  void done(uint32_t slot) {
    completed_++;
    released_.push_back(static_cast<int32_t>(slot));
    free_.push_back(slot);
    if (released_.size() + 1 >= sizes_.release_count) flush(false);
  }

  // The values of all of them, or the error of one that fails.
  void check_many(const Entry& entry, const uint8_t* data) {
    const std::vector<std::string>& keys = many_[entry.slot];
    const auto error_of = [](const std::string& key) {
      return key.compare(1, 4, "err:") == 0 ? atoi(key.c_str() + 5) : 0;
    };
    if (entry.error != 0) {
      CHECK(entry.error == 1101 ||
            (entry.data < keys.size() && error_of(keys[entry.data]) == entry.error));
      return;
    }
    std::string row(reinterpret_cast<const char*>(data),
                    entry.length > 0 ? static_cast<size_t>(entry.length) : 0);
    if (entry.length == kLarge) {
      const int slot = static_cast<int>(entry.slot);
      row.resize(static_cast<size_t>(fdbkit_ring_payload_size(id(), slot)));
      fdbkit_ring_payload_copy(id(), slot, reinterpret_cast<uint8_t*>(row.data()),
                               static_cast<int64_t>(row.size()));
    }
    std::vector<int32_t> heads = {static_cast<int32_t>(keys.size()), 0};
    std::string bodies;
    for (const std::string& key : keys) {
      CHECK(error_of(key) == 0);
      const bool big = key.compare(1, 4, "big:") == 0;
      const std::string value =
          big ? std::string(static_cast<size_t>(atoi(key.c_str() + 5)), 'x') : key;
      const bool none = key.substr(1) == "none";
      heads.push_back(none ? kAbsent : static_cast<int32_t>(value.size()));
      if (!none) bodies += value;
    }
    CHECK(row ==
          std::string(reinterpret_cast<const char*>(heads.data()), 4 * heads.size()) + bodies);
  }

  Sizes sizes_;
  Places places_{};
  std::mt19937_64 random_;
  Control* control_;
  Entry* entries_;
  uint8_t* data_;
  Entry* window_;
  uint8_t* window_data_;
  int32_t* commands_;
  int32_t* releases_;
  int words_ = 0;
  uint32_t data_head_ = 0;
  std::vector<std::string> expected_;
  std::map<uint32_t, std::vector<std::string>> many_;
  std::vector<uint32_t> free_;
  std::deque<uint32_t> unarmed_;
  std::vector<int32_t> released_;
  size_t completed_ = 0;
  size_t overflowed_ = 0;
  size_t copied_ = 0;  // whose data came along
  size_t armed_ = 0;
};

std::string random_key(std::mt19937_64& random) {
  const char how = "qqqqqoih"[random() % 8];
  switch (random() % 8) {
    case 0:
      return std::string(1, how) + "none";
    case 1:
      return std::string(1, how) + "err:" + std::to_string(1000 + random() % 100);
    case 2:
      return std::string(1, how) + "big:" + std::to_string(random() % 3000);
    default:
      return std::string(1, how) + std::string(random() % 40, 'k') + std::to_string(random());
  }
}

void ask(Consumer& consumer, std::mt19937_64& random) {
  if (random() % 8 != 0) return consumer.get(random_key(random), random() % 4 != 0);
  std::vector<std::string> keys(1 + random() % 12);
  for (std::string& key : keys) key = random_key(random);
  consumer.get_many(keys);
}

// Ends with nothing in flight, and then nothing is left.
void run_to_the_end(const Sizes& sizes, uint64_t worker_seed, int operations) {
  std::mt19937_64 random(worker_seed);
  Consumer consumer(sizes, worker_seed);
  for (int i = 0; i < operations; i++) {
    while (!consumer.has_room()) {
      consumer.settle_one_left();
      consumer.flush(false);
      fake.release_held();
      consumer.drain(consumer.completed() < consumer.armed());
    }
    ask(consumer, random);
    if (random() % 3 == 0) consumer.settle_one_left();
    if (random() % 8 == 0) consumer.cancel_some();
    if (random() % 16 == 0) consumer.flush(false);
    if (random() % 64 == 0) consumer.drain(false);
  }
  consumer.destroy_objects();
  while (consumer.completed() < consumer.armed()) {
    fake.release_held();
    consumer.drain(true);
  }
  CHECK(consumer.completed() == consumer.armed());
  CHECK(consumer.completed() > static_cast<size_t>(operations) / 2);
  CHECK(consumer.overflowed() > 0);  // what was ready at once, at the least
  CHECK(consumer.copied() > 0);      // the data area has room at first, whatever its size
  if (getenv("FDBKIT_TEST_VERBOSE") != nullptr) {
    printf("%zu completed, %zu of them in overflow, %zu with data\n", consumer.completed(),
           consumer.overflowed(), consumer.copied());
  }
  consumer.flush(false);
  fdbkit_ring_close(consumer.id());
}

// Two threads end the same reads at the same time, one of them with an error: it is told, whoever
// of them is the last.
void tells_a_failure_beside_the_last_value(const Sizes& sizes, int rounds) {
  Consumer consumer(sizes, seed);
  for (int round = 0; round < rounds; round++) {
    while (!consumer.has_room()) consumer.drain(true);
    consumer.get_many(round % 2 == 0 ? std::vector<std::string>{"oerr:1001", "qvalue"}
                                     : std::vector<std::string>{"ovalue", "qerr:1001"});
    consumer.flush(false);
    consumer.drain(consumer.armed() - consumer.completed() > 4);
  }
  while (consumer.completed() < consumer.armed()) consumer.drain(true);
  consumer.destroy_objects();
  fdbkit_ring_close(consumer.id());
}

// The worker's thread ends with operations in flight, as a terminated worker does.
void run_to_a_sudden_end(const Sizes& sizes, uint64_t worker_seed) {
  std::mt19937_64 random(worker_seed);
  Consumer consumer(sizes, worker_seed);
  const int operations = static_cast<int>(random() % 500);
  for (int i = 0; i < operations && consumer.has_room(); i++) {
    ask(consumer, random);
    if (random() % 100 == 0) consumer.drain(false);
  }
  consumer.flush(false);
}

// What no command says is refused, and the rest of the row is not carried out.
void refuses_what_is_no_command() {
  const Sizes sizes{16, 16, 4096, 4096, 64, 4, 0};
  Places places;
  CHECK(fdbkit_ring_open(&sizes, &places) == 0);
  const int id = static_cast<int>(places.id);
  for (const int32_t code : {0, 8, 20, 33, 55, 66, 255}) {
    const int32_t words[] = {code, 0, 0, static_cast<int32_t>(Code::kOpenDatabase), 0, -1};
    CHECK(fdbkit_ring_execute(id, words, 6) == kMalformed);
  }
  const int32_t cut[] = {static_cast<int32_t>(Code::kGet), 0, 0, 100};
  CHECK(fdbkit_ring_execute(id, cut, 4) == kMalformed);
  CHECK(fake.databases_alive() == 0);
  fdbkit_ring_close(id);
}

}  // namespace

int main(int argc, char** argv) {
  seed = argc > 1 ? strtoull(argv[1], nullptr, 10) : 1;
  const std::string self = argv[0];
  const std::string path = self.substr(0, self.rfind('/')) + "/../../fake/libfdb_c.so";
  load_fake(path);
  int32_t report[2];
  char problem[256];
  CHECK(fdbkit_network_start(path.c_str(), 740, nullptr, 0, report, problem, sizeof problem) == 0);
  refuses_what_is_no_command();

  std::mt19937_64 random(seed);
  const Sizes shapes[] = {
      {4096, 1024, 1 << 16, 1 << 14, 512, 8, 0},  // everything fits
      {2048, 16, 1 << 16, 1 << 14, 512, 8, 0},    // the ring overflows
      {2048, 1024, 2048, 1 << 14, 512, 8, 0},     // the data area is too small
      {2048, 64, 64, 1 << 14, 512, 8, 0},         // two values are more than the data area
      {8, 8, 4096, 1 << 12, 16, 8, 1},            // slots run out
  };
  for (const Sizes& shape : shapes) {
    const uint64_t first = random();
    const uint64_t second = random();
    std::thread other([&] { run_to_the_end(shape, first, 20000); });
    run_to_the_end(shape, second, 20000);
    other.join();
  }
  tells_a_failure_beside_the_last_value(shapes[0], 60000);
  for (int round = 0; round < 50; round++) {
    const uint64_t one = random();
    const uint64_t two = random();
    std::thread first([&] { run_to_a_sudden_end(shapes[0], one); });
    std::thread second([&] { run_to_a_sudden_end(shapes[1], two); });
    first.join();
    second.join();
  }
  // Nobody lets held futures go: the closing rings have cancelled them, and they come back through
  // the network thread's queue.
  for (int i = 0; i < 20000 && fake.futures_alive() != 0; i++) poll(nullptr, 0, 1);
  CHECK(fake.futures_alive() == 0);
  CHECK(fake.transactions_alive() == 0);
  CHECK(fake.databases_alive() == 0);
  CHECK(fake.mistakes() == 0);
  CHECK(fdbkit_network_stop() == 0);
  return 0;
}
