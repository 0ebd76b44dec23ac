// The engine's C API: any sequence of calls that a program may make, decoded from bytes, by one
// thread or by several at once. What the calls answer is not looked at: they return, every callback
// comes once at most, and nothing is left.

#include <array>
#include <atomic>
#include <memory>
#include <thread>

#include "fdb_c.h"
#include "fdb_embedded.h"
#include "test/support/fuzz.h"

namespace fdbkit::test {

namespace {

constexpr int kTransactions = 4;
constexpr int kFutures = 12;
constexpr int kMostThreads = 3;

void start_network() {
  CHECK_EQ(fdb_select_api_version_impl(FDB_API_VERSION, FDB_API_VERSION), 0);
  CHECK_EQ(fdb_setup_network(), 0);
  // It runs until the process ends.
  std::thread([] { fdb_run_network(); }).detach();
}

const uint8_t* bytes_of(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}
int size_of(const std::string& text) { return static_cast<int>(text.size()); }

// Calls of one thread, on handles of its own.
class Program {
 public:
  Program(FDBDatabase* database, Input input) : database_(database), input_(input) {}

  ~Program() {
    for (Future& each : futures_) drop(each);
    for (FDBTransaction*& each : transactions_) {
      if (each != nullptr) fdb_transaction_destroy(each);
    }
    if (tenant_ != nullptr) fdb_tenant_destroy(tenant_);
  }

  void run() {
    while (!input_.empty()) act();
  }

 private:
  struct Future {
    FDBFuture* handle = nullptr;
    // Of the callback that was set last. It outlives the handle: a callback may still be on its
    // way.
    std::shared_ptr<std::atomic<int>> told;
  };

  void act() {
    switch (input_.below(5)) {
      case 0:
        return write();
      case 1:
        return read();
      case 2:
        return look_at(futures_[static_cast<size_t>(input_.below(kFutures))]);
      case 3:
        return manage();
      default:
        return settle();
    }
  }

  FDBTransaction* transaction() {
    FDBTransaction*& one = transactions_[static_cast<size_t>(input_.below(kTransactions))];
    if (one != nullptr) return one;
    const bool inside = tenant_ != nullptr && input_.flag();
    CHECK_EQ(inside ? fdb_tenant_create_transaction(tenant_, &one)
                    : fdb_database_create_transaction(database_, &one),
             0);
    return one;
  }

  // Of few letters, so that keys meet; now and then a system key or a special one.
  std::string key() {
    switch (input_.below(16)) {
      case 0:
        return "\xff" + input_.text(static_cast<size_t>(input_.below(4)));
      case 1:
        return "\xff\xff/" + input_.text(static_cast<size_t>(input_.below(8)));
      case 2:
        return "\xff\xff/management/tenant/map/" + input_.text(1);
      case 3:
        return input_.text(input_.byte());
      default:
        return std::string(1, static_cast<char>('a' + input_.below(8)));
    }
  }

  // Mostly one that there is; else any number, as any caller may pass one.
  template <class Enum>
  Enum one_of(int first, int count) {
    const int drawn = input_.byte();
    return static_cast<Enum>(drawn < 250 ? first + drawn % count : input_.number<int32_t>());
  }

  // Mostly near; else any that a caller may pass.
  int offset() { return input_.byte() < 250 ? input_.number<int8_t>() : input_.number<int32_t>(); }

  std::string value() { return input_.text(static_cast<size_t>(input_.below(40))); }

  void write() {
    FDBTransaction* tn = transaction();
    const std::string first = key();
    switch (input_.below(6)) {
      case 0: {
        const std::string second = key();
        return fdb_transaction_clear_range(tn, bytes_of(first), size_of(first), bytes_of(second),
                                           size_of(second));
      }
      case 1:
        return fdb_transaction_clear(tn, bytes_of(first), size_of(first));
      case 2: {
        const auto type = one_of<FDBMutationType>(0, 32);
        const std::string operand = value();
        return fdb_transaction_atomic_op(tn, bytes_of(first), size_of(first), bytes_of(operand),
                                         size_of(operand), type);
      }
      case 3: {
        const std::string second = key();
        const auto type = one_of<FDBConflictRangeType>(0, 3);
        fdb_transaction_add_conflict_range(tn, bytes_of(first), size_of(first), bytes_of(second),
                                           size_of(second), type);
        return;
      }
      default: {
        const std::string written = value();
        return fdb_transaction_set(tn, bytes_of(first), size_of(first), bytes_of(written),
                                   size_of(written));
      }
    }
  }

