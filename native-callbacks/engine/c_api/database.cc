// Databases and tenants.

#include <cctype>
#include <memory>

#include "engine/c_api/support.h"
#include "engine/database/status_json.h"
#include "engine/database/tenant_handle.h"
#include "engine/options/option_table.h"

using namespace fdbkit::engine;

namespace {

constexpr uint64_t kProtocolVersion = 0x1FDB00B074000000ULL;
constexpr std::size_t kSnapshotIdentifierDigits = 32;

FDBDatabase* open_database(ConnectionRecord record) {
  auto* database = new Database();
  Network& network = Network::instance();
  network.loop().post([database, &network, record = std::move(record)]() mutable {
    database->open(network.clusters(), network.environment(), std::move(record));
  });
  return database->handle();
}

// Answers with `reply(database, future)` unless the database could not be opened.
template <class Reply>
FDBFuture* ask_database(FDBDatabase* database, Reply reply) {
  return ask(Database::of(database), [reply = std::move(reply)](Database& d, FutureRef f) {
    if (ErrorCode code = d.deferred_error()) {
      f->send_error(code);
    } else {
      reply(d, std::move(f));
    }
  });
}

FDBTransaction* new_transaction(Database* database, TenantTargetRef tenant) {
  auto* transaction = new Transaction();
  network_loop().post([transaction, database, tenant = std::move(tenant)]() mutable {
    transaction->start(*database, std::move(tenant));
  });
  return transaction->handle();
}

bool is_snapshot_identifier(const std::string& text) {
  if (text.size() != kSnapshotIdentifierDigits) return false;
  for (unsigned char c : text) {
    if (std::isxdigit(c) == 0) return false;
  }
  return true;
}

}  // namespace

extern "C" {

fdb_error_t fdb_create_database(const char* cluster_file_path, FDBDatabase** out_database) {
  if (!Network::instance().is_set_up()) return fdbkit::engine::Error::kNetworkNotSetup;
  *out_database =
      open_database(record_from_file(cluster_file_path == nullptr ? "" : cluster_file_path));
  return fdbkit::engine::Error::kSuccess;
}

fdb_error_t fdb_create_database_from_connection_string(const char* connection_string,
                                                       FDBDatabase** out_database) {
  if (!Network::instance().is_set_up()) return fdbkit::engine::Error::kNetworkNotSetup;
  *out_database =
      open_database(record_from_string(connection_string == nullptr ? "" : connection_string));
  return fdbkit::engine::Error::kSuccess;
}

void fdb_database_destroy(FDBDatabase* database) {
  tell(Database::of(database), [](Database& d) { d.drop_reference(); });
}

fdb_error_t fdb_database_set_option(FDBDatabase* database, FDBDatabaseOption option,
                                    const uint8_t* value, int value_length) {
  int number = option;
  if (find_option(database_options(), number) == nullptr)
    return fdbkit::engine::Error::kInvalidOption;
  tell(Database::of(database), [number, value = option_value(value, value_length)](Database& d) {
    d.set_option(number, value);
  });
  return fdbkit::engine::Error::kSuccess;
}

fdb_error_t fdb_database_create_transaction(FDBDatabase* database,
                                            FDBTransaction** out_transaction) {
  *out_transaction = new_transaction(Database::of(database), nullptr);
  return fdbkit::engine::Error::kSuccess;
}

// The one process of the cluster is the caller's; nothing is rebooted.
FDBFuture* fdb_database_reboot_worker(FDBDatabase* database, const uint8_t* address,
                                      int address_length, fdb_bool_t check, int duration) {
  (void)address;
  (void)address_length;
  (void)check;
  (void)duration;
  return ask_database(database, [](Database&, FutureRef f) { f->send(int64_t{0}); });
}

// There is one copy, and it is the database.
FDBFuture* fdb_database_force_recovery_with_data_loss(FDBDatabase* database, const uint8_t* dcid,
                                                      int dcid_length) {
  (void)dcid;
  (void)dcid_length;
  return ask_database(database, [](Database&, FutureRef f) { f->send(Nothing{}); });
}

// No process allows any program to take a snapshot.
FDBFuture* fdb_database_create_snapshot(FDBDatabase* database, const uint8_t* uid, int uid_length,
                                        const uint8_t* snap_command, int snap_command_length) {
  (void)snap_command;
  (void)snap_command_length;
  return ask_database(database, [uid = bytes_of(uid, uid_length)](Database&, FutureRef f) {
    f->send_error(is_snapshot_identifier(uid) ? fdbkit::engine::Error::kSnapPathNotWhitelisted
                                              : fdbkit::engine::Error::kSnapInvalidUidString);
  });
}

FDBFuture* fdb_database_create_shared_state(FDBDatabase* database) {
  return ask_database(database, [](Database&, FutureRef f) {
    f->send_error(fdbkit::engine::Error::kUnsupportedOperation);
  });
}

void fdb_database_set_shared_state(FDBDatabase* database, DatabaseSharedState* state) {
  (void)database;
  (void)state;
}

double fdb_database_get_main_thread_busyness(FDBDatabase* database) {
  (void)database;
  return Network::instance().busyness();
}

// With an expected version the answer is a change of it, and the engine's never changes.
FDBFuture* fdb_database_get_server_protocol(FDBDatabase* database, uint64_t expected_version) {
  return ask_database(database, [expected_version](Database& d, FutureRef f) {
    if (expected_version == kProtocolVersion) {
      d.keep_pending(std::move(f));
    } else {
      f->send(uint64_t{kProtocolVersion});
    }
  });
}

FDBFuture* fdb_database_get_client_status(FDBDatabase* database) {
  return ask(Database::of(database),
             [](Database& d, FutureRef f) { f->send(client_status_json(&d)); });
}

fdb_error_t fdb_database_open_tenant(FDBDatabase* database, const uint8_t* tenant_name,
                                     int tenant_name_length, FDBTenant** out_tenant) {
  auto target = std::make_shared<TenantTarget>();
  target->name = bytes_of(tenant_name, tenant_name_length);
  auto* tenant = new TenantHandle{Database::of(database), std::move(target)};
  tell(tenant->database, [target = tenant->target](Database& d) {
    d.add_reference();
    if (d.deferred_error() == fdbkit::engine::Error::kSuccess) d.cluster().look_up(target);
  });
  *out_tenant = tenant->handle();
  return fdbkit::engine::Error::kSuccess;
}

fdb_error_t fdb_tenant_create_transaction(FDBTenant* tenant, FDBTransaction** out_transaction) {
  const TenantHandle* handle = TenantHandle::of(tenant);
  *out_transaction = new_transaction(handle->database, handle->target);
  return fdbkit::engine::Error::kSuccess;
}

FDBFuture* fdb_tenant_get_id(FDBTenant* tenant) {
  const TenantHandle* handle = TenantHandle::of(tenant);
  return ask_database(handle->database->handle(),
                      [target = handle->target](Database& d, FutureRef f) {
                        if (d.cluster().tenants().resolve(*target)) {
                          f->send(int64_t{target->id});
                        } else {
                          f->send_error(fdbkit::engine::Error::kTenantNotFound);
                        }
                      });
}

void fdb_tenant_destroy(FDBTenant* tenant) {
  std::unique_ptr<TenantHandle> owned(TenantHandle::of(tenant));
  tell(owned->database, [](Database& d) { d.drop_reference(); });
}

}  // extern "C"
