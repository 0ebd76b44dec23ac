// Blob granules: the engine has none. Every call answers that the operation is not supported, after
// the checks that the real client makes before it asks a cluster.

#include "c_api_support.h"

using namespace fdbkit::engine;
namespace data = fdbkit::data;

namespace {

FDBFuture* unsupported() { return failed_future(fdbkit::engine::Error::kUnsupportedOperation); }

FDBFuture* refuse_read(FDBTransaction* transaction, const uint8_t* begin, int begin_length,
                       const uint8_t* end, int end_length, bool needs_ryw_disabled) {
  data::KeyRange range{bytes_of(begin, begin_length), bytes_of(end, end_length)};
  if (range.begin > range.end) return failed_future(fdbkit::engine::Error::kInvertedRange);
  return ask(Transaction::of(transaction),
             [range = std::move(range), needs_ryw_disabled](Transaction& t, FutureRef f) {
               t.refuse_blob_read(std::move(f), range, needs_ryw_disabled);
             });
}

// An FDBResult is a future that was ready from the start.
FDBResult* unsupported_result() { return reinterpret_cast<FDBResult*>(unsupported()); }
Future* future_of(FDBResult* result) { return Future::of(reinterpret_cast<FDBFuture*>(result)); }

}  // namespace

extern "C" {

FDBFuture* fdb_database_purge_blob_granules(FDBDatabase*, const uint8_t*, int, const uint8_t*, int,
                                            int64_t, fdb_bool_t) {
  return unsupported();
}

FDBFuture* fdb_database_wait_purge_granules_complete(FDBDatabase*, const uint8_t*, int) {
  return unsupported();
}

FDBFuture* fdb_database_blobbify_range(FDBDatabase*, const uint8_t*, int, const uint8_t*, int) {
  return unsupported();
}

FDBFuture* fdb_database_blobbify_range_blocking(FDBDatabase*, const uint8_t*, int, const uint8_t*,
                                                int) {
  return unsupported();
}

FDBFuture* fdb_database_unblobbify_range(FDBDatabase*, const uint8_t*, int, const uint8_t*, int) {
  return unsupported();
}

FDBFuture* fdb_database_list_blobbified_ranges(FDBDatabase*, const uint8_t*, int, const uint8_t*,
                                               int, int) {
  return unsupported();
}

FDBFuture* fdb_database_verify_blob_range(FDBDatabase*, const uint8_t*, int, const uint8_t*, int,
                                          int64_t) {
  return unsupported();
}

FDBFuture* fdb_database_flush_blob_range(FDBDatabase*, const uint8_t*, int, const uint8_t*, int,
                                         fdb_bool_t, int64_t) {
  return unsupported();
}

FDBFuture* fdb_tenant_purge_blob_granules(FDBTenant*, const uint8_t*, int, const uint8_t*, int,
                                          int64_t, fdb_bool_t) {
  return unsupported();
}

FDBFuture* fdb_tenant_wait_purge_granules_complete(FDBTenant*, const uint8_t*, int) {
  return unsupported();
}

FDBFuture* fdb_tenant_blobbify_range(FDBTenant*, const uint8_t*, int, const uint8_t*, int) {
  return unsupported();
}

FDBFuture* fdb_tenant_blobbify_range_blocking(FDBTenant*, const uint8_t*, int, const uint8_t*,
                                              int) {
  return unsupported();
}

FDBFuture* fdb_tenant_unblobbify_range(FDBTenant*, const uint8_t*, int, const uint8_t*, int) {
  return unsupported();
}

FDBFuture* fdb_tenant_list_blobbified_ranges(FDBTenant*, const uint8_t*, int, const uint8_t*, int,
                                             int) {
  return unsupported();
}

FDBFuture* fdb_tenant_verify_blob_range(FDBTenant*, const uint8_t*, int, const uint8_t*, int,
                                        int64_t) {
  return unsupported();
}

FDBFuture* fdb_tenant_flush_blob_range(FDBTenant*, const uint8_t*, int, const uint8_t*, int,
                                       fdb_bool_t, int64_t) {
  return unsupported();
}

FDBFuture* fdb_transaction_get_blob_granule_ranges(FDBTransaction* transaction,
                                                   const uint8_t* begin, int begin_length,
                                                   const uint8_t* end, int end_length, int) {
  return refuse_read(transaction, begin, begin_length, end, end_length, false);
}

FDBFuture* fdb_transaction_summarize_blob_granules(FDBTransaction* transaction,
                                                   const uint8_t* begin, int begin_length,
                                                   const uint8_t* end, int end_length, int64_t,
                                                   int) {
  return refuse_read(transaction, begin, begin_length, end, end_length, false);
}

FDBFuture* fdb_transaction_read_blob_granules_start(FDBTransaction* transaction,
                                                    const uint8_t* begin, int begin_length,
                                                    const uint8_t* end, int end_length, int64_t,
                                                    int64_t, int64_t*) {
  return refuse_read(transaction, begin, begin_length, end, end_length, true);
}

FDBFuture* fdb_transaction_read_blob_granules_description(FDBTransaction* transaction,
                                                          const uint8_t* begin, int begin_length,
                                                          const uint8_t* end, int end_length,
                                                          int64_t, int64_t, int64_t*) {
  return refuse_read(transaction, begin, begin_length, end, end_length, true);
}

FDBResult* fdb_transaction_read_blob_granules_finish(FDBTransaction*, FDBFuture*, const uint8_t*,
                                                     int, const uint8_t*, int, int64_t, int64_t,
                                                     FDBReadBlobGranuleContext*) {
  return unsupported_result();
}

FDBResult* fdb_transaction_read_blob_granules(FDBTransaction*, const uint8_t*, int, const uint8_t*,
                                              int, int64_t, int64_t, FDBReadBlobGranuleContext) {
  return unsupported_result();
}

FDBResult* fdb_readbg_parse_snapshot_file(const uint8_t*, int, const FDBBGTenantPrefix*,
                                          const FDBBGEncryptionCtx*) {
  return unsupported_result();
}

FDBResult* fdb_readbg_parse_delta_file(const uint8_t*, int, const FDBBGTenantPrefix*,
                                       const FDBBGEncryptionCtx*) {
  return unsupported_result();
}

void fdb_result_destroy(FDBResult* result) { future_of(result)->destroy(); }

fdb_error_t fdb_result_get_keyvalue_array(FDBResult* result, const FDBKeyValue**, int*,
                                          fdb_bool_t*) {
  return future_of(result)->error();
}

fdb_error_t fdb_result_get_bg_mutations_array(FDBResult* result, const FDBBGMutation**, int*) {
  return future_of(result)->error();
}

}  // extern "C"
