// Room client: the client library of the process, and its network thread.
//
// The functions of the C client library that the ring calls, as pointers: the ring links against no
// client library, it takes whichever one the process loads.
#pragma once

#include <cstdint>
#include <string>

struct FDB_future;
struct FDB_database;
struct FDB_tenant;
struct FDB_transaction;

namespace fdbkit::ring {

using Future = FDB_future;
using Database = FDB_database;
using Tenant = FDB_tenant;
using Transaction = FDB_transaction;
using Bytes = const uint8_t*;
using Callback = void (*)(Future*, void*);

// The C API packs these to 4 bytes.
#pragma pack(push, 4)
struct Key {
  Bytes key;
  int length;
};
struct KeyValue {
  Bytes key;
  int key_length;
  Bytes value;
  int value_length;
};
struct KeyRange {
  Bytes begin;
  int begin_length;
  Bytes end;
  int end_length;
};
struct GranuleSummary {
  KeyRange range;
  // Version and size of the snapshot, version and size of the deltas.
  int64_t numbers[4];
};
// How the contents of a file are encrypted; here only whether they are.
struct EncryptionContext {
  int present;
  uint8_t keys[100];
};
struct GranuleFile {
  Bytes name;
  int name_length;
  // Where the part begins, its length, the length of the whole file, and the version.
  int64_t numbers[4];
  EncryptionContext encryption;
};
struct GranuleMutation {
  uint8_t type;
  int64_t version;
  Bytes first;
  int first_length;
  Bytes second;
  int second_length;
};
struct TenantPrefix {
  int present;
  Key prefix;
};
struct GranuleDescription {
  KeyRange range;
  int snapshot_present;
  GranuleFile snapshot;
  int delta_count;
  const GranuleFile* deltas;
  int mutation_count;
  const GranuleMutation* mutations;
  TenantPrefix tenant;
};
#pragma pack(pop)

struct KeySelector {
  Key key;
  int or_equal;
  int offset;
};

struct MappedRange {
  KeySelector begin;
  KeySelector end;
  const KeyValue* data;
  int size;
  int capacity;
};

struct MappedKeyValue {
  Key key;
  Key value;
  MappedRange range;
  unsigned char reserved[32];
};

static_assert(sizeof(Key) == 12);
static_assert(sizeof(KeyValue) == 24);
static_assert(sizeof(KeyRange) == 24);
static_assert(sizeof(GranuleSummary) == 56);
static_assert(sizeof(GranuleFile) == 148);
static_assert(sizeof(GranuleMutation) == 36);
static_assert(sizeof(GranuleDescription) == 216);
static_assert(sizeof(KeySelector) == 20);
static_assert(sizeof(MappedKeyValue) == 112);

// REQUIRED is in every library that this project can use; OPTIONAL came with a later release.
#define FDBKIT_CLIENT_API(REQUIRED, OPTIONAL)                                                     \
  REQUIRED(int, select_api_version_impl, (int, int))                                              \
  REQUIRED(int, get_max_api_version, (void))                                                      \
  REQUIRED(const char*, get_client_version, (void))                                               \
  REQUIRED(int, network_set_option, (int, Bytes, int))                                            \
  REQUIRED(int, setup_network, (void))                                                            \
  REQUIRED(int, run_network, (void))                                                              \
  REQUIRED(int, stop_network, (void))                                                             \
  REQUIRED(void, future_cancel, (Future*))                                                        \
  REQUIRED(void, future_destroy, (Future*))                                                       \
  REQUIRED(int, future_is_ready, (Future*))                                                       \
  REQUIRED(int, future_set_callback, (Future*, Callback, void*))                                  \
  REQUIRED(int, future_get_error, (Future*))                                                      \
  REQUIRED(int, future_get_int64, (Future*, int64_t*))                                            \
  REQUIRED(int, future_get_key, (Future*, Bytes*, int*))                                          \
  REQUIRED(int, future_get_value, (Future*, int*, Bytes*, int*))                                  \
  REQUIRED(int, future_get_keyvalue_array, (Future*, const KeyValue**, int*, int*))               \
  REQUIRED(int, future_get_string_array, (Future*, const char***, int*))                          \
  REQUIRED(int, create_database, (const char*, Database**))                                       \
  REQUIRED(void, database_destroy, (Database*))                                                   \
  REQUIRED(int, database_set_option, (Database*, int, Bytes, int))                                \
  REQUIRED(int, database_create_transaction, (Database*, Transaction**))                          \
  REQUIRED(void, transaction_destroy, (Transaction*))                                             \
  REQUIRED(void, transaction_cancel, (Transaction*))                                              \
  REQUIRED(int, transaction_set_option, (Transaction*, int, Bytes, int))                          \
  REQUIRED(void, transaction_set_read_version, (Transaction*, int64_t))                           \
  REQUIRED(Future*, transaction_get_read_version, (Transaction*))                                 \
  REQUIRED(Future*, transaction_get, (Transaction*, Bytes, int, int))                             \
  REQUIRED(Future*, transaction_get_key, (Transaction*, Bytes, int, int, int, int))               \
  REQUIRED(Future*, transaction_get_addresses_for_key, (Transaction*, Bytes, int))                \
  REQUIRED(                                                                                       \
      Future*, transaction_get_range,                                                             \
      (Transaction*, Bytes, int, int, int, Bytes, int, int, int, int, int, int, int, int, int))   \
  REQUIRED(void, transaction_set, (Transaction*, Bytes, int, Bytes, int))                         \
  REQUIRED(void, transaction_atomic_op, (Transaction*, Bytes, int, Bytes, int, int))              \
  REQUIRED(void, transaction_clear, (Transaction*, Bytes, int))                                   \
  REQUIRED(void, transaction_clear_range, (Transaction*, Bytes, int, Bytes, int))                 \
  REQUIRED(Future*, transaction_watch, (Transaction*, Bytes, int))                                \
  REQUIRED(Future*, transaction_commit, (Transaction*))                                           \
  REQUIRED(int, transaction_get_committed_version, (Transaction*, int64_t*))                      \
  REQUIRED(Future*, transaction_get_versionstamp, (Transaction*))                                 \
  REQUIRED(Future*, transaction_on_error, (Transaction*, int))                                    \
  REQUIRED(void, transaction_reset, (Transaction*))                                               \
  REQUIRED(int, transaction_add_conflict_range, (Transaction*, Bytes, int, Bytes, int, int))      \
  OPTIONAL(int, future_get_bool, (Future*, int*))                                                 \
  OPTIONAL(int, future_get_uint64, (Future*, uint64_t*))                                          \
  OPTIONAL(int, future_get_double, (Future*, double*))                                            \
  OPTIONAL(int, future_get_key_array, (Future*, const Key**, int*))                               \
  OPTIONAL(int, future_get_mappedkeyvalue_array, (Future*, const MappedKeyValue**, int*, int*))   \
  OPTIONAL(int, create_database_from_connection_string, (const char*, Database**))                \
  OPTIONAL(int, database_open_tenant, (Database*, Bytes, int, Tenant**))                          \
  OPTIONAL(double, database_get_main_thread_busyness, (Database*))                                \
  OPTIONAL(Future*, database_get_client_status, (Database*))                                      \
  OPTIONAL(Future*, database_get_server_protocol, (Database*, uint64_t))                          \
  OPTIONAL(Future*, database_reboot_worker, (Database*, Bytes, int, int, int))                    \
  OPTIONAL(Future*, database_force_recovery_with_data_loss, (Database*, Bytes, int))              \
  OPTIONAL(Future*, database_create_snapshot, (Database*, Bytes, int, Bytes, int))                \
  OPTIONAL(int, tenant_create_transaction, (Tenant*, Transaction**))                              \
  OPTIONAL(void, tenant_destroy, (Tenant*))                                                       \
  OPTIONAL(Future*, tenant_get_id, (Tenant*))                                                     \
  OPTIONAL(Future*, transaction_get_mapped_range,                                                 \
           (Transaction*, Bytes, int, int, int, Bytes, int, int, int, Bytes, int, int, int, int,  \
            int, int, int))                                                                       \
  OPTIONAL(Future*, transaction_get_approximate_size, (Transaction*))                             \
  OPTIONAL(Future*, transaction_get_total_cost, (Transaction*))                                   \
  OPTIONAL(Future*, transaction_get_tag_throttled_duration, (Transaction*))                       \
  OPTIONAL(Future*, transaction_get_estimated_range_size_bytes,                                   \
           (Transaction*, Bytes, int, Bytes, int))                                                \
  OPTIONAL(Future*, transaction_get_range_split_points,                                           \
           (Transaction*, Bytes, int, Bytes, int, int64_t))                                       \
  OPTIONAL(int, future_get_keyrange_array, (Future*, const KeyRange**, int*))                     \
  OPTIONAL(int, future_get_granule_summary_array, (Future*, const GranuleSummary**, int*))        \
  OPTIONAL(Future*, database_purge_blob_granules,                                                 \
           (Database*, Bytes, int, Bytes, int, int64_t, int))                                     \
  OPTIONAL(Future*, database_wait_purge_granules_complete, (Database*, Bytes, int))               \
  OPTIONAL(Future*, database_blobbify_range, (Database*, Bytes, int, Bytes, int))                 \
  OPTIONAL(Future*, database_blobbify_range_blocking, (Database*, Bytes, int, Bytes, int))        \
  OPTIONAL(Future*, database_unblobbify_range, (Database*, Bytes, int, Bytes, int))               \
  OPTIONAL(Future*, database_list_blobbified_ranges, (Database*, Bytes, int, Bytes, int, int))    \
  OPTIONAL(Future*, database_verify_blob_range, (Database*, Bytes, int, Bytes, int, int64_t))     \
  OPTIONAL(Future*, database_flush_blob_range, (Database*, Bytes, int, Bytes, int, int, int64_t)) \
  OPTIONAL(Future*, tenant_purge_blob_granules, (Tenant*, Bytes, int, Bytes, int, int64_t, int))  \
  OPTIONAL(Future*, tenant_wait_purge_granules_complete, (Tenant*, Bytes, int))                   \
  OPTIONAL(Future*, tenant_blobbify_range, (Tenant*, Bytes, int, Bytes, int))                     \
  OPTIONAL(Future*, tenant_blobbify_range_blocking, (Tenant*, Bytes, int, Bytes, int))            \
  OPTIONAL(Future*, tenant_unblobbify_range, (Tenant*, Bytes, int, Bytes, int))                   \
  OPTIONAL(Future*, tenant_list_blobbified_ranges, (Tenant*, Bytes, int, Bytes, int, int))        \
  OPTIONAL(Future*, tenant_verify_blob_range, (Tenant*, Bytes, int, Bytes, int, int64_t))         \
  OPTIONAL(Future*, tenant_flush_blob_range, (Tenant*, Bytes, int, Bytes, int, int, int64_t))     \
  OPTIONAL(Future*, transaction_get_blob_granule_ranges,                                          \
           (Transaction*, Bytes, int, Bytes, int, int))                                           \
  OPTIONAL(int, future_readbg_get_descriptions, (Future*, GranuleDescription**, int*))            \
  OPTIONAL(Future*, transaction_read_blob_granules_description,                                   \
           (Transaction*, Bytes, int, Bytes, int, int64_t, int64_t, int64_t*))                    \
  OPTIONAL(Future*, transaction_summarize_blob_granules,                                          \
           (Transaction*, Bytes, int, Bytes, int, int64_t, int))                                  \
  /* The embedded engine alone has these: fdb_embedded.h. */                                      \
  OPTIONAL(Future*, embedded_save, (Database*))                                                   \
  OPTIONAL(Future*, embedded_load, (Database*, Bytes, int))

struct ClientApi {
#define FDBKIT_MEMBER(result, name, params) result(*name) params = nullptr;
  FDBKIT_CLIENT_API(FDBKIT_MEMBER, FDBKIT_MEMBER)
#undef FDBKIT_MEMBER

  // Loads the library for the rest of the process. False: `problem` says why, and nothing is kept.
  bool load(const char* path, std::string& problem);
};

}  // namespace fdbkit::ring
