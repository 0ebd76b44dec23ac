// Room run: the course of a test: guests are workloads of a library, the tester runs them.
//
// A workload of a library, for one client: what fdbserver's External workload is.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fdb_c_types.h"
#include "host/spec/options.h"
#include "host/world/world.h"
#include "plugin/abi/workload_abi.h"

namespace fdbkit::host {

struct GuestIdentity {
  int client;
  int client_count;
  int64_t shared_random;
};

// Names the one cluster of a simulation.
extern const char kConnectionString[];

class Guest {
 public:
  enum class Phase { kSetup, kStart, kCheck };
  using Done = std::function<void(bool)>;

  Guest(World& world, const GuestIdentity& identity, const std::vector<Option>& options);
  // Frees the workload and closes its library. A promise that it holds counts no more.
  ~Guest();
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  // Loads the library and makes the workload. False: an error event says why.
  bool make();
  const Options& options() const { return options_; }

  // Runs a phase, on a database that is gone when the workload has told how it went. `done` is
  // called once, in an event of its own.
  void run(Phase phase, Done done);
  std::vector<std::pair<std::string, double>> metrics();
  double check_timeout();

 private:
  struct Pending;
  static plugin::Context::Table context_table;
  static plugin::Promise::Table promise_table;
  static plugin::Metrics::Table metrics_table;

  plugin::Promise promise_for(Done done);
  void close_database();

  World& world_;
  const GuestIdentity identity_;
  Options options_;
  void* library_ = nullptr;
  bool made_ = false;
  plugin::Workload workload_{};
  FDBDatabase* database_ = nullptr;
  // Outlives the guest where a promise is still held.
  std::shared_ptr<Guest*> self_;
};

}  // namespace fdbkit::host
