/* The C API of FoundationDB, release 7.4 (API version 740), as the embedded engine exports it.
 *
 * Declarations only: names, parameter types and struct layouts are what any client of the API sees.
 * The engine's library can stand in for the real libfdb_c, so this header serves both. */
#ifndef FDB_C_H
#define FDB_C_H

#include <stdint.h>

#include "fdb_c_options.h"
#include "fdb_c_types.h"

#ifndef FDB_API_VERSION
#define FDB_API_VERSION 740
#endif

#if defined(__GNUC__)
#define FDB_EXPORT __attribute__((visibility("default")))
#else
#define FDB_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define fdb_select_api_version(version) fdb_select_api_version_impl(version, FDB_API_VERSION)

/* A range read's key selectors, spread over four arguments. */
#define FDB_KEYSEL_LAST_LESS_THAN(key, length) key, length, 0, 0
#define FDB_KEYSEL_LAST_LESS_OR_EQUAL(key, length) key, length, 1, 0
#define FDB_KEYSEL_FIRST_GREATER_THAN(key, length) key, length, 1, 1
#define FDB_KEYSEL_FIRST_GREATER_OR_EQUAL(key, length) key, length, 0, 1

typedef void (*FDBCallback)(FDBFuture* future, void* parameter);

/* Pointers in these structs stand at multiples of four bytes, not eight. */
#pragma pack(push, 4)
typedef struct key {
  const uint8_t* key;
  int key_length;
} FDBKey;

typedef struct keyvalue {
  const uint8_t* key;
  int key_length;
  const uint8_t* value;
  int value_length;
} FDBKeyValue;

typedef struct keyrange {
  const uint8_t* begin_key;
  int begin_key_length;
  const uint8_t* end_key;
  int end_key_length;
} FDBKeyRange;

typedef struct granulesummary {
  FDBKeyRange key_range;
  int64_t snapshot_version;
  int64_t snapshot_size;
  int64_t delta_version;
  int64_t delta_size;
} FDBGranuleSummary;
#pragma pack(pop)

typedef struct keyselector {
  FDBKey key;
  fdb_bool_t orEqual;
  int offset;
} FDBKeySelector;

typedef struct getrangereqandresult {
  FDBKeySelector begin;
  FDBKeySelector end;
  FDBKeyValue* data;
  int m_size, m_capacity;
} FDBGetRangeReqAndResult;

/* 112 bytes. The buffer is the real client's own; nothing reads it. */
typedef struct mappedkeyvalue {
  FDBKey key;
  FDBKey value;
  FDBGetRangeReqAndResult getRange;
  unsigned char buffer[32];
} FDBMappedKeyValue;

typedef struct readgranulecontext {
  void* userContext;
  int64_t (*start_load_f)(const char* filename, int filename_length, int64_t offset, int64_t length,
                          int64_t full_file_length, void* context);
  uint8_t* (*get_load_f)(int64_t load_id, void* context);
  void (*free_load_f)(int64_t load_id, void* context);
  fdb_bool_t debugNoMaterialize;
  int granuleParallelism;
} FDBReadBlobGranuleContext;

#pragma pack(push, 4)
typedef struct bgtenantprefix {
  fdb_bool_t present;
  FDBKey prefix;
} FDBBGTenantPrefix;

typedef struct bgencryptionkey {
  int64_t domain_id;
  uint64_t base_key_id;
  uint32_t base_kcv;
  uint64_t random_salt;
  FDBKey base_key;
} FDBBGEncryptionKey;

typedef struct bgencryptionctx {
  fdb_bool_t present;
  FDBBGEncryptionKey textKey;
  uint32_t textKCV;
  FDBBGEncryptionKey headerKey;
  uint32_t headerKCV;
  FDBKey iv;
} FDBBGEncryptionCtx;

