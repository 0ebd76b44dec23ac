// Blob granules: what a cluster without blob workers answers. Ranges are noted and listed; nothing
// is ever written to blob storage, so nothing can be read from it.

#include "engine/c_api/support.h"
#include "engine/database/tenant_handle.h"
#include "engine/future/result_arrays.h"

using namespace fdbkit::engine;
namespace data = fdbkit::data;

namespace {

constexpr int64_t kNotReadable = -1;
constexpr char kPurgeKey[] = "\xff\x02/blobGranulePurge/0";

FDBFuture* unsupported() { return failed_future(fdbkit::engine::Error::kUnsupportedOperation); }

// Answers with `reply(database, blob_ranges, future)`, or that there is no such tenant.
template <class Reply>
FDBFuture* ask_ranges(Database* database, TenantTargetRef tenant, Reply reply) {
  return ask(database,
             [tenant = std::move(tenant), reply = std::move(reply)](Database& d, FutureRef f) {
               if (ErrorCode code = d.deferred_error()) {
                 f->send_error(code);
               } else if (KeySpace* space = d.cluster().space(tenant.get())) {
                 reply(d, space->blob_ranges, std::move(f));
               } else {
                 f->send_error(fdbkit::engine::Error::kTenantNotFound);
               }
             });
}

// Of a database, or of a tenant.
struct Place {
  Database* database;
  TenantTargetRef tenant;

  Place(FDBDatabase* handle) : database(Database::of(handle)) {}
  Place(FDBTenant* handle)
      : database(TenantHandle::of(handle)->database), tenant(TenantHandle::of(handle)->target) {}
};

data::KeyRange range_of(const uint8_t* begin, int begin_length, const uint8_t* end,
                        int end_length) {
  return {bytes_of(begin, begin_length), bytes_of(end, end_length)};
}

FDBFuture* blobbify(const Place& place, data::KeyRange range, bool wait) {
  return ask_ranges(place.database, place.tenant,
                    [range = std::move(range), wait](Database& d, BlobRanges& ranges, FutureRef f) {
                      const bool added = ranges.add(range);
                      // No blob worker will ever have it ready.
                      if (wait && added) return d.keep_pending(std::move(f));
                      f->send(added);
                    });
}

FDBFuture* unblobbify(const Place& place, data::KeyRange range) {
  return ask_ranges(place.database, place.tenant,
                    [range = std::move(range)](Database&, BlobRanges& ranges, FutureRef f) {
                      f->send(ranges.remove(range));
                    });
}

FDBFuture* list(const Place& place, data::KeyRange range, int limit) {
  return ask_ranges(place.database, place.tenant,
                    [range = std::move(range), limit](Database&, BlobRanges& ranges, FutureRef f) {
                      f->send(key_range_array(ranges.meeting(range, limit)));
                    });
}

// The same answer whatever the ranges.
template <class Value>
FDBFuture* answer(const Place& place, Value value) {
  return ask_ranges(
      place.database, place.tenant,
      [value = std::move(value)](Database&, BlobRanges&, FutureRef f) { f->send(Value(value)); });
}

FDBFuture* purge(const Place& place) { return answer(place, std::string(kPurgeKey)); }

FDBFuture* read_granules(FDBTransaction* transaction, const uint8_t* begin, int begin_length,
                         const uint8_t* end, int end_length, GranuleRead read) {
  data::KeyRange range = range_of(begin, begin_length, end, end_length);
  if (range.begin > range.end) return failed_future(fdbkit::engine::Error::kInvertedRange);
  return ask(Transaction::of(transaction),
             [range = std::move(range), read](Transaction& t, FutureRef f) {
               t.read_granules(std::move(f), range, read);
             });
}

// An FDBResult is a future that was ready from the start.
FDBResult* unsupported_result() { return reinterpret_cast<FDBResult*>(unsupported()); }
Future* future_of(FDBResult* result) { return Future::of(reinterpret_cast<FDBFuture*>(result)); }

}  // namespace

