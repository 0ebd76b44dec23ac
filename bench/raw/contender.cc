// The limit: the same rows on the raw C API, without a language in between.
// `harness/contender-process.ts` talks to it.
//
//   contender ROW LANES SIZE [CLUSTER_FILE]
//
// Standard input has one line a round, the seconds that it lasts; each is answered by one line of
// JSON. Operations in flight are lanes: the main thread waits for one after the other, takes its
// result, and begins its next operation. Completions come in on the network thread.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "fdb_c.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kKeys = 1000;
constexpr int kRowsOfARange = 100000;
constexpr int kValueBytes = 100;
constexpr std::size_t kMostSamples = 1 << 20;

void check(fdb_error_t code, const char* what) {
  if (code == 0) return;
  std::fprintf(stderr, "%s: %d %s\n", what, code, fdb_get_error(code));
  std::exit(1);
}

const uint8_t* bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}
int size(const std::string& text) { return static_cast<int>(text.size()); }

// 20 bytes.
std::string numbered(const char* prefix, int number) {
  char text[64];
  std::snprintf(text, sizeof(text), "bench/%s/%0*d", prefix,
                static_cast<int>(13 - std::strlen(prefix)), number);
  return text;
}

// One future that somebody waits for, and destroys.
struct Pending {
  FDBFuture* future = nullptr;
  fdb_error_t wait() const {
    check(fdb_future_block_until_ready(future), "block_until_ready");
    return fdb_future_get_error(future);
  }
  void finish(const char* what) {
    check(wait(), what);
    destroy();
  }
  void destroy() {
    fdb_future_destroy(future);
    future = nullptr;
  }
};

FDBTransaction* begin(FDBDatabase* database) {
  FDBTransaction* transaction = nullptr;
  check(fdb_database_create_transaction(database, &transaction), "create_transaction");
  return transaction;
}

void set(FDBTransaction* tn, const std::string& key, const std::string& value) {
  fdb_transaction_set(tn, bytes(key), size(key), bytes(value), size(value));
}

FDBFuture* get(FDBTransaction* tn, const std::string& key) {
  return fdb_transaction_get(tn, bytes(key), size(key), 1);
}

// What is read is touched.
volatile uint8_t sink;

int take_value(Pending& pending) {
  check(pending.wait(), "get");
  fdb_bool_t present = 0;
  const uint8_t* value = nullptr;
  int length = 0;
  check(fdb_future_get_value(pending.future, &present, &value, &length), "get_value");
  if (present != 0) sink = value[0];
  pending.destroy();
  return present;
}

// What happened in a round.
class Meter {
 public:
  explicit Meter(double seconds)
      : begin_(Clock::now()),
        end_(begin_ +
             std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))) {}
  bool is_over() const { return now_ >= end_; }
  Clock::time_point now() { return now_ = Clock::now(); }
  void done(Clock::time_point since) {
    now();
    const double micros = std::chrono::duration<double, std::micro>(now_ - since).count();
    if (samples_.size() < kMostSamples) {
      samples_.push_back(micros);
    } else {
      samples_[operations_ % kMostSamples] = micros;
    }
    ++operations_;
  }
  void report() {
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::sort(samples_.begin(), samples_.end());
    std::printf(
        "{\"operations\":%zu,\"seconds\":%.9f,\"cpuSeconds\":%.9f,\"p50\":%.3f,\"p99\":%.3f,"
        "\"p999\":%.3f,\"peakBytes\":%ld}\n",
        operations_, seconds, cpu(usage) - cpu_before_, at(0.5), at(0.99), at(0.999),
        usage.ru_maxrss * 1024L);
    std::fflush(stdout);
  }

 private:
  static double cpu(const rusage& usage) {
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  }
  static double cpu_now() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return cpu(usage);
  }
  double at(double share) const {
    if (samples_.empty()) return 0;
    const auto index = static_cast<std::size_t>(share * static_cast<double>(samples_.size()));
    return samples_[std::min(index, samples_.size() - 1)];
  }

  const double cpu_before_ = cpu_now();
  const Clock::time_point begin_;
  const Clock::time_point end_;
  Clock::time_point now_ = begin_;
  std::size_t operations_ = 0;
  std::vector<double> samples_;
};

