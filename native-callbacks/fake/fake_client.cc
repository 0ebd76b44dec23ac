// A client library that does as its caller says: for tests of the ring and of the futures above it.
//
// The first byte of a key says how its future completes:
//   q  queued: on the network thread, in order
//   o  on another thread than the network thread
//   i  at once: it is ready when it is returned
//   h  held: until fake_release_held(), or until it is cancelled
// What follows says with what: "none" absent, "err:CODE" an error, "big:SIZE" so many bytes,
// anything else the key itself. A range read gives `limit` pairs of its begin key.
//
// After fake_be_silent(1) nothing has an answer, as of a cluster that is down: all that is asked is
// held. What a transaction asked then ends with 1025 when that is cancelled, reset or destroyed;
// its watches outlive the last. After fake_be_silent(2) not even that is answered, as if the
// network thread stood still.
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ring/client/client_api.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

using fdbkit::ring::Bytes;
using fdbkit::ring::Callback;
using fdbkit::ring::Key;
using fdbkit::ring::KeyValue;

namespace {
constexpr uint32_t kAlive = 0xA11CE5;
constexpr int kCancelled = 1101;
constexpr int kTransactionCancelled = 1025;

std::atomic<int> futures_alive{0};
std::atomic<int> transactions_alive{0};
std::atomic<int> databases_alive{0};
std::atomic<int> callbacks_set{0};
std::atomic<int> mistakes{0};
std::atomic<int> silent{0};
}  // namespace

struct FDB_transaction;

struct FDB_future {
  uint32_t magic = kAlive;
  std::mutex mutex;
  bool ready = false;
  int error = 0;
  int error_to_come = 0;  // of a held one
  FDB_transaction* owner = nullptr;
  bool outlives = false;
  Callback callback = nullptr;
  void* parameter = nullptr;
  std::string text;
  bool absent = false;
  int64_t number = 0;
  std::vector<KeyValue> pairs;
  std::atomic<int> references{1};

  void release() {
    if (references.fetch_sub(1) != 1) return;
    magic = 0xDEAD;
    futures_alive--;
    delete this;
  }

  void complete(int with_error) {
    Callback call = nullptr;
    {
      std::lock_guard<std::mutex> hold(mutex);
      if (ready) return;
      ready = true;
      error = with_error;
      call = callback;
    }
    if (call != nullptr) call(this, parameter);
  }
};
using Future = FDB_future;

struct FDB_database {
  uint32_t magic = kAlive;
};
struct FDB_transaction {
  uint32_t magic = kAlive;
  int64_t version = -1;
};

namespace {

class Worker {
 public:
  void post(Future* future, int error) {
    std::lock_guard<std::mutex> hold(mutex_);
    queue_.emplace_back(future, error);
    changed_.notify_one();
  }

  void run() {
    std::unique_lock<std::mutex> hold(mutex_);
    for (;;) {
      changed_.wait(hold, [&] { return stopped_ || !queue_.empty(); });
      if (queue_.empty()) return;
      auto [future, error] = queue_.front();
      queue_.pop_front();
      hold.unlock();
      future->complete(error);
      future->release();
      hold.lock();
    }
  }