extern "C" {

FDBFuture* fdb_database_purge_blob_granules(FDBDatabase* database, const uint8_t*, int,
                                            const uint8_t*, int, int64_t, fdb_bool_t) {
  return purge(database);
}

FDBFuture* fdb_database_wait_purge_granules_complete(FDBDatabase* database, const uint8_t*, int) {
  return answer(database, Nothing{});
}

FDBFuture* fdb_database_blobbify_range(FDBDatabase* database, const uint8_t* begin,
                                       int begin_length, const uint8_t* end, int end_length) {
  return blobbify(database, range_of(begin, begin_length, end, end_length), false);
}

FDBFuture* fdb_database_blobbify_range_blocking(FDBDatabase* database, const uint8_t* begin,
                                                int begin_length, const uint8_t* end,
                                                int end_length) {
  return blobbify(database, range_of(begin, begin_length, end, end_length), true);
}

FDBFuture* fdb_database_unblobbify_range(FDBDatabase* database, const uint8_t* begin,
                                         int begin_length, const uint8_t* end, int end_length) {
  return unblobbify(database, range_of(begin, begin_length, end, end_length));
}

FDBFuture* fdb_database_list_blobbified_ranges(FDBDatabase* database, const uint8_t* begin,
                                               int begin_length, const uint8_t* end, int end_length,
                                               int limit) {
  return list(database, range_of(begin, begin_length, end, end_length), limit);
}

FDBFuture* fdb_database_verify_blob_range(FDBDatabase* database, const uint8_t*, int,
                                          const uint8_t*, int, int64_t) {
  return answer(database, kNotReadable);
}

FDBFuture* fdb_database_flush_blob_range(FDBDatabase* database, const uint8_t*, int, const uint8_t*,
                                         int, fdb_bool_t, int64_t) {
  return answer(database, false);
}

FDBFuture* fdb_tenant_purge_blob_granules(FDBTenant* tenant, const uint8_t*, int, const uint8_t*,
                                          int, int64_t, fdb_bool_t) {
  return purge(tenant);
}

FDBFuture* fdb_tenant_wait_purge_granules_complete(FDBTenant* tenant, const uint8_t*, int) {
  return answer(tenant, Nothing{});
}

FDBFuture* fdb_tenant_blobbify_range(FDBTenant* tenant, const uint8_t* begin, int begin_length,
                                     const uint8_t* end, int end_length) {
  return blobbify(tenant, range_of(begin, begin_length, end, end_length), false);
}

FDBFuture* fdb_tenant_blobbify_range_blocking(FDBTenant* tenant, const uint8_t* begin,
                                              int begin_length, const uint8_t* end,
                                              int end_length) {
  return blobbify(tenant, range_of(begin, begin_length, end, end_length), true);
}

FDBFuture* fdb_tenant_unblobbify_range(FDBTenant* tenant, const uint8_t* begin, int begin_length,
                                       const uint8_t* end, int end_length) {
  return unblobbify(tenant, range_of(begin, begin_length, end, end_length));
}

FDBFuture* fdb_tenant_list_blobbified_ranges(FDBTenant* tenant, const uint8_t* begin,
                                             int begin_length, const uint8_t* end, int end_length,
                                             int limit) {
  return list(tenant, range_of(begin, begin_length, end, end_length), limit);
}

FDBFuture* fdb_tenant_verify_blob_range(FDBTenant* tenant, const uint8_t*, int, const uint8_t*, int,
                                        int64_t) {
  return answer(tenant, kNotReadable);
}

FDBFuture* fdb_tenant_flush_blob_range(FDBTenant* tenant, const uint8_t*, int, const uint8_t*, int,
                                       fdb_bool_t, int64_t) {
  return answer(tenant, false);
}

FDBFuture* fdb_transaction_get_blob_granule_ranges(FDBTransaction* transaction,
                                                   const uint8_t* begin, int begin_length,
                                                   const uint8_t* end, int end_length, int) {
  return read_granules(transaction, begin, begin_length, end, end_length, GranuleRead::kRanges);
}

FDBFuture* fdb_transaction_summarize_blob_granules(FDBTransaction* transaction,
                                                   const uint8_t* begin, int begin_length,
                                                   const uint8_t* end, int end_length, int64_t,
                                                   int) {
  return read_granules(transaction, begin, begin_length, end, end_length, GranuleRead::kSummary);
}

FDBFuture* fdb_transaction_read_blob_granules_start(FDBTransaction* transaction,
                                                    const uint8_t* begin, int begin_length,
                                                    const uint8_t* end, int end_length, int64_t,
                                                    int64_t, int64_t*) {
  return read_granules(transaction, begin, begin_length, end, end_length, GranuleRead::kFiles);
}

FDBFuture* fdb_transaction_read_blob_granules_description(FDBTransaction* transaction,
                                                          const uint8_t* begin, int begin_length,
                                                          const uint8_t* end, int end_length,
                                                          int64_t, int64_t, int64_t*) {
  return read_granules(transaction, begin, begin_length, end, end_length, GranuleRead::kFiles);
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
