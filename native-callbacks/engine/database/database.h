#pragma once

// An FDBDatabase: a cluster as one handle sees it, with its options and its limit of watches.
// Counted on the network thread only; a handle owns one reference, so do its transactions and
// watches.

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/cluster/cluster.h"
#include "engine/database/connection_string.h"
#include "engine/database/faults.h"
#include "engine/options/option_value.h"
#include "fdb_c_types.h"

namespace fdbkit::engine {

using PersistentOptions = std::vector<std::pair<int, OptionValue>>;

class Database final : public WatchOwner {
 public:
  // Any thread: the handle exists at once, open() follows on the network thread.
  Database() = default;
  static Database* of(FDBDatabase* handle) { return reinterpret_cast<Database*>(handle); }
  FDBDatabase* handle() { return reinterpret_cast<FDBDatabase*>(this); }

  // Network thread, before anything else.
  void open(ClusterRegistry& clusters, Environment& environment, ConnectionRecord record);

  Environment& environment() const { return *environment_; }
  // Only without a deferred error.
  Cluster& cluster() const { return *cluster_; }
  const ConnectionRecord& record() const { return record_; }
  int api_version() const { return environment_->api_version; }

  // Errors of opening or of an option: every later operation on the database returns it.
  ErrorCode deferred_error() const { return deferred_error_; }
  void set_option(int option, const OptionValue& value);

  const PersistentOptions& transaction_defaults() const { return transaction_defaults_; }
  int snapshot_ryw_enabled() const { return snapshot_ryw_enabled_; }

  Faults& faults() { return faults_; }

  // In a simulation: whose database this is.
  int client() const { return client_; }
  void set_client(int client) { client_ = client; }

  bool count_watch() override;
  void uncount_watch() override { --outstanding_watches_; }
  void tell_of_change(std::function<void()> heard) override;

  // Holds a future that never becomes ready by itself; at most a bounded number, the oldest is
  // cancelled.
  void keep_pending(FutureRef future);

  void add_reference() override { ++references_; }
  void drop_reference() override {
    if (--references_ == 0) delete this;
  }

 private:
  ~Database();
  ErrorCode apply_option(int option, const OptionValue& value);

  int references_ = 1;
  int client_ = 0;
  Environment* environment_ = nullptr;
  ClusterRegistry* clusters_ = nullptr;
  Cluster* cluster_ = nullptr;
  ConnectionRecord record_;
  Faults faults_;
  ErrorCode deferred_error_ = Error::kSuccess;
  PersistentOptions transaction_defaults_;
  int snapshot_ryw_enabled_ = 1;
  int64_t max_watches_ = 10000;
  int64_t outstanding_watches_ = 0;
  std::deque<FutureRef> never_ready_;
};

}  // namespace fdbkit::engine