typedef struct bgfilepointer {
  const uint8_t* filename_ptr;
  int filename_length;
  int64_t file_offset;
  int64_t file_length;
  int64_t full_file_length;
  int64_t file_version;
  FDBBGEncryptionCtx encryption_ctx;
} FDBBGFilePointer;

typedef enum FDB_ANY_INT {
  FDB_BG_MUTATION_TYPE_SET_VALUE = 0,
  FDB_BG_MUTATION_TYPE_CLEAR_RANGE = 1
} FDBBGMutationType;

typedef struct bgmutation {
  uint8_t type;
  int64_t version;
  const uint8_t* param1_ptr;
  int param1_length;
  const uint8_t* param2_ptr;
  int param2_length;
} FDBBGMutation;

typedef struct bgfiledescription {
  FDBKeyRange key_range;
  fdb_bool_t snapshot_present;
  FDBBGFilePointer snapshot_file_pointer;
  int delta_file_count;
  FDBBGFilePointer* delta_files;
  int memory_mutation_count;
  FDBBGMutation* memory_mutations;
  FDBBGTenantPrefix tenant_prefix;
} FDBBGFileDescription;
#pragma pack(pop)

/* Errors */
FDB_EXPORT const char* fdb_get_error(fdb_error_t code);
FDB_EXPORT fdb_bool_t fdb_error_predicate(int predicate_test, fdb_error_t code);

/* Versions and the network */
FDB_EXPORT fdb_error_t fdb_network_set_option(FDBNetworkOption option, const uint8_t* value,
                                              int value_length);
FDB_EXPORT fdb_error_t fdb_setup_network(void);
FDB_EXPORT fdb_error_t fdb_run_network(void);
FDB_EXPORT fdb_error_t fdb_stop_network(void);
FDB_EXPORT fdb_error_t fdb_add_network_thread_completion_hook(void (*hook)(void*), void* parameter);
FDB_EXPORT fdb_error_t fdb_select_api_version_impl(int runtime_version, int header_version);
FDB_EXPORT int fdb_get_max_api_version(void);
FDB_EXPORT const char* fdb_get_client_version(void);

/* Futures */
FDB_EXPORT void fdb_future_cancel(FDBFuture* future);
FDB_EXPORT void fdb_future_release_memory(FDBFuture* future);
FDB_EXPORT void fdb_future_destroy(FDBFuture* future);
FDB_EXPORT fdb_error_t fdb_future_block_until_ready(FDBFuture* future);
FDB_EXPORT fdb_bool_t fdb_future_is_ready(FDBFuture* future);
FDB_EXPORT fdb_error_t fdb_future_set_callback(FDBFuture* future, FDBCallback callback,
                                               void* parameter);
FDB_EXPORT fdb_error_t fdb_future_get_error(FDBFuture* future);
FDB_EXPORT fdb_error_t fdb_future_get_bool(FDBFuture* future, fdb_bool_t* out);
FDB_EXPORT fdb_error_t fdb_future_get_int64(FDBFuture* future, int64_t* out);
FDB_EXPORT fdb_error_t fdb_future_get_uint64(FDBFuture* future, uint64_t* out);
FDB_EXPORT fdb_error_t fdb_future_get_double(FDBFuture* future, double* out);
FDB_EXPORT fdb_error_t fdb_future_get_key(FDBFuture* future, const uint8_t** out_key,
                                          int* out_key_length);
FDB_EXPORT fdb_error_t fdb_future_get_value(FDBFuture* future, fdb_bool_t* out_present,
                                            const uint8_t** out_value, int* out_value_length);
FDB_EXPORT fdb_error_t fdb_future_get_keyvalue_array(FDBFuture* future, const FDBKeyValue** out_kv,
                                                     int* out_count, fdb_bool_t* out_more);
FDB_EXPORT fdb_error_t fdb_future_get_mappedkeyvalue_array(FDBFuture* future,
                                                           const FDBMappedKeyValue** out_kv,
                                                           int* out_count, fdb_bool_t* out_more);
