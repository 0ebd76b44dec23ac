// What each option does, in this project's own words. scripts/generate-options.mjs puts them into
// the tables of src/native/generated, and fails when one is missing or names nothing.
export const descriptions = {
  NetworkOption: {
    local_address: 'Has no effect any more; once told the client which address to bind.',
    cluster_file: 'Has no effect any more; name the cluster file when the database is opened.',
    trace_enable:
      'Writes trace files into this folder; an empty string means the working directory.',
    trace_roll_size:
      'Bytes after which a new trace file is begun; 0 never rolls, and the default is 10 MiB.',
    trace_max_logs_size:
      'Bytes that all trace files may take together before old ones are deleted; 0 keeps all, and the default is 100 MiB.',
    trace_log_group: 'The LogGroup that every trace event carries; `default` unless set.',
    trace_format: 'Format of the trace files: `xml` (the default) or `json`.',
    trace_clock_source: 'Clock that stamps trace events: `now` (the default) or `realtime`.',
    trace_file_identifier: 'Text that stands in trace file names where the process id would.',
    trace_share_among_client_threads:
      'All client threads write under one base file name, as before 7.2.',
    trace_initialize_on_setup:
      'Opens the trace files when the network is set up, not when the first database is opened.',
    trace_partial_file_suffix:
      'Suffix of a trace file that is still being written; the finished file is renamed without it.',
    knob: 'Sets one internal knob, written as `name=value`.',
    tls_plugin: 'Has no effect any more; once named a TLS plugin.',
    tls_cert_bytes: 'The certificate chain, as PEM bytes.',
    tls_cert_path: 'File with the certificate chain.',
    tls_key_bytes: 'The private key of the certificate, as PEM bytes.',
    tls_key_path: 'File with the private key of the certificate.',
    tls_verify_peers: 'The rule that the certificates of the other side must satisfy.',
    buggify_enable: 'Turns on fault injection in the code that client and server share.',
    buggify_disable: 'Turns off fault injection in the code that client and server share.',
    buggify_section_activated_probability:
      'Percentage of fault-injection points that are active in this run; counts for points first reached after the call.',
    buggify_section_fired_probability:
      'Percentage of passes in which an active fault-injection point fires.',
    tls_ca_bytes: 'The certificates of the trusted authorities, as PEM bytes.',
    tls_ca_path: 'File with the certificates of the trusted authorities.',
    tls_password: 'Passphrase of an encrypted private key; set it before the key.',
    tls_disable_plaintext_connection: 'Refuses to talk to a server without TLS.',
    disable_multi_version_client_api:
      'Uses the loaded library alone and never hands over to another version; set it before the network starts.',
    callbacks_on_external_threads:
      'Lets the threads of other client versions call future callbacks directly; experimental, and set before the network starts.',
    external_client_library:
      'Path of one more client library to choose from by the version of the cluster.',
    external_client_directory:
      'Folder whose client libraries are all added to choose from by the version of the cluster.',
    disable_local_client:
      'Connects only through the additional client libraries, never through the loaded one.',
    client_threads_per_version:
      'Number of network threads for each client version; more than one turns the loaded library off.',
    future_version_client_library:
      'Path of a library that speaks a later protocol; for tests of the client itself.',
    retain_client_library_copies:
      'Keeps the temporary copies of client libraries that several threads need.',
    ignore_external_client_failures:
      'Carries on when some of the additional client libraries cannot be started.',
    fail_incompatible_client:
      'Gives an error instead of waiting when no client library speaks the version of the cluster.',
    disable_client_statistics_logging: 'Stops recording samples of transaction activity.',
    enable_slow_task_profiling: 'The earlier name of enable_run_loop_profiling.',
    enable_run_loop_profiling:
      'Profiles the run loop into the trace files; a debugging aid, not for production.',
    disable_client_bypass:
      'Keeps the multi-version layer in place even when only one library is loaded; cached read versions need it.',
    client_buggify_enable:
      'Makes requests of this client fail at random, so that tests meet the errors a cluster can give.',
    client_buggify_disable: 'Ends the random failures that client_buggify_enable began.',
    client_buggify_section_activated_probability:
      "Percentage of the client's fault-injection points that are active in this run.",
    client_buggify_section_fired_probability:
      'Percentage of passes in which an active fault-injection point of the client fires.',
    distributed_client_tracer:
      'Where spans of the client go: `none`, `log_file` or `network_lossy`, as on the servers.',
    client_tmp_dir:
      'Folder for the temporary files of the client, such as copies of client libraries; `/tmp` unless set.',
    supported_client_versions:
      'Set by the multi-version layer to tell the active client which versions are at hand.',
    external_client: 'Set by the multi-version layer on each additional client library.',
    external_client_transport_id:
      'Set by the multi-version layer to give a client its transport id.',
  },
  DatabaseOption: {
    location_cache_size:
      'Number of key ranges whose servers the client remembers; 100,000 unless set.',
    max_watches:
      'Number of watches that may be pending at once; 10,000 unless set, at most 1,000,000.',
    machine_id:
      'Machine id of the server processes beside this client, so that near servers are asked first.',
    datacenter_id: 'Data center id of this client, so that near servers are asked first.',
    snapshot_ryw_enable:
      'Snapshot reads see the writes of their own transaction, which is the default; each call undoes one disable.',
    snapshot_ryw_disable:
      'Snapshot reads see the database as it was, without the writes of their own transaction.',
    transaction_logging_max_field_length:
      'Gives each new transaction this transaction_logging_max_field_length.',
    transaction_timeout: 'Gives each new transaction this timeout, in milliseconds.',
    transaction_retry_limit: 'Gives each new transaction this retry limit.',
    transaction_max_retry_delay:
      'Gives each new transaction this longest delay between retries, in milliseconds.',
    transaction_size_limit: 'Gives each new transaction this size limit, in bytes.',
    transaction_causal_read_risky: 'Sets causal_read_risky on each new transaction.',
    transaction_include_port_in_address: 'Sets include_port_in_address on each new transaction.',
    transaction_automatic_idempotency: 'Sets automatic_idempotency on each new transaction.',
    transaction_bypass_unreadable: 'Sets bypass_unreadable on each new transaction.',
    transaction_used_during_commit_protection_disable:
      'Sets used_during_commit_protection_disable on each new transaction.',
    transaction_report_conflicting_keys: 'Sets report_conflicting_keys on each new transaction.',
    use_config_database:
      "Reads and writes the cluster's dynamic configuration instead of its data.",
    test_causal_read_risky:
      'Percentage of recoveries after which the client checks that it cannot read stale data.',
  },
  TransactionOption: {
    causal_write_risky:
      'Accepts that a fault may commit this transaction twice, unless it conflicts with itself.',
    causal_read_risky:
      'Takes a read version without asking whether a newer one was just made; it is committed, and rarely stale.',
    causal_read_disable: 'Kept for old programs; does nothing.',
    include_port_in_address:
      'Addresses of servers carry their port; always so from API version 630.',
    next_write_no_write_conflict_range:
      'The next write adds no write conflict range, so readers of its keys do not conflict with it.',
    commit_on_first_proxy: 'Sends the commit to the first commit proxy without balancing load.',
    check_writes_enable: 'Kept for debugging the client itself.',
    read_your_writes_disable:
      "Reads see the database at the read version and none of the transaction's own writes; set it before the first operation.",
    read_ahead_disable: 'Kept for old programs; does nothing.',
    read_server_side_cache_enable:
      'Storage servers keep what this transaction reads in their cache, which is the default.',
    read_server_side_cache_disable:
      'Storage servers do not keep in their cache what this transaction reads.',
    read_priority_normal:
      'Later reads have normal priority on the storage servers, which is the default.',
    read_priority_low: 'Later reads give way to others on the storage servers.',
    read_priority_high: 'Later reads go before others on the storage servers.',
    durability_datacenter: 'Kept for old programs; does nothing.',
    durability_risky: 'Kept for old programs; does nothing.',
    durability_dev_null_is_web_scale: 'Kept for old programs; does nothing.',
    priority_system_immediate:
      'Goes before every transaction of lower priority; for the tools of the cluster itself.',
    priority_batch:
      'Goes behind transactions of default priority, and waits when the cluster is busy.',
    initialize_new_database:
      'Marks the write-only transaction that configures a new cluster; for tools.',
    access_system_keys:
      'Allows reading and writing keys that begin with 0xFF; includes raw_access.',
    read_system_keys: 'Allows reading keys that begin with 0xFF; includes raw_access.',
    raw_access: 'Allows keys outside any tenant while tenants are required.',
    bypass_storage_quota:
      'Commits although the tenant group is over its quota; for transactions that make room.',
    debug_dump: 'Kept for debugging the client itself.',
    debug_retry_logging:
      'Traces every retry of this transaction, under the given name if there is one.',
    transaction_logging_enable:
      'The earlier way to name and log a transaction: debug_transaction_identifier with log_transaction.',
    debug_transaction_identifier:
      'Names this transaction, in at most 100 characters, in traces and profiles.',
    log_transaction:
      'Writes the details of this transaction into the trace files; name it with debug_transaction_identifier first.',
    transaction_logging_max_field_length:
      'Longest key or value written out by log_transaction; a negative number cuts nothing.',
    server_request_tracing:
      'Makes the servers trace each step of this transaction under a random id.',
    timeout:
      'Milliseconds after which the transaction is cancelled with error 1031; 0 sets no limit, and it outlives retries from API version 610.',
    retry_limit:
      'Number of retries after which on_error gives the last error back; -1 sets no limit, and it outlives retries from API version 610.',
    max_retry_delay:
      'Longest delay before a retry, in milliseconds; 1000 unless set, and it outlives retries from API version 610.',
    size_limit:
      'Bytes that the mutations and conflict ranges may take together, from 32 to 10,000,000, which is the default.',
    idempotency_id:
      'An id of 16 to 255 bytes by which the cluster recognises a commit that was already applied; in development.',
    automatic_idempotency:
      'Gives the transaction a random idempotency id, so that commits do not end with error 1021; in development.',
    snapshot_ryw_enable:
      'Snapshot reads see the writes of this transaction, which is the default; each call undoes one disable.',
    snapshot_ryw_disable:
      'Snapshot reads see the database as it was, without the writes of this transaction.',
    lock_aware: 'Reads and writes a locked database; the caller holds the lock.',
    used_during_commit_protection_disable:
      'An operation issued while the commit is in flight fails alone, and no longer takes the commit down with it.',
    read_lock_aware: 'Reads a locked database.',
    first_in_batch: 'Is applied before all others of its commit version.',
    use_provisional_proxies:
      'Talks to the proxies of a recovery that has not finished; for tools that change the configuration.',
    report_conflicting_keys:
      'After a conflict, keys below `\\xff\\xff/transaction/conflicting_keys/` tell which ranges conflicted.',
    special_key_space_relaxed:
      'A range read may cross from one module of the special key space into another, or into none.',
    special_key_space_enable_writes:
      'Allows writes to special keys, and whatever other options they need.',
    tag: 'Adds a tag, at most 16 characters and 5 tags, by which an operator can throttle this transaction.',
    auto_throttle_tag:
      'Adds a tag, at most 16 characters and 5 tags, by which an operator or the cluster itself can throttle this transaction.',
    span_parent:
      'Makes this transaction a child of the given span: 33 bytes of protocol version, trace id, span id and a sampling flag.',
    expensive_clear_cost_estimation_enable:
      'Asks the storage servers how much a cleared range holds, instead of guessing from the location cache.',
    bypass_unreadable:
      'Reads of keys with a pending versionstamp give the value as it was set, instead of error 1036.',
    use_grv_cache:
      'May take a read version that the client refreshes in the background; needs the network option disable_client_bypass.',
    skip_grv_cache: 'Never takes a cached read version.',
    authorization_token:
      'A JSON Web Token that grants access to tenants; it outlives retries, and is not logged.',
    enable_replica_consistency_check: 'Each read asks several replicas and compares their answers.',
    consistency_check_required_replicas:
      'How many replicas enable_replica_consistency_check compares.',
  },
  StreamingMode: {
    want_all: 'The whole range will be read, so send it in large batches.',
    iterator: 'The default: begins with small batches and lets them grow as the reader goes on.',
    exact: 'One batch with exactly as many rows as the limit says; a limit is required.',
    small: 'Small batches, for a reader that is likely to stop early.',
    medium: 'Batches between small and large.',
    large: 'Batches large enough to be efficient while many clients read at once.',
    serial: 'Batches large enough for one reader alone to get good throughput.',
  },
  MutationType: {
    add: 'Adds two little-endian integers, in the length of the parameter, wrapping around.',
    and: 'The earlier name of bit_and.',
    bit_and: 'Bitwise and, in the length of the parameter; an absent value becomes the parameter.',
    or: 'The earlier name of bit_or.',
    bit_or: 'Bitwise or, in the length of the parameter; an absent value counts as zeros.',
    xor: 'The earlier name of bit_xor.',
    bit_xor:
      'Bitwise exclusive or, in the length of the parameter; an absent value counts as zeros.',
    append_if_fits:
      'Appends the parameter, unless the value would grow past the value size limit; nothing tells when it did not fit.',
    max: 'Keeps the larger of two little-endian unsigned integers, in the length of the parameter.',
    min: 'Keeps the smaller of two little-endian unsigned integers, in the length of the parameter; an absent value becomes the parameter.',
    set_versionstamped_key:
      'Sets a key in which ten bytes, at the offset in its last four (little-endian), become the versionstamp of the commit.',
    set_versionstamped_value:
      'Sets a value in which ten bytes, at the offset in its last four (little-endian), become the versionstamp of the commit.',
    byte_min: 'Keeps the smaller of two byte strings; an absent value becomes the parameter.',
    byte_max: 'Keeps the larger of two byte strings; an absent value becomes the parameter.',
    compare_and_clear: 'Clears the key if its value equals the parameter.',
  },
  ConflictRangeType: {
    read: 'The transaction conflicts when the range was written since its read version.',
    write: 'Other transactions that read the range conflict with this one.',
  },
  ErrorPredicate: {
    retryable: 'Running the transaction again may succeed.',
    maybe_committed: 'The transaction may have been committed, and the client cannot tell.',
    retryable_not_committed:
      'Running the transaction again may succeed, and it has not been committed.',
  },
}
