#pragma once

// A small client of the C API for tests: the network on a thread of its own, handles that destroy
// themselves, and waits that say where they failed.

#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fdb_c.h"
#include "test/support/check.h"

namespace fdbkit::test {

inline const uint8_t* bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}
inline int size(const std::string& text) { return static_cast<int>(text.size()); }

/// Runs `body` in a child process, because a process can set up the network only once.
template <class Body>
void in_child(Body body) {
  std::fflush(nullptr);
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    body();
    std::exit(0);
  }
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK(WIFEXITED(status));
  CHECK_EQ(WEXITSTATUS(status), 0);
}

/// The network of this process, from construction to destruction.
class NetworkThread {
 public:
  explicit NetworkThread(int version = FDB_API_VERSION) {
    CHECK_EQ(fdb_select_api_version_impl(version, FDB_API_VERSION), 0);
    CHECK_EQ(fdb_setup_network(), 0);
    thread_ = std::thread([] { CHECK_EQ(fdb_run_network(), 0); });
  }
  ~NetworkThread() {
    CHECK_EQ(fdb_stop_network(), 0);
    thread_.join();
  }

 private:
  std::thread thread_;
};

/// How waits wait: the network has no thread of its own where a test simulates it.
inline void (*wait_for)(FDBFuture*) = [](FDBFuture* future) {
  CHECK_EQ(fdb_future_block_until_ready(future), 0);
};

class FutureHandle {
 public:
  explicit FutureHandle(FDBFuture* future) : future_(future) {}
  FutureHandle(FutureHandle&& other) noexcept : future_(std::exchange(other.future_, nullptr)) {}
  ~FutureHandle() {
    if (future_ != nullptr) fdb_future_destroy(future_);
  }
  FDBFuture* get() const { return future_; }
  bool ready() const { return fdb_future_is_ready(future_) != 0; }
  /// Waits; returns the error.
  fdb_error_t wait() const {
    wait_for(future_);
    return fdb_future_get_error(future_);
  }
  int64_t int64() const {
    CHECK_EQ(wait(), 0);
    int64_t value = 0;
    CHECK_EQ(fdb_future_get_int64(future_, &value), 0);
    return value;
  }
  std::string key() const {
    CHECK_EQ(wait(), 0);
    const uint8_t* key = nullptr;
    int length = 0;
    CHECK_EQ(fdb_future_get_key(future_, &key, &length), 0);
    return std::string(reinterpret_cast<const char*>(key), static_cast<std::size_t>(length));
  }
  std::optional<std::string> value() const {
    CHECK_EQ(wait(), 0);
    fdb_bool_t present = 0;
    const uint8_t* value = nullptr;
    int length = 0;
    CHECK_EQ(fdb_future_get_value(future_, &present, &value, &length), 0);
    if (present == 0) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(value), static_cast<std::size_t>(length));
  }
  using Rows = std::vector<std::pair<std::string, std::string>>;
  Rows rows(bool* more = nullptr) const {
    CHECK_EQ(wait(), 0);
    const FDBKeyValue* pairs = nullptr;
    int count = 0;
    fdb_bool_t has_more = 0;
    CHECK_EQ(fdb_future_get_keyvalue_array(future_, &pairs, &count, &has_more), 0);
    if (more != nullptr) *more = has_more != 0;
    Rows rows;
    for (int i = 0; i < count; ++i) {
      FDBKeyValue pair = pairs[i];
      rows.emplace_back(std::string(reinterpret_cast<const char*>(pair.key),
                                    static_cast<std::size_t>(pair.key_length)),
                        std::string(reinterpret_cast<const char*>(pair.value),
                                    static_cast<std::size_t>(pair.value_length)));
    }
    return rows;
  }

 private:
  FDBFuture* future_;
};