  void read() {
    FDBTransaction* tn = transaction();
    const std::string first = key();
    switch (input_.below(10)) {
      case 0:
        return keep(fdb_transaction_get_key(tn, bytes_of(first), size_of(first), input_.flag(),
                                            offset(), input_.flag()));
      case 1:
      case 2:
        return keep(read_range(tn, first));
      case 3:
        return keep(read_mapped(tn, first));
      case 4:
        return keep(fdb_transaction_watch(tn, bytes_of(first), size_of(first)));
      case 5: {
        const std::string end = key();
        return keep(fdb_transaction_get_range_split_points(tn, bytes_of(first), size_of(first),
                                                           bytes_of(end), size_of(end),
                                                           input_.number<int16_t>()));
      }
      case 6: {
        const std::string end = key();
        return keep(fdb_transaction_get_estimated_range_size_bytes(
            tn, bytes_of(first), size_of(first), bytes_of(end), size_of(end)));
      }
      case 7:
        return keep(fdb_transaction_get_addresses_for_key(tn, bytes_of(first), size_of(first)));
      default:
        return keep(fdb_transaction_get(tn, bytes_of(first), size_of(first), input_.flag()));
    }
  }

  FDBFuture* read_range(FDBTransaction* tn, const std::string& begin) {
    const std::string end = key();
    const auto mode = one_of<FDBStreamingMode>(-2, 8);
    return fdb_transaction_get_range(tn, bytes_of(begin), size_of(begin), input_.flag(), offset(),
                                     bytes_of(end), size_of(end), input_.flag(), offset(),
                                     input_.number<int8_t>(), input_.number<int16_t>(), mode,
                                     input_.number<int8_t>(), input_.flag(), input_.flag());
  }

  FDBFuture* read_mapped(FDBTransaction* tn, const std::string& begin) {
    const std::string end = key();
    const std::string mapper = value();
    return fdb_transaction_get_mapped_range(
        tn, bytes_of(begin), size_of(begin), input_.flag(), 1, bytes_of(end), size_of(end),
        input_.flag(), 1, bytes_of(mapper), size_of(mapper), input_.number<int8_t>(),
        input_.number<int16_t>(), FDB_STREAMING_MODE_WANT_ALL, 1, input_.flag(), input_.flag());
  }

  void settle() {
    FDBTransaction* tn = transaction();
    switch (input_.below(10)) {
      case 0:
        return fdb_transaction_reset(tn);
      case 1:
        return fdb_transaction_cancel(tn);
      case 2:
        return keep(fdb_transaction_on_error(tn, input_.number<int16_t>()));
      case 3:
        return fdb_transaction_set_read_version(tn, input_.number<int64_t>());
      case 4:
        return keep(fdb_transaction_get_read_version(tn));
      case 5:
        return keep(fdb_transaction_get_versionstamp(tn));
      case 6: {
        int64_t version = 0;
        fdb_transaction_get_committed_version(tn, &version);
        return keep(fdb_transaction_get_approximate_size(tn));
      }
      case 7:
        return end_transaction(tn);
      default:
        return keep(fdb_transaction_commit(tn));
    }
  }

  void end_transaction(FDBTransaction* tn) {
    std::replace(transactions_.begin(), transactions_.end(), tn,
                 static_cast<FDBTransaction*>(nullptr));
    fdb_transaction_destroy(tn);
  }

  void manage() {
    switch (input_.below(8)) {
      case 0: {
        if (tenant_ != nullptr) fdb_tenant_destroy(tenant_);
        const std::string name = input_.text(1);
        tenant_ = nullptr;
        if (fdb_database_open_tenant(database_, bytes_of(name), size_of(name), &tenant_) != 0) {
          tenant_ = nullptr;
        }
        return;
      }
      case 1:
        if (tenant_ != nullptr) keep(fdb_tenant_get_id(tenant_));
        return;
      case 2:
        return keep(fdb_embedded_save(database_));
      case 3: {
        const std::string content = value();
        return keep(fdb_embedded_load(database_, bytes_of(content), size_of(content)));
      }
      case 4: {
        const std::string given = value();
        fdb_database_set_option(database_, static_cast<FDBDatabaseOption>(input_.number<int16_t>()),
                                bytes_of(given), size_of(given));
        return;
      }
      case 5:
        fdb_embedded_set_faults(database_, input_.byte(), input_.byte(), input_.byte(), 0,
                                input_.byte(), input_.byte());
        return;
      default: {
        const std::string given = value();
        const auto option = static_cast<FDBTransactionOption>(input_.number<int16_t>());
        fdb_transaction_set_option(transaction(), option, bytes_of(given), size_of(given));
      }
    }
  }

  void keep(FDBFuture* future) {
    CHECK(future != nullptr);
    Future& place = futures_[static_cast<size_t>(input_.below(kFutures))];
    drop(place);
    place.handle = future;
  }