FDB_EXPORT fdb_error_t fdb_future_get_key_array(FDBFuture* future, const FDBKey** out_key_array,
                                                int* out_count);
FDB_EXPORT fdb_error_t fdb_future_get_string_array(FDBFuture* future, const char*** out_strings,
                                                   int* out_count);
FDB_EXPORT fdb_error_t fdb_future_get_keyrange_array(FDBFuture* future,
                                                     const FDBKeyRange** out_ranges,
                                                     int* out_count);
FDB_EXPORT fdb_error_t fdb_future_get_granule_summary_array(FDBFuture* future,
                                                            const FDBGranuleSummary** out_summaries,
                                                            int* out_count);

/* Databases */
FDB_EXPORT fdb_error_t fdb_create_database(const char* cluster_file_path,
                                           FDBDatabase** out_database);
FDB_EXPORT fdb_error_t fdb_create_database_from_connection_string(const char* connection_string,
                                                                  FDBDatabase** out_database);
FDB_EXPORT void fdb_database_destroy(FDBDatabase* database);
FDB_EXPORT fdb_error_t fdb_database_set_option(FDBDatabase* database, FDBDatabaseOption option,
                                               const uint8_t* value, int value_length);
FDB_EXPORT fdb_error_t fdb_database_open_tenant(FDBDatabase* database, const uint8_t* tenant_name,
                                                int tenant_name_length, FDBTenant** out_tenant);
FDB_EXPORT fdb_error_t fdb_database_create_transaction(FDBDatabase* database,
                                                       FDBTransaction** out_transaction);
FDB_EXPORT FDBFuture* fdb_database_reboot_worker(FDBDatabase* database, const uint8_t* address,
                                                 int address_length, fdb_bool_t check,
                                                 int duration);
FDB_EXPORT FDBFuture* fdb_database_force_recovery_with_data_loss(FDBDatabase* database,
                                                                 const uint8_t* dcid,
                                                                 int dcid_length);
FDB_EXPORT FDBFuture* fdb_database_create_snapshot(FDBDatabase* database, const uint8_t* uid,
                                                   int uid_length, const uint8_t* snap_command,
                                                   int snap_command_length);
FDB_EXPORT double fdb_database_get_main_thread_busyness(FDBDatabase* database);
FDB_EXPORT FDBFuture* fdb_database_get_server_protocol(FDBDatabase* database,
                                                       uint64_t expected_version);
FDB_EXPORT FDBFuture* fdb_database_purge_blob_granules(FDBDatabase* database, const uint8_t* begin,
                                                       int begin_length, const uint8_t* end,
                                                       int end_length, int64_t purge_version,
                                                       fdb_bool_t force);
FDB_EXPORT FDBFuture* fdb_database_wait_purge_granules_complete(FDBDatabase* database,
                                                                const uint8_t* purge_key,
                                                                int purge_key_length);
FDB_EXPORT FDBFuture* fdb_database_blobbify_range(FDBDatabase* database, const uint8_t* begin,
                                                  int begin_length, const uint8_t* end,
                                                  int end_length);
FDB_EXPORT FDBFuture* fdb_database_blobbify_range_blocking(FDBDatabase* database,
                                                           const uint8_t* begin, int begin_length,
                                                           const uint8_t* end, int end_length);
FDB_EXPORT FDBFuture* fdb_database_unblobbify_range(FDBDatabase* database, const uint8_t* begin,
                                                    int begin_length, const uint8_t* end,
                                                    int end_length);
FDB_EXPORT FDBFuture* fdb_database_list_blobbified_ranges(FDBDatabase* database,
                                                          const uint8_t* begin, int begin_length,
                                                          const uint8_t* end, int end_length,
                                                          int range_limit);
FDB_EXPORT FDBFuture* fdb_database_verify_blob_range(FDBDatabase* database, const uint8_t* begin,
                                                     int begin_length, const uint8_t* end,
                                                     int end_length, int64_t version);
