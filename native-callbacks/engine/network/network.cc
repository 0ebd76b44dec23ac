#include "engine/network/network.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cctype>
#include <cstdlib>
#include <cstring>

#include "engine/options/option_table.h"

namespace fdbkit::engine {

namespace {

constexpr const char* kSeedVariable = "FDBKIT_ENGINE_SEED";

uint64_t initial_seed() {
  const char* given = std::getenv(kSeedVariable);
  if (given != nullptr && *given != '\0') return std::strtoull(given, nullptr, 0);
  // Not std::random_device: where it is linked in it asks for a newer glibc than this does.
  uint64_t seed = 0;
  if (getentropy(&seed, sizeof seed) != 0) std::abort();
  return seed;
}

// A value may name several, separated by ':'; a backslash takes the next ':' or backslash as it is.
bool split_values(const std::string& text, std::vector<std::string>& values) {
  values.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      if (i + 1 == text.size() || (text[i + 1] != '\\' && text[i + 1] != ':')) return false;
      values.back() += text[++i];
    } else if (text[i] == ':') {
      values.emplace_back();
    } else {
      values.back() += text[i];
    }
  }
  return true;
}

bool encode_value(OptionParam param, const std::string& text, OptionValue& value) {
  if (param != OptionParam::kInt) {
    value = text;
    return true;
  }
  char* end = nullptr;
  long long number = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0') return false;
  int64_t bytes = number;
  value = std::string(reinterpret_cast<const char*>(&bytes), sizeof(bytes));
  return true;
}

// FDB_NETWORK_OPTION_ and the option's name, in capitals or not.
const char* environment_value(const std::string& name) {
  if (const char* value = std::getenv(("FDB_NETWORK_OPTION_" + name).c_str())) return value;
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return std::getenv(("FDB_NETWORK_OPTION_" + upper).c_str());
}

}  // namespace

Network& Network::instance() {
  static Network* network = new Network();
  return *network;
}

ErrorCode Network::select_api_version(int runtime_version, int header_version) {
  std::lock_guard guard(mutex_);
  if (api_version_ != 0) return Error::kApiVersionAlreadySet;
  if (runtime_version > header_version) return Error::kApiVersionInvalid;
  if (header_version > kNewestApiVersion) return Error::kApiVersionNotSupported;
  if (runtime_version < kOldestApiVersion) return Error::kApiVersionNotSupported;
  api_version_ = runtime_version;
  return Error::kSuccess;
}

ErrorCode Network::set_option(int option, const OptionValue& value) {
  std::lock_guard guard(mutex_);
  if (api_version_ == 0) return Error::kApiVersionUnset;
  if (ErrorCode code = load_environment_options()) return code;
  if (ErrorCode code = options_.set(option, value, setup_started_)) return code;
  if (setup_started_ && set_up_) {
    loop().post([this, buggify = options_.buggify()] { environment_->buggify = buggify; });
  }
  return Error::kSuccess;
}

ErrorCode Network::load_environment_options() {
  if (environment_loaded_) return Error::kSuccess;
  for (const OptionInfo& info : network_options()) {
    if (info.hidden) continue;
    const char* text = environment_value(info.name);
    if (text == nullptr) continue;
    std::vector<std::string> values;
    if (!split_values(text, values)) return Error::kEnvironmentVariableNetworkOptionFailed;
    for (const std::string& each : values) {
      OptionValue value;
      if (!encode_value(info.param, each, value) ||
          options_.set(info.code, value, setup_started_) != 0) {
        return Error::kEnvironmentVariableNetworkOptionFailed;
      }
    }
  }
  environment_loaded_ = true;
  return Error::kSuccess;
}

ErrorCode Network::setup() {
  std::lock_guard guard(mutex_);
  if (api_version_ == 0) return Error::kApiVersionUnset;
  if (ErrorCode code = load_environment_options()) return code;
  if (setup_started_) return Error::kNetworkAlreadySetup;
  setup_started_ = true;
  if (options_.local_client_disabled() && !options_.has_external_client())
    return Error::kNoExternalClientProvided;
  environment_ = std::make_unique<Environment>(Environment{
      loop(), Random(initial_seed()), options_.buggify(), api_version_.load(), nullptr});
  clusters_ = std::make_unique<ClusterRegistry>(*environment_);
  set_up_.store(true, std::memory_order_release);
  return Error::kSuccess;
}

void Network::simulate(Loop& loop, Wire& wire, uint64_t seed) {
  std::lock_guard guard(mutex_);
  assert(!setup_started_);
  setup_started_ = true;
  run_started_ = true;
  ProcessLoop::set(loop);
  environment_ = std::make_unique<Environment>(
      Environment{loop, Random(seed), Buggify(), kNewestApiVersion, &wire});
  clusters_ = std::make_unique<ClusterRegistry>(*environment_);
  set_up_.store(true, std::memory_order_release);
}

ErrorCode Network::run() {
  {
    std::lock_guard guard(mutex_);
    if (!set_up_) return Error::kNetworkNotSetup;
    if (run_started_) return Error::kNetworkCannotBeRestarted;
    run_started_ = true;
  }
  own_loop_.run();
  std::vector<std::pair<Hook, void*>> hooks;
  {
    std::lock_guard guard(mutex_);
    hooks = hooks_;
  }
  for (const auto& [hook, parameter] : hooks) hook(parameter);
  return Error::kSuccess;
}

ErrorCode Network::stop() {
  if (!is_set_up()) return Error::kNetworkNotSetup;
  own_loop_.stop();
  return Error::kSuccess;
}

ErrorCode Network::add_completion_hook(Hook hook, void* parameter) {
  std::lock_guard guard(mutex_);
  if (!set_up_) return Error::kNetworkNotSetup;
  hooks_.emplace_back(hook, parameter);
  return Error::kSuccess;
}

}  // namespace fdbkit::engine
