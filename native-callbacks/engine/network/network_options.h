#pragma once

// Network options: checked as the real client checks them. Those about traces, TLS and other
// libraries have nothing to act on here; the client's buggify options work.

#include <string>

#include "engine/ground/buggify.h"
#include "engine/ground/errors.h"
#include "engine/options/option_value.h"

namespace fdbkit::engine {

class NetworkOptions {
 public:
  // `setup_started`: some options come too late then.
  ErrorCode set(int option, const OptionValue& value, bool setup_started);

  // Whether set-up has a client library to use: the local one may be switched off.
  bool local_client_disabled() const { return local_client_disabled_ || client_threads_ > 1; }
  bool has_external_client() const { return external_client_; }
  const Buggify& buggify() const { return buggify_; }

 private:
  ErrorCode set_client_library(int option, const OptionValue& value, bool setup_started);
  ErrorCode set_trace(int option, const OptionValue& value);
  ErrorCode set_buggify(int option, const OptionValue& value);

  bool local_client_disabled_ = false;
  bool bypass_disabled_ = false;
  bool multi_version_disabled_ = false;
  bool external_client_ = false;
  int64_t client_threads_ = 0;
  Buggify buggify_;
};

}  // namespace fdbkit::engine