class Txn {
 public:
  explicit Txn(FDBDatabase* database) {
    CHECK_EQ(fdb_database_create_transaction(database, &handle_), 0);
  }
  /// Of a tenant: it is owned from here on.
  explicit Txn(FDBTransaction* made) : handle_(made) {}
  Txn(Txn&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Txn() {
    if (handle_ != nullptr) fdb_transaction_destroy(handle_);
  }
  FDBTransaction* handle() const { return handle_; }

  FutureHandle get(const std::string& key, bool snapshot = false) {
    return FutureHandle(fdb_transaction_get(handle_, bytes(key), size(key), snapshot));
  }
  FutureHandle get_key(const std::string& key, bool or_equal, int offset) {
    return FutureHandle(
        fdb_transaction_get_key(handle_, bytes(key), size(key), or_equal, offset, 0));
  }
  FutureHandle range(const std::string& begin, const std::string& end, int limit = 0,
                     bool reverse = false, bool snapshot = false,
                     FDBStreamingMode mode = FDB_STREAMING_MODE_WANT_ALL) {
    return FutureHandle(fdb_transaction_get_range(
        handle_, FDB_KEYSEL_FIRST_GREATER_OR_EQUAL(bytes(begin), size(begin)),
        FDB_KEYSEL_FIRST_GREATER_OR_EQUAL(bytes(end), size(end)), limit, 0, mode, 1, snapshot,
        reverse));
  }
  void set(const std::string& key, const std::string& value) {
    fdb_transaction_set(handle_, bytes(key), size(key), bytes(value), size(value));
  }
  void clear(const std::string& key) { fdb_transaction_clear(handle_, bytes(key), size(key)); }
  void clear_range(const std::string& begin, const std::string& end) {
    fdb_transaction_clear_range(handle_, bytes(begin), size(begin), bytes(end), size(end));
  }
  void atomic(FDBMutationType type, const std::string& key, const std::string& param) {
    fdb_transaction_atomic_op(handle_, bytes(key), size(key), bytes(param), size(param), type);
  }
  FutureHandle watch(const std::string& key) {
    return FutureHandle(fdb_transaction_watch(handle_, bytes(key), size(key)));
  }
  FutureHandle commit() { return FutureHandle(fdb_transaction_commit(handle_)); }
  FutureHandle on_error(fdb_error_t code) {
    return FutureHandle(fdb_transaction_on_error(handle_, code));
  }
  FutureHandle versionstamp() { return FutureHandle(fdb_transaction_get_versionstamp(handle_)); }
  FutureHandle read_version() { return FutureHandle(fdb_transaction_get_read_version(handle_)); }
  FutureHandle approximate_size() {
    return FutureHandle(fdb_transaction_get_approximate_size(handle_));
  }
  int64_t committed_version() {
    int64_t version = 0;
    CHECK_EQ(fdb_transaction_get_committed_version(handle_, &version), 0);
    return version;
  }
  void reset() { fdb_transaction_reset(handle_); }
  void cancel() { fdb_transaction_cancel(handle_); }
  fdb_error_t option(FDBTransactionOption option) {
    return fdb_transaction_set_option(handle_, option, nullptr, 0);
  }
  fdb_error_t option(FDBTransactionOption option, int64_t value) {
    return fdb_transaction_set_option(handle_, option, reinterpret_cast<const uint8_t*>(&value),
                                      sizeof value);
  }
  fdb_error_t option(FDBTransactionOption option, const std::string& value) {
    return fdb_transaction_set_option(handle_, option, bytes(value), size(value));
  }
  fdb_error_t conflict(const std::string& begin, const std::string& end,
                       FDBConflictRangeType type) {
    return fdb_transaction_add_conflict_range(handle_, bytes(begin), size(begin), bytes(end),
                                              size(end), type);
  }

 private:
  FDBTransaction* handle_ = nullptr;
};

/// A database of its own for each name.
class Db {
 public:
  explicit Db(const std::string& name) {
    std::string connection = name + ":test@127.0.0.1:4500";
    CHECK_EQ(fdb_create_database_from_connection_string(connection.c_str(), &handle_), 0);
  }
  ~Db() { fdb_database_destroy(handle_); }
  Db(const Db&) = delete;
  FDBDatabase* handle() const { return handle_; }
  Txn begin() const { return Txn(handle_); }
  void put(const std::string& key, const std::string& value) const {
    Txn txn = begin();
    txn.set(key, value);
    CHECK_EQ(txn.commit().wait(), 0);
  }
  std::optional<std::string> read(const std::string& key) const { return begin().get(key).value(); }
  fdb_error_t option(FDBDatabaseOption option, int64_t value) const {
    return fdb_database_set_option(handle_, option, reinterpret_cast<const uint8_t*>(&value),
                                   sizeof value);
  }

 private:
  FDBDatabase* handle_ = nullptr;
};

inline std::string show(const std::string& text) { return show(std::string_view(text)); }
inline std::string show(const std::optional<std::string>& value) {
  return value ? show(*value) : "nothing";
}

}  // namespace fdbkit::test
