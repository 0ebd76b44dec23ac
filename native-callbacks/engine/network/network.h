#pragma once

// The process-wide part: which API version was selected, the network's life (set up once, run once,
// stopped), its options, and the loop and clusters that belong to it.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/cluster/cluster.h"
#include "engine/ground/environment.h"
#include "engine/ground/process_loop.h"
#include "engine/network/network_loop.h"
#include "engine/network/network_options.h"

namespace fdbkit::engine {

inline constexpr int kOldestApiVersion = 510;
inline constexpr int kNewestApiVersion = 740;

class Network {
 public:
  using Hook = void (*)(void*);

  // Never destroyed: handles may outlive static destruction.
  static Network& instance();

  ErrorCode select_api_version(int runtime_version, int header_version);
  int api_version() const { return api_version_.load(std::memory_order_relaxed); }

  ErrorCode set_option(int option, const OptionValue& value);
  ErrorCode setup();
  // In place of setup and run: everything happens on the caller's thread, on its loop and from its
  // seed, and calls travel by its wire. Before an API version is selected.
  void simulate(Loop& loop, Wire& wire, uint64_t seed);
  ErrorCode run();
  ErrorCode stop();
  ErrorCode add_completion_hook(Hook hook, void* parameter);

  bool is_set_up() const { return set_up_.load(std::memory_order_acquire); }
  Loop& loop() { return ProcessLoop::get(); }
  double busyness() const { return own_loop_.busyness(); }
  // Network thread only, after setup.
  Environment& environment() { return *environment_; }
  ClusterRegistry& clusters() { return *clusters_; }

 private:
  Network() { ProcessLoop::set(own_loop_); }
  ErrorCode load_environment_options();

  std::mutex mutex_;
  std::atomic<int> api_version_{0};
  std::atomic<bool> set_up_{false};
  bool setup_started_ = false;
  bool run_started_ = false;
  bool environment_loaded_ = false;
  NetworkOptions options_;
  std::vector<std::pair<Hook, void*>> hooks_;
  NetworkLoop own_loop_;
  std::unique_ptr<Environment> environment_;
  std::unique_ptr<ClusterRegistry> clusters_;
};

}  // namespace fdbkit::engine