// One operation of one lane, in steps: each call takes what it waited for, and begins what it waits
// for next. False: the operation is over.
using Step = std::function<bool(int lane, int number)>;

void run_lanes(Meter& meter, int lanes, const Step& step) {
  struct Lane {
    int number = 0;
    bool is_open = false;
    Clock::time_point since;
  };
  std::vector<Lane> all(static_cast<std::size_t>(lanes));
  int open = 0;
  int number = 0;
  const auto start = [&](int lane) {
    Lane& at = all[static_cast<std::size_t>(lane)];
    at = {number++, true, meter.now()};
    ++open;
    step(lane, at.number);
  };
  for (int lane = 0; lane < lanes; ++lane) start(lane);
  for (int lane = 0; open > 0; lane = (lane + 1) % lanes) {
    Lane& at = all[static_cast<std::size_t>(lane)];
    if (!at.is_open || step(lane, at.number)) continue;
    meter.done(at.since);
    at.is_open = false;
    --open;
    if (!meter.is_over()) start(lane);
  }
}

struct Bench {
  FDBDatabase* database;
  int lanes;
  int size;
  std::vector<std::string> keys;
  std::string value = std::string(kValueBytes, 'v');

  const std::string& key(int number) const {
    return keys[static_cast<std::size_t>(number) % keys.size()];
  }
};

// Transaction and futures of each lane.
struct Slots {
  explicit Slots(int lanes) : all(static_cast<std::size_t>(lanes)) {}
  struct Slot {
    FDBTransaction* tn = nullptr;
    Pending first;
    Pending second;
    int stage = 0;
  };
  Slot& operator[](int lane) { return all[static_cast<std::size_t>(lane)]; }
  std::vector<Slot> all;
};

void end(Slots::Slot& slot) {
  fdb_transaction_destroy(slot.tn);
  slot = {};
}

void get_in_one(Bench& b, Meter& meter) {
  FDBTransaction* tn = begin(b.database);
  Slots slots(b.lanes);
  run_lanes(meter, b.lanes, [&](int lane, int number) {
    Slots::Slot& slot = slots[lane];
    if (slot.stage++ == 0) {
      slot.first.future = get(tn, b.key(number));
      return true;
    }
    take_value(slot.first);
    slot = {};
    return false;
  });
  fdb_transaction_destroy(tn);
}

void get_in_own(Bench& b, Meter& meter) {
  Slots slots(b.lanes);
  run_lanes(meter, b.lanes, [&](int lane, int number) {
    Slots::Slot& slot = slots[lane];
    if (slot.stage++ == 0) {
      slot.tn = begin(b.database);
      slot.first.future = get(slot.tn, b.key(number));
      return true;
    }
    take_value(slot.first);
    end(slot);
    return false;
  });
}

void get_many(Bench& b, Meter& meter) {
  FDBTransaction* tn = begin(b.database);
  std::vector<Pending> pending(static_cast<std::size_t>(b.size));
  int number = 0;
  while (!meter.is_over()) {
    const auto since = meter.now();
    for (Pending& each : pending) each.future = get(tn, b.key(number++));
    for (Pending& each : pending) take_value(each);
    meter.done(since);
  }
  fdb_transaction_destroy(tn);
}

void read_version(Bench& b, Meter& meter) {
  Slots slots(b.lanes);
  run_lanes(meter, b.lanes, [&](int lane, int) {
    Slots::Slot& slot = slots[lane];
    if (slot.stage++ == 0) {
      slot.tn = begin(b.database);
      slot.first.future = fdb_transaction_get_read_version(slot.tn);
      return true;
    }
    slot.first.finish("get_read_version");
    end(slot);
    return false;
  });
}

using Write = std::function<void(FDBTransaction*, int number)>;