FDB_EXPORT FDBFuture* fdb_database_flush_blob_range(FDBDatabase* database, const uint8_t* begin,
                                                    int begin_length, const uint8_t* end,
                                                    int end_length, fdb_bool_t compact,
                                                    int64_t version);
FDB_EXPORT FDBFuture* fdb_database_get_client_status(FDBDatabase* database);

/* Tenants */
FDB_EXPORT fdb_error_t fdb_tenant_create_transaction(FDBTenant* tenant,
                                                     FDBTransaction** out_transaction);
FDB_EXPORT FDBFuture* fdb_tenant_purge_blob_granules(FDBTenant* database, const uint8_t* begin,
                                                     int begin_length, const uint8_t* end,
                                                     int end_length, int64_t purge_version,
                                                     fdb_bool_t force);
FDB_EXPORT FDBFuture* fdb_tenant_wait_purge_granules_complete(FDBTenant* database,
                                                              const uint8_t* purge_key,
                                                              int purge_key_length);
FDB_EXPORT FDBFuture* fdb_tenant_blobbify_range(FDBTenant* tenant, const uint8_t* begin,
                                                int begin_length, const uint8_t* end,
                                                int end_length);
FDB_EXPORT FDBFuture* fdb_tenant_blobbify_range_blocking(FDBTenant* tenant, const uint8_t* begin,
                                                         int begin_length, const uint8_t* end,
                                                         int end_length);
FDB_EXPORT FDBFuture* fdb_tenant_unblobbify_range(FDBTenant* tenant, const uint8_t* begin,
                                                  int begin_length, const uint8_t* end,
                                                  int end_length);
FDB_EXPORT FDBFuture* fdb_tenant_list_blobbified_ranges(FDBTenant* tenant, const uint8_t* begin,
                                                        int begin_length, const uint8_t* end,
                                                        int end_length, int range_limit);
FDB_EXPORT FDBFuture* fdb_tenant_verify_blob_range(FDBTenant* tenant, const uint8_t* begin,
                                                   int begin_length, const uint8_t* end,
                                                   int end_length, int64_t version);
FDB_EXPORT FDBFuture* fdb_tenant_flush_blob_range(FDBTenant* tenant, const uint8_t* begin,
                                                  int begin_length, const uint8_t* end,
                                                  int end_length, fdb_bool_t compact,
                                                  int64_t version);
FDB_EXPORT FDBFuture* fdb_tenant_get_id(FDBTenant* tenant);
FDB_EXPORT void fdb_tenant_destroy(FDBTenant* tenant);

/* Transactions */
FDB_EXPORT void fdb_transaction_destroy(FDBTransaction* transaction);
FDB_EXPORT void fdb_transaction_cancel(FDBTransaction* transaction);
FDB_EXPORT fdb_error_t fdb_transaction_set_option(FDBTransaction* transaction,
                                                  FDBTransactionOption option, const uint8_t* value,
                                                  int value_length);
FDB_EXPORT void fdb_transaction_set_read_version(FDBTransaction* transaction, int64_t version);
FDB_EXPORT FDBFuture* fdb_transaction_get_read_version(FDBTransaction* transaction);
FDB_EXPORT FDBFuture* fdb_transaction_get(FDBTransaction* transaction, const uint8_t* key,
                                          int key_length, fdb_bool_t snapshot);
FDB_EXPORT FDBFuture* fdb_transaction_get_key(FDBTransaction* transaction, const uint8_t* key,
                                              int key_length, fdb_bool_t or_equal, int offset,
                                              fdb_bool_t snapshot);
FDB_EXPORT FDBFuture* fdb_transaction_get_addresses_for_key(FDBTransaction* transaction,
                                                            const uint8_t* key, int key_length);
