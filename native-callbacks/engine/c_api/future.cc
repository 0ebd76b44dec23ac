// Futures: state, callbacks and the typed results.

#include "engine/c_api/support.h"

using fdbkit::engine::ArrayResult;
using fdbkit::engine::ErrorCode;
using fdbkit::engine::Future;
using fdbkit::engine::OptionalValue;
namespace Error = fdbkit::engine::Error;

namespace {

template <class T, class Out>
ErrorCode get_scalar(FDBFuture* future, Out* out) {
  return Future::of(future)->get<T>([&](const T& value) {
    *out = static_cast<Out>(value);
    return ErrorCode{Error::kSuccess};
  });
}

template <class T>
ErrorCode get_array(FDBFuture* future, ArrayResult::Element element, T** out, int* out_count,
                    fdb_bool_t* out_more) {
  return Future::of(future)->get<ArrayResult>([&](ArrayResult& value) -> ErrorCode {
    if (value.element != element) return Error::kClientInvalidOperation;
    *out = reinterpret_cast<T*>(value.block.get());
    *out_count = value.count;
    if (out_more != nullptr) *out_more = value.more;
    return Error::kSuccess;
  });
}

}  // namespace

extern "C" {

void fdb_future_cancel(FDBFuture* future) { Future::of(future)->cancel(); }

void fdb_future_release_memory(FDBFuture* future) { Future::of(future)->release_memory(); }

void fdb_future_destroy(FDBFuture* future) { Future::of(future)->destroy(); }

fdb_error_t fdb_future_block_until_ready(FDBFuture* future) {
  return Future::of(future)->block_until_ready();
}

fdb_bool_t fdb_future_is_ready(FDBFuture* future) { return Future::of(future)->is_ready(); }

fdb_error_t fdb_future_set_callback(FDBFuture* future, FDBCallback callback, void* parameter) {
  Future::of(future)->set_callback(callback, parameter);
  return Error::kSuccess;
}

fdb_error_t fdb_future_get_error(FDBFuture* future) { return Future::of(future)->error(); }

fdb_error_t fdb_future_get_bool(FDBFuture* future, fdb_bool_t* out) {
  return get_scalar<bool>(future, out);
}

fdb_error_t fdb_future_get_int64(FDBFuture* future, int64_t* out) {
  return get_scalar<int64_t>(future, out);
}

fdb_error_t fdb_future_get_uint64(FDBFuture* future, uint64_t* out) {
  return get_scalar<uint64_t>(future, out);
}

fdb_error_t fdb_future_get_double(FDBFuture* future, double* out) {
  return get_scalar<double>(future, out);
}

fdb_error_t fdb_future_get_version(FDBFuture* future, int64_t* out_version) {
  return get_scalar<int64_t>(future, out_version);
}

fdb_error_t fdb_future_get_key(FDBFuture* future, const uint8_t** out_key, int* out_key_length) {
  return Future::of(future)->get<std::string>([&](const std::string& key) {
    *out_key = reinterpret_cast<const uint8_t*>(key.data());
    *out_key_length = static_cast<int>(key.size());
    return ErrorCode{Error::kSuccess};
  });
}

fdb_error_t fdb_future_get_value(FDBFuture* future, fdb_bool_t* out_present,
                                 const uint8_t** out_value, int* out_value_length) {
  return Future::of(future)->get<OptionalValue>([&](const OptionalValue& value) {
    *out_present = value.present;
    if (value.present) {
      *out_value = reinterpret_cast<const uint8_t*>(value.bytes.data());
      *out_value_length = static_cast<int>(value.bytes.size());
    }
    return ErrorCode{Error::kSuccess};
  });
}

fdb_error_t fdb_future_get_keyvalue_array(FDBFuture* future, const FDBKeyValue** out_kv,
                                          int* out_count, fdb_bool_t* out_more) {
  return get_array(future, ArrayResult::Element::kKeyValue, out_kv, out_count, out_more);
}

fdb_error_t fdb_future_get_mappedkeyvalue_array(FDBFuture* future, const FDBMappedKeyValue** out_kv,
                                                int* out_count, fdb_bool_t* out_more) {
  return get_array(future, ArrayResult::Element::kMappedKeyValue, out_kv, out_count, out_more);
}

fdb_error_t fdb_future_get_key_array(FDBFuture* future, const FDBKey** out_key_array,
                                     int* out_count) {
  return get_array(future, ArrayResult::Element::kKey, out_key_array, out_count, nullptr);
}

fdb_error_t fdb_future_get_string_array(FDBFuture* future, const char*** out_strings,
                                        int* out_count) {
  return get_array(future, ArrayResult::Element::kString, out_strings, out_count, nullptr);
}

fdb_error_t fdb_future_get_keyrange_array(FDBFuture* future, const FDBKeyRange** out_ranges,
                                          int* out_count) {
  return get_array(future, ArrayResult::Element::kKeyRange, out_ranges, out_count, nullptr);
}

// Nothing the engine does yields granules; a future of another kind, or an error.
fdb_error_t fdb_future_get_granule_summary_array(FDBFuture* future,
                                                 const FDBGranuleSummary** out_summaries,
                                                 int* out_count) {
  (void)out_summaries;
  (void)out_count;
  ErrorCode code = Future::of(future)->error();
  return code != Error::kSuccess ? code : ErrorCode{Error::kClientInvalidOperation};
}

fdb_error_t fdb_future_readbg_get_descriptions(FDBFuture* future, FDBBGFileDescription** out,
                                               int* desc_count) {
  (void)out;
  (void)desc_count;
  ErrorCode code = Future::of(future)->error();
  return code != Error::kSuccess ? code : ErrorCode{Error::kClientInvalidOperation};
}

fdb_error_t fdb_future_get_shared_state(FDBFuture* future, DatabaseSharedState** out) {
  (void)out;
  ErrorCode code = Future::of(future)->error();
  return code != Error::kSuccess ? code : ErrorCode{Error::kClientInvalidOperation};
}

}  // extern "C"