void write_and_commit(Bench& b, Meter& meter, const Write& write) {
  Slots slots(b.lanes);
  run_lanes(meter, b.lanes, [&](int lane, int number) {
    Slots::Slot& slot = slots[lane];
    if (slot.stage++ == 0) {
      slot.tn = begin(b.database);
      write(slot.tn, number);
      slot.first.future = fdb_transaction_commit(slot.tn);
      return true;
    }
    slot.first.finish("commit");
    end(slot);
    return false;
  });
}

void set_and_commit(Bench& b, Meter& meter) {
  write_and_commit(b, meter,
                   [&](FDBTransaction* tn, int number) { set(tn, b.key(number), b.value); });
}

void atomic_add(Bench& b, Meter& meter) {
  std::string one(sizeof(int64_t), '\0');
  one[0] = 1;
  write_and_commit(b, meter, [&](FDBTransaction* tn, int number) {
    const std::string& key = b.key(number);
    fdb_transaction_atomic_op(tn, bytes(key), size(key), bytes(one), size(one),
                              FDB_MUTATION_TYPE_ADD);
  });
}

// Reads two keys, writes both: the lanes have keys of their own, so that nothing conflicts.
void read_modify_write(Bench& b, Meter& meter) {
  Slots slots(b.lanes);
  run_lanes(meter, b.lanes, [&](int lane, int) {
    Slots::Slot& slot = slots[lane];
    const std::string& one = b.key(2 * lane);
    const std::string& two = b.key(2 * lane + 1);
    switch (slot.stage++) {
      case 0:
        slot.tn = begin(b.database);
        slot.first.future = fdb_transaction_get(slot.tn, bytes(one), size(one), 0);
        slot.second.future = fdb_transaction_get(slot.tn, bytes(two), size(two), 0);
        return true;
      case 1:
        take_value(slot.first);
        take_value(slot.second);
        set(slot.tn, one, b.value);
        set(slot.tn, two, b.value);
        slot.first.future = fdb_transaction_commit(slot.tn);
        return true;
      default:
        slot.first.finish("commit");
        end(slot);
        return false;
    }
  });
}

// All rows, each touched once.
void read_range(Bench& b, Meter& meter) {
  const std::string last = numbered("row", b.size);
  uint64_t sum = 0;
  while (!meter.is_over()) {
    const auto since = meter.now();
    FDBTransaction* tn = begin(b.database);
    std::string from = numbered("row", 0);
    fdb_bool_t offset = 0;
    for (int iteration = 1;; ++iteration) {
      Pending batch{fdb_transaction_get_range(tn, bytes(from), size(from), offset, 1, bytes(last),
                                              size(last), 0, 1, 0, 0, FDB_STREAMING_MODE_WANT_ALL,
                                              iteration, 1, 0)};
      check(batch.wait(), "get_range");
      const FDBKeyValue* rows = nullptr;
      int count = 0;
      fdb_bool_t more = 0;
      check(fdb_future_get_keyvalue_array(batch.future, &rows, &count, &more), "get_range");
      for (int i = 0; i < count; ++i) sum += rows[i].key[0] + rows[i].value[0];
      if (count > 0) {
        const FDBKeyValue& end_row = rows[count - 1];
        from.assign(reinterpret_cast<const char*>(end_row.key),
                    static_cast<std::size_t>(end_row.key_length));
      }
      batch.destroy();
      if (more == 0 || count == 0) break;
      offset = 1;
    }
    fdb_transaction_destroy(tn);
    meter.done(since);
  }
  if (sum == 0) std::fprintf(stderr, "the range was empty\n");
}

void large_value(Bench& b, Meter& meter) {
  b.keys = {numbered("value", b.size)};
  get_in_own(b, meter);
}

