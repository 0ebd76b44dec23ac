// The C library: where it is found, what is called in it, and the network that it runs.
/**
 * The C API of release 7.4, each function once: its result, its parameters, the API version whose library
 * first exports it, and the API version from which it can no longer be called. Names and types are the
 * facts of the C header; `bool` is an int that is 0 or 1, `error` an int that is an error code.
 */
export type ParameterType =
  | 'int'
  | 'bool'
  | 'error'
  | 'int64'
  | 'uint64'
  | 'double'
  | 'text'
  | 'bytes'
  | 'pointer'
  | 'future'
  | 'result'
  | 'cluster'
  | 'database'
  | 'tenant'
  | 'transaction'
  | 'callback'
  | 'hook'
  | 'granuleContext'
  | 'outInt'
  | 'outInt64'
  | 'outUint64'
  | 'outDouble'
  | 'outPointer'

export type ResultType = ParameterType | 'void'

export interface ApiFunction {
  readonly name: string
  readonly result: ResultType
  readonly parameters: readonly { readonly name: string; readonly type: ParameterType }[]
  /** API version of the first release that exports it; 510 stands for 5.1 and earlier. */
  readonly since: number
  /** From this API version on the library refuses it. */
  readonly removed: number | undefined
}

function fn(
  name: string,
  result: ResultType,
  parameters: string,
  since: number,
  removed?: number,
): ApiFunction {
  const parts = parameters === '' ? [] : parameters.split(', ')
  return {
    name,
    result,
    parameters: parts.map((part) => {
      const [parameter = '', type = ''] = part.split(': ')
      return { name: parameter, type: type as ParameterType }
    }),
    since,
    removed,
  }
}

