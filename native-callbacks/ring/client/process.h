// The network of the process: one client library, one API version, one network thread.
// Every worker shares it, so its state lives here and not in JavaScript.
#pragma once

#include <pthread.h>

#include <atomic>
#include <mutex>
#include <string>

#include "ring/client/client_api.h"

namespace fdbkit::ring {

// The numbers are known to src/native/library/network.ts.
enum class NetworkState : int {
  kUnloaded = 0,
  kLoaded = 1,
  kSelected = 2,
  kRunning = 3,
  kStopped = 4,
  kFailed = 5,
};

enum class StartResult : int {
  kRunning = 0,
  kLoadFailed = 1,
  kOtherLibrary = 2,
  kOtherVersion = 3,
  kOptionsAfterStart = 4,
  kStopped = 5,
  kFailed = 6,
  kSelectError = 7,
  kOptionError = 8,
  kSetupError = 9,
  kThreadError = 10,
};

struct ProcessInfo {
  NetworkState state;
  int api_version;
  int run_error;
  std::string library;
};

struct StartReport {
  int code = 0;         // error of the C API or of the system, or the number of the option
  int option = 0;       // the option that was refused
  std::string problem;  // what the loader said
};

class Process {
 public:
  static Process& instance();

  // Loads, selects, sets the options and starts the network thread: all of it or nothing that would
  // keep a corrected second try from working. `options` is a row of {int code, int length, bytes},
  // length -1 for an option without a value.
  StartResult start(const char* path, int api_version, const uint8_t* options, int options_length,
                    StartReport& report);

  // The copy of the package that came first, in its own words; the caller's, when it is that.
  std::string claim(const char* copy);

  // Stops the network and joins its thread. Does nothing when it does not run. Returns the error of
  // the C API.
  int stop();

  bool running() const { return state() == NetworkState::kRunning; }
  ProcessInfo info();

  // Valid once the state is kRunning or later.
  const ClientApi& api() const { return api_; }

 private:
  Process() = default;
  NetworkState state() const { return state_.load(std::memory_order_acquire); }
  StartResult load(const char* path, StartReport& report);
  StartResult select(int api_version, StartReport& report);
  StartResult set_options(const uint8_t* options, int length, StartReport& report);
  StartResult run(StartReport& report);
  static void* run_network(void* self);

  std::mutex mutex_;
  std::atomic<NetworkState> state_{NetworkState::kUnloaded};
  std::atomic<int> run_error_{0};
  ClientApi api_;
  std::string first_copy_;
  std::string path_;
  std::string options_;
  int api_version_ = 0;
  pthread_t thread_{};
};

}  // namespace fdbkit::ring