  void look_at(Future& future) {
    if (future.handle == nullptr) return;
    switch (input_.below(6)) {
      case 0:
        return fdb_future_cancel(future.handle);
      case 1:
        return listen(future);
      case 2:
        return drop(future);
      case 3:
        if (fdb_future_is_ready(future.handle) != 0) fdb_future_release_memory(future.handle);
        return;
      case 4:
        // What may never settle by itself is cancelled first.
        if (input_.flag()) fdb_future_cancel(future.handle);
        if (fdb_future_is_ready(future.handle) != 0) fdb_future_block_until_ready(future.handle);
        return;
      default:
        return take(future.handle);
    }
  }

  struct Listener {
    std::shared_ptr<std::atomic<int>> told;
  };

  void listen(Future& future) {
    if (future.told.use_count() > 1) return;
    // The one before was told, and another may be set.
    future.told = std::make_shared<std::atomic<int>>(0);
    auto* listener = new Listener{future.told};
    const auto called = [](FDBFuture*, void* parameter) {
      std::unique_ptr<Listener> listener(static_cast<Listener*>(parameter));
      CHECK_EQ(listener->told->fetch_add(1), 0);
    };
    if (fdb_future_set_callback(future.handle, called, listener) != 0) delete listener;
  }

  // By a getter of any kind, fitting or not.
  void take(FDBFuture* future) {
    fdb_bool_t flag = 0;
    int count = 0;
    int64_t number = 0;
    const uint8_t* bytes = nullptr;
    const FDBKeyValue* rows = nullptr;
    const FDBMappedKeyValue* mapped = nullptr;
    const FDBKey* keys = nullptr;
    const char** strings = nullptr;
    const FDBKeyRange* ranges = nullptr;
    double real = 0;
    switch (input_.below(10)) {
      case 0:
        fdb_future_get_bool(future, &flag);
        return;
      case 1:
        fdb_future_get_double(future, &real);
        return;
      case 2:
        if (fdb_future_get_key(future, &bytes, &count) == 0) sum(bytes, count);
        return;
      case 3:
        if (fdb_future_get_value(future, &flag, &bytes, &count) == 0 && flag != 0)
          sum(bytes, count);
        return;
      case 4:
        if (fdb_future_get_keyvalue_array(future, &rows, &count, &flag) != 0) return;
        for (int i = 0; i < count; i++) {
          const FDBKeyValue row = rows[i];
          sum(static_cast<const uint8_t*>(row.key), row.key_length);
          sum(static_cast<const uint8_t*>(row.value), row.value_length);
        }
        return;
      case 5:
        fdb_future_get_mappedkeyvalue_array(future, &mapped, &count, &flag);
        return;
      case 6:
        fdb_future_get_key_array(future, &keys, &count);
        return;
      case 7:
        fdb_future_get_string_array(future, &strings, &count);
        return;
      case 8:
        fdb_future_get_keyrange_array(future, &ranges, &count);
        return;
      default:
        fdb_future_get_int64(future, &number);
        fdb_future_get_error(future);
    }
  }

  // Reads them, for a sanitizer to see.
  void sum(const uint8_t* bytes, int length) {
    for (int i = 0; i < length; i++) sum_ = sum_ + bytes[i];
  }

  // A callback that was set comes: the cancel sees to that, and it gives its listener back.
  void drop(Future& future) {
    if (future.handle == nullptr) return;
    fdb_future_cancel(future.handle);
    fdb_future_destroy(future.handle);
    future = Future{};
  }

  FDBDatabase* database_;
  Input input_;
  FDBTenant* tenant_ = nullptr;
  std::array<FDBTransaction*, kTransactions> transactions_{};
  std::array<Future, kFutures> futures_;
  volatile uint32_t sum_ = 0;
};

}  // namespace

void fuzz(const uint8_t* data, size_t size) {
  static const bool started = (start_network(), true);
  CHECK(started);
  FDBDatabase* database = nullptr;
  CHECK_EQ(fdb_create_database_from_connection_string("fuzz:engine@127.0.0.1:1", &database), 0);
  Input input(data, size);
  // Most are of one thread, whose finding is the same again.
  const int drawn = input.byte();
  const int count = drawn < 192 ? 1 : 1 + drawn % kMostThreads;
  const size_t share = input.left() / static_cast<size_t>(count);
  std::vector<std::thread> threads;
  for (int i = 1; i < count; i++) {
    const std::string part = input.text(share);
    threads.emplace_back(
        [database, part] { Program(database, Input(bytes_of(part), part.size())).run(); });
  }
  const std::string part = input.rest();
  Program(database, Input(bytes_of(part), part.size())).run();
  for (std::thread& each : threads) each.join();
  fdb_database_destroy(database);
}

}  // namespace fdbkit::test

FUZZ_TARGET("engine", 2000)