FDB_EXPORT FDBFuture* fdb_transaction_get_range(FDBTransaction* transaction, const uint8_t* begin,
                                                int begin_length, fdb_bool_t begin_or_equal,
                                                int begin_offset, const uint8_t* end,
                                                int end_length, fdb_bool_t end_or_equal,
                                                int end_offset, int limit, int target_bytes,
                                                FDBStreamingMode mode, int iteration,
                                                fdb_bool_t snapshot, fdb_bool_t reverse);
FDB_EXPORT FDBFuture* fdb_transaction_get_mapped_range(
    FDBTransaction* transaction, const uint8_t* begin, int begin_length, fdb_bool_t begin_or_equal,
    int begin_offset, const uint8_t* end, int end_length, fdb_bool_t end_or_equal, int end_offset,
    const uint8_t* mapper, int mapper_length, int limit, int target_bytes, FDBStreamingMode mode,
    int iteration, fdb_bool_t snapshot, fdb_bool_t reverse);
FDB_EXPORT void fdb_transaction_set(FDBTransaction* transaction, const uint8_t* key, int key_length,
                                    const uint8_t* value, int value_length);
FDB_EXPORT void fdb_transaction_atomic_op(FDBTransaction* transaction, const uint8_t* key,
                                          int key_length, const uint8_t* param, int param_length,
                                          FDBMutationType operation_type);
FDB_EXPORT void fdb_transaction_clear(FDBTransaction* transaction, const uint8_t* key,
                                      int key_length);
FDB_EXPORT void fdb_transaction_clear_range(FDBTransaction* transaction, const uint8_t* begin,
                                            int begin_length, const uint8_t* end, int end_length);
FDB_EXPORT FDBFuture* fdb_transaction_watch(FDBTransaction* transaction, const uint8_t* key,
                                            int key_length);
FDB_EXPORT FDBFuture* fdb_transaction_commit(FDBTransaction* transaction);
FDB_EXPORT fdb_error_t fdb_transaction_get_committed_version(FDBTransaction* transaction,
                                                             int64_t* out_version);
FDB_EXPORT FDBFuture* fdb_transaction_get_tag_throttled_duration(FDBTransaction* transaction);
FDB_EXPORT FDBFuture* fdb_transaction_get_total_cost(FDBTransaction* transaction);
FDB_EXPORT FDBFuture* fdb_transaction_get_approximate_size(FDBTransaction* transaction);
FDB_EXPORT FDBFuture* fdb_transaction_get_versionstamp(FDBTransaction* transaction);
FDB_EXPORT FDBFuture* fdb_transaction_on_error(FDBTransaction* transaction, fdb_error_t error);
FDB_EXPORT void fdb_transaction_reset(FDBTransaction* transaction);
FDB_EXPORT fdb_error_t fdb_transaction_add_conflict_range(FDBTransaction* transaction,
                                                          const uint8_t* begin, int begin_length,
                                                          const uint8_t* end, int end_length,
                                                          FDBConflictRangeType type);
FDB_EXPORT FDBFuture* fdb_transaction_get_estimated_range_size_bytes(FDBTransaction* transaction,
                                                                     const uint8_t* begin,
                                                                     int begin_length,
                                                                     const uint8_t* end,
                                                                     int end_length);
FDB_EXPORT FDBFuture* fdb_transaction_get_range_split_points(FDBTransaction* transaction,
                                                             const uint8_t* begin, int begin_length,
                                                             const uint8_t* end, int end_length,
                                                             int64_t chunk_size);
FDB_EXPORT FDBFuture* fdb_transaction_get_blob_granule_ranges(FDBTransaction* transaction,
                                                              const uint8_t* begin,
                                                              int begin_length, const uint8_t* end,
                                                              int end_length, int range_limit);
FDB_EXPORT FDBResult* fdb_transaction_read_blob_granules(
    FDBTransaction* transaction, const uint8_t* begin, int begin_length, const uint8_t* end,
    int end_length, int64_t begin_version, int64_t read_version, FDBReadBlobGranuleContext context);
