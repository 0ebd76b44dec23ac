#include "engine/network/network_options.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <limits>

#include "engine/options/option_table.h"
#include "fdb_c_options.h"

namespace fdbkit::engine {

namespace {

constexpr int64_t kMostClientThreads = 1024;
constexpr std::size_t kLongestTraceIdentifier = 50;

bool is_identifier(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

ErrorCode require_filled_value(const OptionValue& value) {
  return value && !value->empty() ? Error::kSuccess : Error::kInvalidOptionValue;
}

ErrorCode read_percentage(const OptionValue& value, double& out) {
  int64_t percent = 0;
  if (ErrorCode code = read_int_option(value, 0, 100, percent)) return code;
  out = static_cast<double>(percent) / 100.0;
  return Error::kSuccess;
}

}  // namespace

ErrorCode NetworkOptions::set(int option, const OptionValue& value, bool setup_started) {
  if (find_option(network_options(), option) == nullptr) return Error::kInvalidOption;
  switch (option) {
    case FDB_NET_OPTION_DISABLE_MULTI_VERSION_CLIENT_API:
    case FDB_NET_OPTION_CALLBACKS_ON_EXTERNAL_THREADS:
    case FDB_NET_OPTION_EXTERNAL_CLIENT_LIBRARY:
    case FDB_NET_OPTION_EXTERNAL_CLIENT_DIRECTORY:
    case FDB_NET_OPTION_DISABLE_LOCAL_CLIENT:
    case FDB_NET_OPTION_CLIENT_THREADS_PER_VERSION:
    case FDB_NET_OPTION_FUTURE_VERSION_CLIENT_LIBRARY:
    case FDB_NET_OPTION_DISABLE_CLIENT_BYPASS:
    case FDB_NET_OPTION_EXTERNAL_CLIENT:
      return set_client_library(option, value, setup_started);
    case FDB_NET_OPTION_CLIENT_TMP_DIR:
      return require_filled_value(value);
    case FDB_NET_OPTION_TRACE_SHARE_AMONG_CLIENT_THREADS:
    case FDB_NET_OPTION_IGNORE_EXTERNAL_CLIENT_FAILURES:
    case FDB_NET_OPTION_FAIL_INCOMPATIBLE_CLIENT:
    case FDB_NET_OPTION_RETAIN_CLIENT_LIBRARY_COPIES:
    case FDB_NET_OPTION_DISABLE_CLIENT_STATISTICS_LOGGING:
    case FDB_NET_OPTION_ENABLE_RUN_LOOP_PROFILING:
      return require_no_value(value);
    case FDB_NET_OPTION_TLS_PLUGIN:
    case FDB_NET_OPTION_TLS_CERT_PATH:
    case FDB_NET_OPTION_TLS_CERT_BYTES:
    case FDB_NET_OPTION_TLS_CA_PATH:
    case FDB_NET_OPTION_TLS_CA_BYTES:
    case FDB_NET_OPTION_TLS_PASSWORD:
    case FDB_NET_OPTION_TLS_KEY_PATH:
    case FDB_NET_OPTION_TLS_KEY_BYTES:
    case FDB_NET_OPTION_TLS_VERIFY_PEERS:
    case FDB_NET_OPTION_SUPPORTED_CLIENT_VERSIONS:
      return require_value(value);
    case FDB_NET_OPTION_KNOB:
      return value && value->find('=') != std::string::npos ? Error::kSuccess
                                                            : Error::kInvalidOptionValue;
    case FDB_NET_OPTION_CLIENT_BUGGIFY_ENABLE:
    case FDB_NET_OPTION_CLIENT_BUGGIFY_DISABLE:
    case FDB_NET_OPTION_CLIENT_BUGGIFY_SECTION_ACTIVATED_PROBABILITY:
    case FDB_NET_OPTION_CLIENT_BUGGIFY_SECTION_FIRED_PROBABILITY:
      return set_buggify(option, value);
    default:
      return set_trace(option, value);
  }
}

ErrorCode NetworkOptions::set_client_library(int option, const OptionValue& value,
                                             bool setup_started) {
  struct stat status {};
  switch (option) {
    case FDB_NET_OPTION_EXTERNAL_CLIENT_LIBRARY:
    case FDB_NET_OPTION_FUTURE_VERSION_CLIENT_LIBRARY:
      if (ErrorCode code = require_filled_value(value)) return code;
      if (::stat(value->c_str(), &status) != 0) return Error::kFileNotFound;
      if (setup_started) return Error::kInvalidOption;
      external_client_ = true;
      return Error::kSuccess;
    case FDB_NET_OPTION_EXTERNAL_CLIENT_DIRECTORY:
      if (ErrorCode code = require_filled_value(value)) return code;
      return setup_started ? Error::kInvalidOption : Error::kSuccess;
    case FDB_NET_OPTION_CLIENT_THREADS_PER_VERSION:
      if (ErrorCode code = require_filled_value(value)) return code;
      if (setup_started) return Error::kInvalidOption;
      return read_int_option(value, 1, kMostClientThreads, client_threads_);
    case FDB_NET_OPTION_DISABLE_MULTI_VERSION_CLIENT_API:
      if (ErrorCode code = require_no_value(value)) return code;
      if (setup_started || local_client_disabled_ || bypass_disabled_) return Error::kInvalidOption;
      multi_version_disabled_ = true;
      return Error::kSuccess;
    case FDB_NET_OPTION_DISABLE_LOCAL_CLIENT:
      if (ErrorCode code = require_no_value(value)) return code;
      if (setup_started || multi_version_disabled_) return Error::kInvalidOption;
      local_client_disabled_ = true;
      return Error::kSuccess;
    case FDB_NET_OPTION_DISABLE_CLIENT_BYPASS:
      if (setup_started || multi_version_disabled_) return Error::kInvalidOption;
      bypass_disabled_ = true;
      return Error::kSuccess;
    default:
      if (ErrorCode code = require_no_value(value)) return code;
      return setup_started ? Error::kInvalidOption : Error::kSuccess;
  }
}

ErrorCode NetworkOptions::set_trace(int option, const OptionValue& value) {
  int64_t number = 0;
  switch (option) {
    case FDB_NET_OPTION_TRACE_ROLL_SIZE:
    case FDB_NET_OPTION_TRACE_MAX_LOGS_SIZE:
      return read_int_option(value, 0, std::numeric_limits<int64_t>::max(), number);
    case FDB_NET_OPTION_TRACE_FORMAT:
      return value && (*value == "xml" || *value == "json") ? Error::kSuccess
                                                            : Error::kInvalidOptionValue;
    case FDB_NET_OPTION_TRACE_CLOCK_SOURCE:
      return value && (*value == "now" || *value == "realtime") ? Error::kSuccess
                                                                : Error::kInvalidOptionValue;
    case FDB_NET_OPTION_TRACE_FILE_IDENTIFIER:
      return value && value->size() <= kLongestTraceIdentifier && is_identifier(*value)
                 ? Error::kSuccess
                 : Error::kInvalidOptionValue;
    case FDB_NET_OPTION_TRACE_PARTIAL_FILE_SUFFIX:
      return require_value(value);
    case FDB_NET_OPTION_DISTRIBUTED_CLIENT_TRACER: {
      if (!value) return Error::kInvalidOptionValue;
      constexpr const char* kTracers[] = {"none", "disabled", "logfile",
                                          "file", "log_file", "network_lossy"};
      bool known = std::any_of(std::begin(kTracers), std::end(kTracers),
                               [&](const char* each) { return *value == each; });
      return known ? Error::kSuccess : Error::kInvalidOptionValue;
    }
    default:
      return Error::kSuccess;
  }
}

ErrorCode NetworkOptions::set_buggify(int option, const OptionValue& value) {
  double probability = 0;
  switch (option) {
    case FDB_NET_OPTION_CLIENT_BUGGIFY_ENABLE:
      buggify_.enable();
      return Error::kSuccess;
    case FDB_NET_OPTION_CLIENT_BUGGIFY_DISABLE:
      buggify_.disable();
      return Error::kSuccess;
    case FDB_NET_OPTION_CLIENT_BUGGIFY_SECTION_ACTIVATED_PROBABILITY:
      if (ErrorCode code = read_percentage(value, probability)) return code;
      buggify_.set_activated_probability(probability);
      return Error::kSuccess;
    default:
      if (ErrorCode code = read_percentage(value, probability)) return code;
      buggify_.set_fired_probability(probability);
      return Error::kSuccess;
  }
}

}  // namespace fdbkit::engine
