#include "ring/commands/granule_commands.h"

namespace fdbkit::ring {
namespace {

// The same functions, of a database or of a tenant.
template <class Handle>
struct RangeApi {
  Future* (*purge)(Handle*, Bytes, int, Bytes, int, int64_t, int);
  Future* (*wait_purge)(Handle*, Bytes, int);
  Future* (*blobbify)(Handle*, Bytes, int, Bytes, int);
  Future* (*blobbify_blocking)(Handle*, Bytes, int, Bytes, int);
  Future* (*unblobbify)(Handle*, Bytes, int, Bytes, int);
  Future* (*list)(Handle*, Bytes, int, Bytes, int, int);
  Future* (*verify)(Handle*, Bytes, int, Bytes, int, int64_t);
  Future* (*flush)(Handle*, Bytes, int, Bytes, int, int, int64_t);
};

RangeApi<Database> of_database(const ClientApi& api) {
  return {api.database_purge_blob_granules, api.database_wait_purge_granules_complete,
          api.database_blobbify_range,      api.database_blobbify_range_blocking,
          api.database_unblobbify_range,    api.database_list_blobbified_ranges,
          api.database_verify_blob_range,   api.database_flush_blob_range};
}

RangeApi<Tenant> of_tenant(const ClientApi& api) {
  return {api.tenant_purge_blob_granules, api.tenant_wait_purge_granules_complete,
          api.tenant_blobbify_range,      api.tenant_blobbify_range_blocking,
          api.tenant_unblobbify_range,    api.tenant_list_blobbified_ranges,
          api.tenant_verify_blob_range,   api.tenant_flush_blob_range};
}

template <class Function, class... Args>
Future* called(Function function, Args... args) {
  return function == nullptr ? nullptr : function(args...);
}

template <class Handle>
Future* start_on(const RangeApi<Handle>& api, Handle* handle, const GranuleCall& c, Kind& kind) {
  switch (c.code) {
    case Code::kPurgeGranules:
      kind = Kind::kKey;
      return called(api.purge, handle, c.begin, c.begin_length, c.end, c.end_length, c.version,
                    c.number);
    case Code::kWaitPurge:
      kind = Kind::kNothing;
      return called(api.wait_purge, handle, c.begin, c.begin_length);
    case Code::kBlobbify:
      kind = Kind::kBool;
      return called(api.blobbify, handle, c.begin, c.begin_length, c.end, c.end_length);
    case Code::kBlobbifyBlocking:
      kind = Kind::kBool;
      return called(api.blobbify_blocking, handle, c.begin, c.begin_length, c.end, c.end_length);
    case Code::kUnblobbify:
      kind = Kind::kBool;
      return called(api.unblobbify, handle, c.begin, c.begin_length, c.end, c.end_length);
    case Code::kListBlobbified:
      kind = Kind::kKeyRanges;
      return called(api.list, handle, c.begin, c.begin_length, c.end, c.end_length, c.number);
    case Code::kVerifyBlobRange:
      kind = Kind::kInt64;
      return called(api.verify, handle, c.begin, c.begin_length, c.end, c.end_length, c.version);
    case Code::kFlushBlobRange:
      kind = Kind::kBool;
      return called(api.flush, handle, c.begin, c.begin_length, c.end, c.end_length, c.number,
                    c.version);
    default:
      return nullptr;
  }
}

Future* start_in(const ClientApi& api, Transaction* transaction, const GranuleCall& c, Kind& kind) {
  switch (c.code) {
    case Code::kGetGranuleRanges:
      kind = Kind::kKeyRanges;
      return called(api.transaction_get_blob_granule_ranges, transaction, c.begin, c.begin_length,
                    c.end, c.end_length, c.number);
    case Code::kSummarizeGranules:
      kind = Kind::kGranuleSummaries;
      return called(api.transaction_summarize_blob_granules, transaction, c.begin, c.begin_length,
                    c.end, c.end_length, c.version, c.number);
    case Code::kDescribeGranules: {
      // The caller says the version; that the library may tell it, late, is of no use.
      static int64_t told;
      kind = Kind::kGranuleDescriptions;
      return called(api.transaction_read_blob_granules_description, transaction, c.begin,
                    c.begin_length, c.end, c.end_length, int64_t{0}, c.version, &told);
    }
    default:
      return nullptr;
  }
}

}  // namespace

bool read_granule_call(CommandReader& in, Code code, GranuleCall& call) {
  call.code = code;
  call.begin_length = in.word();
  call.end_length = in.word();
  const int32_t low = in.word();
  const int32_t high = in.word();
  call.version = wide(low, high);
  call.number = in.word();
  call.begin = in.bytes(call.begin_length);
  call.end = in.bytes(call.end_length);
  return in.good();
}

Future* start_granule_call(const ClientApi& api, ObjectType type, void* handle,
                           const GranuleCall& call, Kind& kind) {
  switch (type) {
    case ObjectType::kDatabase:
      return start_on(of_database(api), static_cast<Database*>(handle), call, kind);
    case ObjectType::kTenant:
      return start_on(of_tenant(api), static_cast<Tenant*>(handle), call, kind);
    case ObjectType::kTransaction:
      return start_in(api, static_cast<Transaction*>(handle), call, kind);
    default:
      return nullptr;
  }
}

}  // namespace fdbkit::ring
