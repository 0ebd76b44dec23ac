#include "ring/client/process.h"

#include <cstdlib>
#include <cstring>

namespace fdbkit::ring {

static constexpr int kNewestApiVersion = 740;

Process& Process::instance() {
  // Never destroyed: threads of the client library may outlive static destructors.
  static Process* process = new Process();
  return *process;
}

StartResult Process::start(const char* path, int api_version, const uint8_t* options,
                           int options_length, StartReport& report) {
  std::lock_guard<std::mutex> hold(mutex_);
  if (state() == NetworkState::kStopped) return StartResult::kStopped;
  if (state() == NetworkState::kFailed) return StartResult::kFailed;
  if (state() != NetworkState::kUnloaded && path_ != path) return StartResult::kOtherLibrary;
  if (api_version_ != 0 && api_version != 0 && api_version_ != api_version) {
    return StartResult::kOtherVersion;
  }
  if (state() == NetworkState::kRunning) {
    const bool same =
        options_length == 0 || options_ == std::string(reinterpret_cast<const char*>(options),
                                                       static_cast<size_t>(options_length));
    return same ? StartResult::kRunning : StartResult::kOptionsAfterStart;
  }
  StartResult result = load(path, report);
  if (result == StartResult::kRunning) result = select(api_version, report);
  if (result == StartResult::kRunning) result = set_options(options, options_length, report);
  if (result == StartResult::kRunning) result = run(report);
  return result;
}

std::string Process::claim(const char* copy) {
  std::lock_guard<std::mutex> hold(mutex_);
  if (first_copy_.empty()) first_copy_ = copy;
  return first_copy_;
}

StartResult Process::load(const char* path, StartReport& report) {
  if (state() != NetworkState::kUnloaded) return StartResult::kRunning;
  if (!api_.load(path, report.problem)) return StartResult::kLoadFailed;
  path_ = path;
  state_ = NetworkState::kLoaded;
  return StartResult::kRunning;
}

StartResult Process::select(int api_version, StartReport& report) {
  if (state() != NetworkState::kLoaded) return StartResult::kRunning;
  if (api_version == 0) {
    const int newest = api_.get_max_api_version();
    api_version = newest < kNewestApiVersion ? newest : kNewestApiVersion;
  }
  report.code = api_.select_api_version_impl(api_version, api_version);
  if (report.code != 0) return StartResult::kSelectError;
  api_version_ = api_version;
  state_ = NetworkState::kSelected;
  return StartResult::kRunning;
}

StartResult Process::set_options(const uint8_t* options, int length, StartReport& report) {
  for (int at = 0; at < length;) {
    int header[2];
    memcpy(header, options + at, sizeof header);
    at += static_cast<int>(sizeof header);
    const bool valued = header[1] >= 0;
    report.option = header[0];
    report.code =
        api_.network_set_option(header[0], valued ? options + at : nullptr, valued ? header[1] : 0);
    if (report.code != 0) return StartResult::kOptionError;
    if (valued) at += header[1];
  }
  options_.assign(reinterpret_cast<const char*>(options), static_cast<size_t>(length));
  return StartResult::kRunning;
}

StartResult Process::run(StartReport& report) {
  report.code = api_.setup_network();
  if (report.code != 0) {
    state_ = NetworkState::kFailed;
    return StartResult::kSetupError;
  }
  report.code = pthread_create(&thread_, nullptr, run_network, this);
  if (report.code != 0) {
    state_ = NetworkState::kFailed;
    return StartResult::kThreadError;
  }
  state_ = NetworkState::kRunning;
  // JavaScript stops the network when the main thread exits. This is for a process whose main
  // thread never loaded the project: only its workers did.
  std::atexit([] { Process::instance().stop(); });
  return StartResult::kRunning;
}

void* Process::run_network(void* self) {
#ifdef __linux__
  pthread_setname_np(pthread_self(), "fdb-network");
#endif
  Process* process = static_cast<Process*>(self);
  process->run_error_ = process->api_.run_network();
  return nullptr;
}

ProcessInfo Process::info() {
  std::lock_guard<std::mutex> hold(mutex_);
  return ProcessInfo{state(), api_version_, run_error_.load(), path_};
}

int Process::stop() {
  std::lock_guard<std::mutex> hold(mutex_);
  if (state() != NetworkState::kRunning) return 0;
  const int error = api_.stop_network();
  if (error != 0) return error;
  pthread_join(thread_, nullptr);
  state_ = NetworkState::kStopped;
  return 0;
}

}  // namespace fdbkit::ring
