// Errors, versions and the network's life.

#include "engine/c_api/support.h"

using fdbkit::engine::Network;

extern "C" {

const char* fdb_get_error(fdb_error_t code) { return fdbkit::engine::error_text(code); }

fdb_bool_t fdb_error_predicate(int predicate_test, fdb_error_t code) {
  bool maybe_committed = fdbkit::engine::is_maybe_committed(code);
  bool not_committed = fdbkit::engine::is_retryable_not_committed(code);
  switch (predicate_test) {
    case FDB_ERROR_PREDICATE_RETRYABLE:
      return maybe_committed || not_committed;
    case FDB_ERROR_PREDICATE_MAYBE_COMMITTED:
      return maybe_committed;
    case FDB_ERROR_PREDICATE_RETRYABLE_NOT_COMMITTED:
      return not_committed;
    default:
      return false;
  }
}

fdb_error_t fdb_select_api_version_impl(int runtime_version, int header_version) {
  return Network::instance().select_api_version(runtime_version, header_version);
}

int fdb_get_max_api_version(void) { return fdbkit::engine::kNewestApiVersion; }

const char* fdb_get_client_version(void) { return "7.4.6,fdbkit-embedded,fdb00b074000000"; }

void fdb_use_future_protocol_version(void) {}

fdb_error_t fdb_network_set_option(FDBNetworkOption option, const uint8_t* value,
                                   int value_length) {
  return Network::instance().set_option(option, fdbkit::engine::option_value(value, value_length));
}

fdb_error_t fdb_setup_network(void) { return Network::instance().setup(); }

fdb_error_t fdb_run_network(void) { return Network::instance().run(); }

fdb_error_t fdb_stop_network(void) { return Network::instance().stop(); }

fdb_error_t fdb_add_network_thread_completion_hook(void (*hook)(void*), void* parameter) {
  return Network::instance().add_completion_hook(hook, parameter);
}

}  // extern "C"