FDB_EXPORT FDBFuture* fdb_transaction_summarize_blob_granules(
    FDBTransaction* transaction, const uint8_t* begin, int begin_length, const uint8_t* end,
    int end_length, int64_t summary_version, int range_limit);
FDB_EXPORT FDBFuture* fdb_transaction_read_blob_granules_description(
    FDBTransaction* transaction, const uint8_t* begin, int begin_length, const uint8_t* end,
    int end_length, int64_t begin_version, int64_t read_version, int64_t* read_version_out);

/* Blob granule files and results */
FDB_EXPORT fdb_error_t fdb_future_readbg_get_descriptions(FDBFuture* future,
                                                          FDBBGFileDescription** out,
                                                          int* desc_count);
FDB_EXPORT FDBResult* fdb_readbg_parse_snapshot_file(const uint8_t* file_data, int file_len,
                                                     const FDBBGTenantPrefix* tenant_prefix,
                                                     const FDBBGEncryptionCtx* encryption_ctx);
FDB_EXPORT FDBResult* fdb_readbg_parse_delta_file(const uint8_t* file_data, int file_len,
                                                  const FDBBGTenantPrefix* tenant_prefix,
                                                  const FDBBGEncryptionCtx* encryption_ctx);
FDB_EXPORT void fdb_result_destroy(FDBResult* result);
FDB_EXPORT fdb_error_t fdb_result_get_keyvalue_array(FDBResult* result, const FDBKeyValue** out_kv,
                                                     int* out_count, fdb_bool_t* out_more);
FDB_EXPORT fdb_error_t fdb_result_get_bg_mutations_array(FDBResult* result,
                                                         const FDBBGMutation** out_mutations,
                                                         int* out_count);

typedef enum FDB_ANY_INT { FDB_CLUSTER_OPTION_DUMMY_DO_NOT_USE = -1 } FDBClusterOption;

/* Removed: fdb_future_get_version at API version 620, the rest at 610. */
FDB_EXPORT fdb_error_t fdb_future_get_version(FDBFuture* future, int64_t* out_version);
FDB_EXPORT fdb_error_t fdb_future_get_cluster(FDBFuture* future, FDBCluster** out_cluster);
FDB_EXPORT fdb_error_t fdb_future_get_database(FDBFuture* future, FDBDatabase** out_database);
FDB_EXPORT FDBFuture* fdb_create_cluster(const char* cluster_file_path);
FDB_EXPORT void fdb_cluster_destroy(FDBCluster* cluster);
FDB_EXPORT fdb_error_t fdb_cluster_set_option(FDBCluster* cluster, FDBClusterOption option,
                                              const uint8_t* value, int value_length);
FDB_EXPORT FDBFuture* fdb_cluster_create_database(FDBCluster* cluster, const uint8_t* db_name,
                                                  int db_name_length);

/* Used by the multi-version client between libraries. */
typedef struct DatabaseSharedState DatabaseSharedState;
FDB_EXPORT FDBFuture* fdb_database_create_shared_state(FDBDatabase* database);
FDB_EXPORT void fdb_database_set_shared_state(FDBDatabase* database, DatabaseSharedState* state);
FDB_EXPORT fdb_error_t fdb_future_get_shared_state(FDBFuture* future, DatabaseSharedState** out);
FDB_EXPORT void fdb_use_future_protocol_version(void);
FDB_EXPORT FDBFuture* fdb_transaction_read_blob_granules_start(
    FDBTransaction* transaction, const uint8_t* begin, int begin_length, const uint8_t* end,
    int end_length, int64_t begin_version, int64_t read_version, int64_t* read_version_out);
FDB_EXPORT FDBResult* fdb_transaction_read_blob_granules_finish(
    FDBTransaction* transaction, FDBFuture* future, const uint8_t* begin, int begin_length,
    const uint8_t* end, int end_length, int64_t begin_version, int64_t read_version,
    FDBReadBlobGranuleContext* context);

#ifdef __cplusplus
}
#endif

#endif