  void stop() {
    std::lock_guard<std::mutex> hold(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<Future*, int>> queue_;
  bool stopped_ = false;
};

Worker& network() {
  static Worker* worker = new Worker();
  return *worker;
}

Worker& other() {
  static Worker* worker = [] {
    Worker* made = new Worker();
    std::thread([made] { made->run(); }).detach();
    return made;
  }();
  return *worker;
}

std::mutex held_mutex;
std::vector<Future*> held;

Future* start(Future* future, char how, int error) {
  futures_alive++;
  switch (silent ? 'h' : how) {
    case 'i':
      future->complete(error);
      break;
    case 'h': {
      future->references++;
      future->error_to_come = error;
      std::lock_guard<std::mutex> hold(held_mutex);
      held.push_back(future);
      break;
    }
    case 'o':
      future->references++;
      other().post(future, error);
      break;
    default:
      future->references++;
      network().post(future, error);
  }
  return future;
}

Future* start_key(const uint8_t* key, int length, int pairs = -1) {
  const std::string text(reinterpret_cast<const char*>(key), static_cast<size_t>(length));
  Future* future = new Future();
  int error = 0;
  future->text = text;
  const std::string what = text.size() > 1 ? text.substr(1) : "";
  if (what == "none") future->absent = true;
  if (what.rfind("err:", 0) == 0) error = atoi(what.c_str() + 4);
  if (what.rfind("big:", 0) == 0) future->text = std::string(atoi(what.c_str() + 4), 'x');
  for (int i = 0; i < pairs; i++) {
    const Bytes bytes = reinterpret_cast<Bytes>(future->text.data());
    const int size = static_cast<int>(future->text.size());
    future->pairs.push_back(KeyValue{bytes, size, bytes, size});
  }
  return start(future, text.empty() ? 'q' : text[0], error);
}

Future* start_number(int64_t number, char how = 'q', int error = 0) {
  Future* future = new Future();
  future->number = number;
  return start(future, how, error);
}

// Asked by a transaction of a silent cluster: it ends with that.
Future* of(FDB_transaction* transaction, Future* future, bool outlives = false) {
  if (!silent) return future;
  std::lock_guard<std::mutex> hold(held_mutex);
  future->owner = transaction;
  future->outlives = outlives;
  return future;
}

constexpr int kStandsStill = 2;

void end_held(FDB_transaction* transaction, bool destroyed) {
  if (silent == kStandsStill) return;
  std::vector<Future*> ended;
  {
    std::lock_guard<std::mutex> hold(held_mutex);
    for (auto at = held.begin(); at != held.end();) {
      const bool own = (*at)->owner == transaction;
      const bool ends = own && !(destroyed && (*at)->outlives);
      if (ends) ended.push_back(*at);
      // Another transaction may be made in its place.
      if (own) (*at)->owner = nullptr;
      at = ends ? held.erase(at) : at + 1;
    }
  }
  for (Future* future : ended) network().post(future, kTransactionCancelled);
}

Future* check(Future* future) {
  if (future->magic != kAlive) mistakes++;
  return future;
}

}  // namespace

EXPORT int fake_futures_alive(void) { return futures_alive; }
EXPORT int fake_transactions_alive(void) { return transactions_alive; }
EXPORT int fake_databases_alive(void) { return databases_alive; }
EXPORT int fake_callbacks_set(void) { return callbacks_set; }
// Uses of what is destroyed, second callbacks, reads of what is not ready.
EXPORT int fake_mistakes(void) { return mistakes; }
EXPORT int fake_be_silent(int how) { return silent.exchange(how); }
EXPORT int fake_release_held(void) {
  std::vector<Future*> all;
  {
    std::lock_guard<std::mutex> hold(held_mutex);
    all.swap(held);
  }
  for (Future* future : all) network().post(future, future->error_to_come);
  return static_cast<int>(all.size());
}

EXPORT int fdb_select_api_version_impl(int runtime, int header) {
  return runtime > header ? 2202 : header > 740 ? 2203 : 0;
}
EXPORT int fdb_get_max_api_version(void) { return 740; }
EXPORT const char* fdb_get_client_version(void) { return "fake"; }
EXPORT int fdb_network_set_option(int option, Bytes, int) { return option == 10 ? 2006 : 0; }
EXPORT int fdb_setup_network(void) { return 0; }
EXPORT int fdb_run_network(void) {
  network().run();
  return 0;
}
EXPORT int fdb_stop_network(void) {
  network().stop();
  return 0;
}

EXPORT void fdb_future_cancel(Future* future) {
  check(future);
  if (silent == kStandsStill) return;
  {
    std::lock_guard<std::mutex> hold(held_mutex);
    for (auto at = held.begin(); at != held.end(); ++at) {
      if (*at != future) continue;
      held.erase(at);
      future->references--;
      break;
    }
  }
  future->references++;
  network().post(future, kCancelled);
}
EXPORT void fdb_future_destroy(Future* future) { check(future)->release(); }
EXPORT int fdb_future_is_ready(Future* future) {
  std::lock_guard<std::mutex> hold(check(future)->mutex);
  return future->ready;
}
EXPORT int fdb_future_set_callback(Future* future, Callback callback, void* parameter) {
  check(future);
  callbacks_set++;
  bool now;
  {
    std::lock_guard<std::mutex> hold(future->mutex);
    if (future->callback != nullptr) mistakes++;
    future->callback = callback;
    future->parameter = parameter;
    now = future->ready;
  }
  if (now) callback(future, parameter);
  return 0;
}
static int result(Future* future) {
  std::lock_guard<std::mutex> hold(check(future)->mutex);
  if (!future->ready) mistakes++;
  return future->error;
}
EXPORT int fdb_future_get_error(Future* future) { return result(future); }
EXPORT int fdb_future_get_int64(Future* future, int64_t* out) {
  *out = future->number;
  return result(future);
}
EXPORT int fdb_future_get_uint64(Future* future, uint64_t* out) {
  *out = static_cast<uint64_t>(future->number);
  return result(future);
}
EXPORT int fdb_future_get_key(Future* future, Bytes* key, int* length) {
  *key = reinterpret_cast<Bytes>(future->text.data());
  *length = static_cast<int>(future->text.size());
  return result(future);
}
EXPORT int fdb_future_get_value(Future* future, int* present, Bytes* value, int* length) {
  *present = future->absent ? 0 : 1;
  return fdb_future_get_key(future, value, length);
}
EXPORT int fdb_future_get_keyvalue_array(Future* future, const KeyValue** pairs, int* count,
                                         int* more) {
  *pairs = future->pairs.data();
  *count = static_cast<int>(future->pairs.size());
  *more = 1;
  return result(future);
}
// There are none.
EXPORT int fdb_future_get_mappedkeyvalue_array(Future* future,
                                               const fdbkit::ring::MappedKeyValue** pairs,
                                               int* count, int* more) {
  *pairs = nullptr;
  *count = 0;
  *more = 0;
  return result(future);
}
EXPORT int fdb_future_get_string_array(Future* future, const char*** strings, int* count) {
  static const char* addresses[] = {"127.0.0.1:4500", "127.0.0.1:4501"};
  *strings = addresses;
  *count = 2;
  return result(future);
}

EXPORT int fdb_create_database(const char* path, FDB_database** out) {
  if (path != nullptr && strcmp(path, "/refused") == 0) return 1515;
  databases_alive++;
  *out = new FDB_database();
  return 0;
}
EXPORT void fdb_database_destroy(FDB_database* database) {
  databases_alive--;
  delete database;
}
EXPORT int fdb_database_set_option(FDB_database*, int, Bytes, int) { return 0; }
EXPORT Future* fdb_database_get_server_protocol(FDB_database*, uint64_t) { return start_number(0); }
EXPORT int fdb_database_create_transaction(FDB_database*, FDB_transaction** out) {
  transactions_alive++;
  *out = new FDB_transaction();
  return 0;
}

EXPORT void fdb_transaction_destroy(FDB_transaction* transaction) {
  end_held(transaction, true);
  transactions_alive--;
  delete transaction;
}
EXPORT void fdb_transaction_cancel(FDB_transaction* transaction) { end_held(transaction, false); }
EXPORT int fdb_transaction_set_option(FDB_transaction*, int, Bytes, int) { return 0; }
EXPORT void fdb_transaction_set_read_version(FDB_transaction* transaction, int64_t version) {
  transaction->version = version;
}
EXPORT Future* fdb_transaction_get_read_version(FDB_transaction* transaction) {
  return of(transaction, start_number(transaction->version));
}
EXPORT Future* fdb_transaction_get(FDB_transaction* transaction, Bytes key, int length, int) {
  return of(transaction, start_key(key, length));
}
EXPORT Future* fdb_transaction_get_key(FDB_transaction* transaction, Bytes key, int length, int,
                                       int, int) {
  return of(transaction, start_key(key, length));
}
EXPORT Future* fdb_transaction_get_addresses_for_key(FDB_transaction*, Bytes key, int length) {
  return start_key(key, length);
}
EXPORT Future* fdb_transaction_get_range(FDB_transaction* transaction, Bytes begin, int length, int,
                                         int, Bytes, int, int, int, int limit, int, int, int, int,
                                         int) {
  return of(transaction, start_key(begin, length, limit));
}
EXPORT Future* fdb_transaction_get_mapped_range(FDB_transaction* transaction, Bytes begin,
                                                int length, int, int, Bytes, int, int, int, Bytes,
                                                int, int, int, int, int, int, int) {
  return of(transaction, start_key(begin, length));
}
EXPORT void fdb_transaction_set(FDB_transaction*, Bytes, int, Bytes, int) {}
EXPORT void fdb_transaction_atomic_op(FDB_transaction*, Bytes, int, Bytes, int, int) {}
EXPORT void fdb_transaction_clear(FDB_transaction*, Bytes, int) {}
EXPORT void fdb_transaction_clear_range(FDB_transaction*, Bytes, int, Bytes, int) {}
EXPORT Future* fdb_transaction_watch(FDB_transaction* transaction, Bytes key, int length) {
  return of(transaction, start_key(key, length), true);
}
EXPORT Future* fdb_transaction_commit(FDB_transaction* transaction) {
  return of(transaction, start_number(transaction->version));
}
EXPORT int fdb_transaction_get_committed_version(FDB_transaction* transaction, int64_t* version) {
  *version = transaction->version;
  return 0;
}
EXPORT Future* fdb_transaction_get_versionstamp(FDB_transaction* transaction) {
  return of(transaction, start_key(reinterpret_cast<Bytes>("hstampstamp"), 11));
}
EXPORT Future* fdb_transaction_on_error(FDB_transaction* transaction, int error) {
  return of(transaction, start_number(0, 'q', error));
}
EXPORT void fdb_transaction_reset(FDB_transaction* transaction) { end_held(transaction, false); }
EXPORT int fdb_transaction_add_conflict_range(FDB_transaction*, Bytes, int, Bytes, int, int) {
  return 0;
}
