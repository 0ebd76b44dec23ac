// How fast the engine is through its C API: gets with a thousand in flight, and commits of a single
// set.
//
//   engine [seconds]
//
// The caller's thread issues calls; completions come in on the network thread. One core each.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "fdb_c.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kInFlight = 1000;
constexpr int kKeys = 10000;

void check(fdb_error_t code, const char* what) {
  if (code == 0) return;
  std::fprintf(stderr, "%s: %d %s\n", what, code, fdb_get_error(code));
  std::exit(1);
}

std::string key_of(int number) {
  char text[32];
  std::snprintf(text, sizeof(text), "bench/key/%08d", number);
  return text;
}

const uint8_t* bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

FDBTransaction* begin(FDBDatabase* database) {
  FDBTransaction* transaction = nullptr;
  check(fdb_database_create_transaction(database, &transaction), "create_transaction");
  return transaction;
}

void wait(FDBFuture* future, const char* what) {
  check(fdb_future_block_until_ready(future), what);
  check(fdb_future_get_error(future), what);
  fdb_future_destroy(future);
}

void fill(FDBDatabase* database) {
  FDBTransaction* transaction = begin(database);
  std::string value(100, 'v');
  for (int i = 0; i < kKeys; ++i) {
    std::string key = key_of(i);
    fdb_transaction_set(transaction, bytes(key), static_cast<int>(key.size()), bytes(value),
                        static_cast<int>(value.size()));
  }
  wait(fdb_transaction_commit(transaction), "commit");
  fdb_transaction_destroy(transaction);
}

std::atomic<int> in_flight{0};
std::atomic<uint64_t> failures{0};

void wait_below(int limit) {
  while (in_flight.load(std::memory_order_acquire) >= limit) std::this_thread::yield();
}

void got(FDBFuture* future, void*) {
  fdb_bool_t present = 0;
  const uint8_t* value = nullptr;
  int length = 0;
  if (fdb_future_get_value(future, &present, &value, &length) != 0 || !present || length != 100)
    ++failures;
  fdb_future_destroy(future);
  in_flight.fetch_sub(1, std::memory_order_release);
}

double gets(FDBDatabase* database, double seconds, bool snapshot) {
  constexpr int kPerTransaction = 1000;
  auto start = Clock::now();
  uint64_t count = 0;
  uint64_t state = 1;
  double elapsed = 0;
  std::vector<std::string> keys;
  for (int i = 0; i < kKeys; ++i) keys.push_back(key_of(i));
  while ((elapsed = std::chrono::duration<double>(Clock::now() - start).count()) < seconds) {
    FDBTransaction* transaction = begin(database);
    for (int i = 0; i < kPerTransaction; ++i) {
      wait_below(kInFlight);
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      const std::string& key = keys[(state >> 33) % kKeys];
      FDBFuture* future =
          fdb_transaction_get(transaction, bytes(key), static_cast<int>(key.size()), snapshot);
      in_flight.fetch_add(1, std::memory_order_relaxed);
      check(fdb_future_set_callback(future, got, nullptr), "set_callback");
    }
    count += kPerTransaction;
    // Reads still pending keep their transaction: the handle's destruction is queued behind them.
    fdb_transaction_destroy(transaction);
  }
  wait_below(1);
  return static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - start).count();
}

void committed(FDBFuture* future, void* parameter) {
  if (fdb_future_get_error(future) != 0) ++failures;
  fdb_future_destroy(future);
  fdb_transaction_destroy(static_cast<FDBTransaction*>(parameter));
  in_flight.fetch_sub(1, std::memory_order_release);
}

double commits(FDBDatabase* database, double seconds) {
  auto start = Clock::now();
  uint64_t count = 0;
  std::string value(100, 'w');
  while (std::chrono::duration<double>(Clock::now() - start).count() < seconds) {
    wait_below(kInFlight);
    FDBTransaction* transaction = begin(database);
    std::string key = key_of(static_cast<int>(count % kKeys));
    fdb_transaction_set(transaction, bytes(key), static_cast<int>(key.size()), bytes(value),
                        static_cast<int>(value.size()));
    FDBFuture* future = fdb_transaction_commit(transaction);
    in_flight.fetch_add(1, std::memory_order_relaxed);
    check(fdb_future_set_callback(future, committed, transaction), "set_callback");
    ++count;
  }
  wait_below(1);
  return static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 2.0;
  check(fdb_select_api_version(FDB_API_VERSION), "select_api_version");
  check(fdb_setup_network(), "setup_network");
  std::thread network([] { check(fdb_run_network(), "run_network"); });
  FDBDatabase* database = nullptr;
  check(fdb_create_database_from_connection_string("bench:engine@127.0.0.1:4500", &database),
        "create_database");
  fill(database);
  std::printf("gets, 1000 in flight:             %10.0f a second\n",
              gets(database, seconds, false));
  std::printf("snapshot gets, 1000 in flight:    %10.0f a second\n", gets(database, seconds, true));
  std::printf("single-set commits:               %10.0f a second\n", commits(database, seconds));
  fdb_database_destroy(database);
  check(fdb_stop_network(), "stop_network");
  network.join();
  if (failures != 0) {
    std::fprintf(stderr, "%llu operations failed\n",
                 static_cast<unsigned long long>(failures.load()));
    return 1;
  }
  return 0;
}