// prettier-ignore
export const apiFunctions: readonly ApiFunction[] = [
  fn('fdb_get_error', 'text', 'code: error', 510),
  fn('fdb_error_predicate', 'bool', 'predicateTest: int, code: error', 510),
  fn('fdb_network_set_option', 'error', 'option: int, value: bytes, valueLength: int', 510),
  fn('fdb_setup_network', 'error', '', 510),
  fn('fdb_run_network', 'error', '', 510),
  fn('fdb_stop_network', 'error', '', 510),
  fn('fdb_add_network_thread_completion_hook', 'error', 'hook: hook, parameter: pointer', 510),
  fn('fdb_future_cancel', 'void', 'future: future', 510),
  fn('fdb_future_release_memory', 'void', 'future: future', 510),
  fn('fdb_future_destroy', 'void', 'future: future', 510),
  fn('fdb_future_block_until_ready', 'error', 'future: future', 510),
  fn('fdb_future_is_ready', 'bool', 'future: future', 510),
  fn('fdb_future_set_callback', 'error', 'future: future, callback: callback, callbackParameter: pointer', 510),
  fn('fdb_future_get_error', 'error', 'future: future', 510),
  fn('fdb_future_get_version', 'error', 'future: future, outVersion: outInt64', 510, 620),
  fn('fdb_future_get_key', 'error', 'future: future, outKey: outPointer, outKeyLength: outInt', 510),
  fn('fdb_future_get_cluster', 'error', 'future: future, outCluster: outPointer', 510, 610),
  fn('fdb_future_get_database', 'error', 'future: future, outDatabase: outPointer', 510, 610),
  fn('fdb_future_get_value', 'error', 'future: future, outPresent: outInt, outValue: outPointer, outValueLength: outInt', 510),
  fn('fdb_future_get_keyvalue_array', 'error', 'future: future, outKv: outPointer, outCount: outInt, outMore: outInt', 510),
  fn('fdb_future_get_string_array', 'error', 'future: future, outStrings: outPointer, outCount: outInt', 510),
  fn('fdb_create_cluster', 'future', 'clusterFilePath: text', 510, 610),
  fn('fdb_cluster_destroy', 'void', 'cluster: cluster', 510, 610),
  fn('fdb_cluster_set_option', 'error', 'cluster: cluster, option: int, value: bytes, valueLength: int', 510, 610),
  fn('fdb_cluster_create_database', 'future', 'cluster: cluster, name: bytes, nameLength: int', 510, 610),
  fn('fdb_database_destroy', 'void', 'database: database', 510),
  fn('fdb_database_set_option', 'error', 'database: database, option: int, value: bytes, valueLength: int', 510),
  fn('fdb_database_create_transaction', 'error', 'database: database, outTransaction: outPointer', 510),
  fn('fdb_transaction_destroy', 'void', 'transaction: transaction', 510),
  fn('fdb_transaction_cancel', 'void', 'transaction: transaction', 510),
  fn('fdb_transaction_set_option', 'error', 'transaction: transaction, option: int, value: bytes, valueLength: int', 510),
  fn('fdb_transaction_set_read_version', 'void', 'transaction: transaction, version: int64', 510),
  fn('fdb_transaction_get_read_version', 'future', 'transaction: transaction', 510),
  fn('fdb_transaction_get', 'future', 'transaction: transaction, key: bytes, keyLength: int, snapshot: bool', 510),
  fn('fdb_transaction_get_key', 'future', 'transaction: transaction, key: bytes, keyLength: int, orEqual: bool, offset: int, snapshot: bool', 510),
  fn('fdb_transaction_get_addresses_for_key', 'future', 'transaction: transaction, key: bytes, keyLength: int', 510),
  fn('fdb_transaction_get_range', 'future', 'transaction: transaction, begin: bytes, beginLength: int, beginOrEqual: bool, beginOffset: int, end: bytes, endLength: int, endOrEqual: bool, endOffset: int, limit: int, targetBytes: int, mode: int, iteration: int, snapshot: bool, reverse: bool', 510),
  fn('fdb_transaction_set', 'void', 'transaction: transaction, key: bytes, keyLength: int, value: bytes, valueLength: int', 510),
  fn('fdb_transaction_atomic_op', 'void', 'transaction: transaction, key: bytes, keyLength: int, param: bytes, paramLength: int, operationType: int', 510),
  fn('fdb_transaction_clear', 'void', 'transaction: transaction, key: bytes, keyLength: int', 510),
  fn('fdb_transaction_clear_range', 'void', 'transaction: transaction, begin: bytes, beginLength: int, end: bytes, endLength: int', 510),
  fn('fdb_transaction_watch', 'future', 'transaction: transaction, key: bytes, keyLength: int', 510),
  fn('fdb_transaction_commit', 'future', 'transaction: transaction', 510),
  fn('fdb_transaction_get_committed_version', 'error', 'transaction: transaction, outVersion: outInt64', 510),
  fn('fdb_transaction_get_versionstamp', 'future', 'transaction: transaction', 510),
  fn('fdb_transaction_on_error', 'future', 'transaction: transaction, error: error', 510),
  fn('fdb_transaction_reset', 'void', 'transaction: transaction', 510),
  fn('fdb_transaction_add_conflict_range', 'error', 'transaction: transaction, begin: bytes, beginLength: int, end: bytes, endLength: int, type: int', 510),
  fn('fdb_select_api_version_impl', 'error', 'runtimeVersion: int, headerVersion: int', 510),
  fn('fdb_get_max_api_version', 'int', '', 510),
  fn('fdb_get_client_version', 'text', '', 510),
  fn('fdb_create_database', 'error', 'clusterFilePath: text, outDatabase: outPointer', 610),
  fn('fdb_future_get_int64', 'error', 'future: future, out: outInt64', 620),
  fn('fdb_transaction_get_approximate_size', 'future', 'transaction: transaction', 620),
  fn('fdb_transaction_get_estimated_range_size_bytes', 'future', 'transaction: transaction, begin: bytes, beginLength: int, end: bytes, endLength: int', 630),
  fn('fdb_future_get_uint64', 'error', 'future: future, out: outUint64', 700),
  fn('fdb_future_get_key_array', 'error', 'future: future, outKeyArray: outPointer, outCount: outInt', 700),
  fn('fdb_database_reboot_worker', 'future', 'database: database, address: bytes, addressLength: int, check: bool, duration: int', 700),
  fn('fdb_database_force_recovery_with_data_loss', 'future', 'database: database, dcid: bytes, dcidLength: int', 700),
  fn('fdb_database_create_snapshot', 'future', 'database: database, uid: bytes, uidLength: int, snapCommand: bytes, snapCommandLength: int', 700),
  fn('fdb_database_get_main_thread_busyness', 'double', 'database: database', 700),
  fn('fdb_database_get_server_protocol', 'future', 'database: database, expectedVersion: uint64', 700),
  fn('fdb_transaction_get_range_and_flat_map', 'future', 'transaction: transaction, begin: bytes, beginLength: int, beginOrEqual: bool, beginOffset: int, end: bytes, endLength: int, endOrEqual: bool, endOffset: int, mapper: bytes, mapperLength: int, limit: int, targetBytes: int, mode: int, iteration: int, snapshot: bool, reverse: bool', 700, 710),
  fn('fdb_transaction_get_range_split_points', 'future', 'transaction: transaction, begin: bytes, beginLength: int, end: bytes, endLength: int, chunkSize: int64', 700),
  fn('fdb_future_get_mappedkeyvalue_array', 'error', 'future: future, outKv: outPointer, outCount: outInt, outMore: outInt', 710),
  fn('fdb_future_get_keyrange_array', 'error', 'future: future, outRanges: outPointer, outCount: outInt', 710),
  fn('fdb_result_destroy', 'void', 'result: result', 710),
  fn('fdb_result_get_keyvalue_array', 'error', 'result: result, outKv: outPointer, outCount: outInt, outMore: outInt', 710),
  fn('fdb_database_open_tenant', 'error', 'database: database, name: bytes, nameLength: int, outTenant: outPointer', 710),
  fn('fdb_database_purge_blob_granules', 'future', 'database: database, begin: bytes, beginLength: int, end: bytes, endLength: int, purgeVersion: int64, force: bool', 710),
  fn('fdb_database_wait_purge_granules_complete', 'future', 'database: database, purgeKey: bytes, purgeKeyLength: int', 710),
  fn('fdb_tenant_create_transaction', 'error', 'tenant: tenant, outTransaction: outPointer', 710),
  fn('fdb_tenant_destroy', 'void', 'tenant: tenant', 710),
  fn('fdb_transaction_get_mapped_range', 'future', 'transaction: transaction, begin: bytes, beginLength: int, beginOrEqual: bool, beginOffset: int, end: bytes, endLength: int, endOrEqual: bool, endOffset: int, mapper: bytes, mapperLength: int, limit: int, targetBytes: int, mode: int, iteration: int, snapshot: bool, reverse: bool', 710),
  fn('fdb_transaction_get_blob_granule_ranges', 'future', 'transaction: transaction, begin: bytes, beginLength: int, end: bytes, endLength: int, rangeLimit: int', 710),
  fn('fdb_transaction_read_blob_granules', 'result', 'transaction: transaction, begin: bytes, beginLength: int, end: bytes, endLength: int, beginVersion: int64, readVersion: int64, granuleContext: granuleContext', 710),
  fn('fdb_future_get_bool', 'error', 'future: future, out: outInt', 730),
  fn('fdb_future_get_double', 'error', 'future: future, out: outDouble', 730),
  fn('fdb_future_get_granule_summary_array', 'error', 'future: future, outSummaries: outPointer, outCount: outInt', 730),
  fn('fdb_future_readbg_get_descriptions', 'error', 'future: future, out: outPointer, descCount: outInt', 730),
  fn('fdb_readbg_parse_snapshot_file', 'result', 'fileData: bytes, fileLen: int, tenantPrefix: pointer, encryptionCtx: pointer', 730),
  fn('fdb_readbg_parse_delta_file', 'result', 'fileData: bytes, fileLen: int, tenantPrefix: pointer, encryptionCtx: pointer', 730),
  fn('fdb_result_get_bg_mutations_array', 'error', 'result: result, outMutations: outPointer, outCount: outInt', 730),
  fn('fdb_create_database_from_connection_string', 'error', 'connectionString: text, outDatabase: outPointer', 730),
  fn('fdb_database_blobbify_range', 'future', 'database: database, begin: bytes, beginLength: int, end: bytes, endLength: int', 730),
  fn('fdb_database_blobbify_range_blocking', 'future', 'database: database, begin: bytes, beginLength: int, end: bytes, endLength: int', 730),
  fn('fdb_database_unblobbify_range', 'future', 'database: database, begin: bytes, beginLength: int, end: bytes, endLength: int', 730),
  fn('fdb_database_list_blobbified_ranges', 'future', 'database: database, begin: bytes, beginLength: int, end: bytes, endLength: int, rangeLimit: int', 730),
  fn('fdb_database_verify_blob_range', 'future', 'database: database, begin: bytes, beginLength: int, end: bytes, endLength: int, version: int64', 730),
  fn('fdb_database_flush_blob_range', 'future', 'database: database, begin: bytes, beginLength: int, end: bytes, endLength: int, compact: bool, version: int64', 730),
  fn('fdb_database_get_client_status', 'future', 'database: database', 730),
  fn('fdb_tenant_purge_blob_granules', 'future', 'database: tenant, begin: bytes, beginLength: int, end: bytes, endLength: int, purgeVersion: int64, force: bool', 730),
  fn('fdb_tenant_wait_purge_granules_complete', 'future', 'database: tenant, purgeKey: bytes, purgeKeyLength: int', 730),
  fn('fdb_tenant_blobbify_range', 'future', 'tenant: tenant, begin: bytes, beginLength: int, end: bytes, endLength: int', 730),
  fn('fdb_tenant_blobbify_range_blocking', 'future', 'tenant: tenant, begin: bytes, beginLength: int, end: bytes, endLength: int', 730),
  fn('fdb_tenant_unblobbify_range', 'future', 'tenant: tenant, begin: bytes, beginLength: int, end: bytes, endLength: int', 730),
  fn('fdb_tenant_list_blobbified_ranges', 'future', 'tenant: tenant, begin: bytes, beginLength: int, end: bytes, endLength: int, rangeLimit: int', 730),
  fn('fdb_tenant_verify_blob_range', 'future', 'tenant: tenant, begin: bytes, beginLength: int, end: bytes, endLength: int, version: int64', 730),
  fn('fdb_tenant_flush_blob_range', 'future', 'tenant: tenant, begin: bytes, beginLength: int, end: bytes, endLength: int, compact: bool, version: int64', 730),
  fn('fdb_tenant_get_id', 'future', 'tenant: tenant', 730),
  fn('fdb_transaction_get_tag_throttled_duration', 'future', 'transaction: transaction', 730),
  fn('fdb_transaction_get_total_cost', 'future', 'transaction: transaction', 730),
  fn('fdb_transaction_summarize_blob_granules', 'future', 'transaction: transaction, begin: bytes, beginLength: int, end: bytes, endLength: int, summaryVersion: int64, rangeLimit: int', 730),
  fn('fdb_transaction_read_blob_granules_description', 'future', 'transaction: transaction, begin: bytes, beginLength: int, end: bytes, endLength: int, beginVersion: int64, readVersion: int64, readVersionOut: outInt64', 730),
]

/** What the embedded engine has beside the C API, for tests: native-callbacks/include/fdb_embedded.h. */
// prettier-ignore
export const embeddedFunctions: readonly ApiFunction[] = [
  fn('fdb_embedded_save', 'future', 'database: database', 740),
  fn('fdb_embedded_load', 'future', 'database: database, bytes: bytes, length: int', 740),
  fn('fdb_embedded_set_faults', 'error', 'database: database, seed: uint64, conflicts: int, unknownCommits: int, slowReads: int, tooOld: int, overload: int', 740),
]