// As many watches as lanes, set in one transaction each, then all fired.
void watches(Bench& b, Meter& meter) {
  const int64_t limit = b.lanes + 1;
  check(fdb_database_set_option(b.database, FDB_DB_OPTION_MAX_WATCHES,
                                reinterpret_cast<const uint8_t*>(&limit), sizeof(limit)),
        "max_watches");
  static int round = 0;
  ++round;
  std::vector<Pending> pending;
  const auto since = meter.now();
  constexpr int kPerCommit = 1000;
  const auto name = [](int i) { return numbered("watch", i); };
  for (int first = 0; first < b.lanes; first += kPerCommit) {
    FDBTransaction* tn = begin(b.database);
    for (int i = first; i < std::min(b.lanes, first + kPerCommit); ++i) {
      const std::string key = name(i);
      pending.push_back({fdb_transaction_watch(tn, bytes(key), size(key))});
    }
    Pending{fdb_transaction_commit(tn)}.finish("commit");
    fdb_transaction_destroy(tn);
  }
  for (int first = 0; first < b.lanes; first += kPerCommit) {
    FDBTransaction* tn = begin(b.database);
    for (int i = first; i < std::min(b.lanes, first + kPerCommit); ++i) {
      set(tn, name(i), std::to_string(getpid()) + ' ' + std::to_string(round) + b.value);
    }
    Pending{fdb_transaction_commit(tn)}.finish("commit");
    fdb_transaction_destroy(tn);
  }
  for (Pending& each : pending) {
    each.finish("watch");
    meter.done(since);
  }
}

// Made and never looked at.
void dropped(Bench& b, Meter& meter) {
  constexpr int kPerTransaction = 1000;
  for (int made = 0; made < b.size; made += kPerTransaction) {
    const auto since = meter.now();
    FDBTransaction* tn = begin(b.database);
    for (int i = 0; i < kPerTransaction; ++i) fdb_future_destroy(get(tn, b.key(i)));
    fdb_transaction_destroy(tn);
    for (int i = 0; i < kPerTransaction; ++i) meter.done(since);
  }
}

const std::map<std::string, void (*)(Bench&, Meter&)> kRows = {
    {"get-in-one", get_in_one},     {"get-in-own", get_in_own},
    {"get-many", get_many},         {"read-version", read_version},
    {"set-commit", set_and_commit}, {"read-modify-write", read_modify_write},
    {"atomic-add", atomic_add},     {"range", read_range},
    {"value", large_value},         {"watches", watches},
    {"dropped", dropped},
};

void fill(Bench& b, int rows) {
  constexpr int kPerCommit = 5000;
  FDBTransaction* tn = begin(b.database);
  for (const std::string& key : b.keys) set(tn, key, b.value);
  for (int row = 0; row < rows; ++row) {
    set(tn, numbered("row", row), b.value);
    if ((row + 1) % kPerCommit != 0) continue;
    Pending{fdb_transaction_commit(tn)}.finish("commit");
    fdb_transaction_reset(tn);
  }
  Pending{fdb_transaction_commit(tn)}.finish("commit");
  fdb_transaction_destroy(tn);
}

}  // namespace

int main(int argc, char** argv) {
  const auto row = argc < 4 ? kRows.end() : kRows.find(argv[1]);
  if (row == kRows.end()) {
    std::fprintf(stderr, "usage: contender ROW LANES SIZE [CLUSTER_FILE]\n");
    return 2;
  }
  check(fdb_select_api_version(FDB_API_VERSION), "select_api_version");
  check(fdb_setup_network(), "setup_network");
  std::thread network([] { check(fdb_run_network(), "run_network"); });
  Bench b{nullptr, std::atoi(argv[2]), std::atoi(argv[3]), {}};
  check(fdb_create_database(argc > 4 ? argv[4] : nullptr, &b.database), "create_database");
  for (int i = 0; i < kKeys; ++i) b.keys.push_back(numbered("key", i));
  const bool is_range = row->first == "range";
  fill(b, is_range ? std::min(b.size, kRowsOfARange) : 0);
  if (row->first == "value") {
    FDBTransaction* tn = begin(b.database);
    set(tn, numbered("value", b.size), std::string(static_cast<std::size_t>(b.size), 'v'));
    Pending{fdb_transaction_commit(tn)}.finish("commit");
    fdb_transaction_destroy(tn);
  }
  double seconds = 0;
  while (std::scanf("%lf", &seconds) == 1) {
    Meter meter(seconds);
    row->second(b, meter);
    meter.report();
  }
  fdb_database_destroy(b.database);
  check(fdb_stop_network(), "stop_network");
  network.join();
}
