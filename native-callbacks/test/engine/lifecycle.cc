// The process-wide part of the C API: versions, network options, set-up, run and stop. One child
// process a case.

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "test/support/engine_client.h"

using namespace fdbkit::test;

namespace {

fdb_error_t net_option(FDBNetworkOption option, const char* value) {
  int length = value == nullptr ? 0 : static_cast<int>(std::strlen(value));
  return fdb_network_set_option(option, reinterpret_cast<const uint8_t*>(value), length);
}

fdb_error_t net_option(FDBNetworkOption option, int64_t value) {
  return fdb_network_set_option(option, reinterpret_cast<const uint8_t*>(&value), sizeof value);
}

void versions() {
  CHECK_EQ(fdb_get_max_api_version(), 740);
  CHECK_EQ(fdb_setup_network(), 2200);
  CHECK_EQ(net_option(FDB_NET_OPTION_TRACE_ENABLE, nullptr), 2200);
  CHECK_EQ(fdb_select_api_version_impl(740, 730), 2202);
  CHECK_EQ(fdb_select_api_version_impl(740, 750), 2203);
  CHECK_EQ(fdb_select_api_version_impl(12, 740), 2203);
  CHECK_EQ(fdb_select_api_version_impl(510, 740), 0);
  CHECK_EQ(fdb_select_api_version_impl(510, 740), 2201);
  CHECK(std::string(fdb_get_client_version()).starts_with("7.4"));
}

void before_setup() {
  CHECK_EQ(fdb_select_api_version_impl(740, 740), 0);
  FDBDatabase* database = nullptr;
  CHECK_EQ(fdb_run_network(), 2008);
  CHECK_EQ(fdb_stop_network(), 2008);
  CHECK_EQ(fdb_create_database(nullptr, &database), 2008);
  CHECK_EQ(fdb_create_database_from_connection_string("a:b@127.0.0.1:1", &database), 2008);
  CHECK_EQ(fdb_add_network_thread_completion_hook([](void*) {}, nullptr), 2008);
}

void run_once() {
  CHECK_EQ(fdb_select_api_version_impl(740, 740), 0);
  CHECK_EQ(fdb_setup_network(), 0);
  CHECK_EQ(fdb_setup_network(), 2009);
  std::string order;
  auto hook = [](void* text) { *static_cast<std::string*>(text) += 'h'; };
  CHECK_EQ(fdb_add_network_thread_completion_hook(hook, &order), 0);
  CHECK_EQ(fdb_add_network_thread_completion_hook(hook, &order), 0);
  std::thread network([] { CHECK_EQ(fdb_run_network(), 0); });
  { CHECK_EQ(Db("once").read("key").has_value(), false); }
  CHECK_EQ(fdb_stop_network(), 0);
  network.join();
  CHECK_EQ(order, std::string("hh"));
  CHECK_EQ(fdb_run_network(), 2025);
}

// Stopped before it runs: it runs through at once.
void stop_first() {
  CHECK_EQ(fdb_select_api_version_impl(740, 740), 0);
  CHECK_EQ(fdb_setup_network(), 0);
  CHECK_EQ(fdb_stop_network(), 0);
  CHECK_EQ(fdb_run_network(), 0);
}

void calls_after_stop() {
  std::optional<NetworkThread> network(std::in_place);
  Db database("stopped");
  Txn txn = database.begin();
  CHECK_EQ(txn.get("key").wait(), 0);
  network.reset();
  // Nothing answers any more, and nothing breaks.
  FutureHandle pending = txn.get("key");
  CHECK(!pending.ready());
  CHECK_EQ(fdb_future_get_error(pending.get()), 2015);
  txn.set("key", "value");
}

void options() {
  CHECK_EQ(fdb_select_api_version_impl(740, 740), 0);
  CHECK_EQ(net_option(static_cast<FDBNetworkOption>(9999), nullptr), 2007);
  CHECK_EQ(net_option(FDB_NET_OPTION_TRACE_FORMAT, "xml"), 0);
  CHECK_EQ(net_option(FDB_NET_OPTION_TRACE_FORMAT, "text"), 2006);
  CHECK_EQ(net_option(FDB_NET_OPTION_TRACE_ROLL_SIZE, int64_t{1000}), 0);
  CHECK_EQ(net_option(FDB_NET_OPTION_TRACE_ROLL_SIZE, int64_t{-1}), 2006);
  CHECK_EQ(net_option(FDB_NET_OPTION_TRACE_ROLL_SIZE, "12"), 2006);
  CHECK_EQ(net_option(FDB_NET_OPTION_TRACE_FILE_IDENTIFIER, "with space"), 2006);
  CHECK_EQ(net_option(FDB_NET_OPTION_KNOB, "name"), 2006);
  CHECK_EQ(net_option(FDB_NET_OPTION_KNOB, "name=1"), 0);
  CHECK_EQ(net_option(FDB_NET_OPTION_CLIENT_BUGGIFY_SECTION_FIRED_PROBABILITY, int64_t{101}), 2006);
  CHECK_EQ(net_option(FDB_NET_OPTION_EXTERNAL_CLIENT_LIBRARY, "/no/such/library.so"), 1511);
  CHECK_EQ(net_option(FDB_NET_OPTION_CLIENT_TMP_DIR, ""), 2006);
  CHECK_EQ(fdb_setup_network(), 0);
  CHECK_EQ(net_option(FDB_NET_OPTION_DISABLE_MULTI_VERSION_CLIENT_API, nullptr), 2007);
  CHECK_EQ(net_option(FDB_NET_OPTION_CLIENT_THREADS_PER_VERSION, int64_t{1}), 2007);
}

void no_client() {
  CHECK_EQ(fdb_select_api_version_impl(740, 740), 0);
  CHECK_EQ(net_option(FDB_NET_OPTION_DISABLE_LOCAL_CLIENT, nullptr), 0);
  CHECK_EQ(fdb_setup_network(), 2123);
}

void option_from_environment() {
  setenv("FDB_NETWORK_OPTION_TRACE_FORMAT", "text", 1);
  CHECK_EQ(fdb_select_api_version_impl(740, 740), 0);
  CHECK_EQ(fdb_setup_network(), 2022);
  setenv("FDB_NETWORK_OPTION_TRACE_FORMAT", "json", 1);
  CHECK_EQ(fdb_setup_network(), 0);
}

fdb_error_t first_read(FDBDatabase* database) { return Txn(database).get("key").wait(); }

void connection_errors() {
  NetworkThread network;
  FDBDatabase* database = nullptr;
  CHECK_EQ(fdb_create_database("/no/such/fdb.cluster", &database), 0);
  CHECK_EQ(first_read(database), 1515);
  fdb_database_destroy(database);
  for (const char* bad :
       {"", "name", "name:id", "name:id@", "name:id@host", "na me!:id@127.0.0.1:1",
        "a:b@127.0.0.1:0", "a:b@127.0.0.1:1,127.0.0.1:1", ":id@127.0.0.1:1"}) {
    CHECK_EQ(fdb_create_database_from_connection_string(bad, &database), 0);
    CHECK_EQ(first_read(database), 2104);
    fdb_database_destroy(database);
  }
}

// A file's content names the cluster, not its path.
void shared_clusters() {
  char folder[] = "/tmp/fdbkit_engine_XXXXXX";
  CHECK(mkdtemp(folder) != nullptr);
  std::string first = std::string(folder) + "/first.cluster";
  std::string second = std::string(folder) + "/second.cluster";
  std::ofstream(first) << "# a comment\nshared:one@127.0.0.1:4500\n";
  std::ofstream(second) << "shared:one@127.0.0.1:4500";
  {
    NetworkThread network;
    FDBDatabase* by_file = nullptr;
    FDBDatabase* by_other_file = nullptr;
    FDBDatabase* by_string = nullptr;
    FDBDatabase* other = nullptr;
    CHECK_EQ(fdb_create_database(first.c_str(), &by_file), 0);
    CHECK_EQ(fdb_create_database(second.c_str(), &by_other_file), 0);
    CHECK_EQ(fdb_create_database_from_connection_string("shared:one@127.0.0.1:4500", &by_string),
             0);
    CHECK_EQ(fdb_create_database_from_connection_string("shared:two@127.0.0.1:4500", &other), 0);
    Txn txn(by_file);
    txn.set("key", "value");
    CHECK_EQ(txn.commit().wait(), 0);
    CHECK_EQ(Txn(by_other_file).get("key").value(), std::optional<std::string>("value"));
    CHECK_EQ(Txn(by_string).get("key").value(), std::optional<std::string>("value"));
    CHECK_EQ(Txn(other).get("key").value(), std::optional<std::string>());
    CHECK_EQ(Txn(by_file).get("\xff\xff/connection_string").value(),
             std::optional<std::string>("shared:one@127.0.0.1:4500"));
    CHECK_EQ(Txn(by_file).get("\xff\xff/cluster_file_path").value(),
             std::optional<std::string>(first));
    for (FDBDatabase* each : {by_file, by_other_file, by_string, other}) fdb_database_destroy(each);
  }
  std::remove(first.c_str());
  std::remove(second.c_str());
  CHECK_EQ(rmdir(folder), 0);
}

std::optional<std::string> stored(const char* connection_string) {
  FDBDatabase* database = nullptr;
  CHECK_EQ(fdb_create_database_from_connection_string(connection_string, &database), 0);
  std::optional<std::string> value = Txn(database).get("key").value();
  Txn txn(database);
  txn.set("key", "value");
  CHECK_EQ(txn.commit().wait(), 0);
  fdb_database_destroy(database);
  return value;
}

// Without a name, data goes with the last handle; a transaction and a watch are handles too.
void clusters_without_a_name() {
  constexpr const char* kNamed = "named_one:id@127.0.0.1:1";
  constexpr const char* kUnnamed = "unnamed_one:id@127.0.0.1:1";
  const std::optional<std::string> kept = "value";
  NetworkThread network;
  CHECK_EQ(stored(kNamed), std::optional<std::string>());
  CHECK_EQ(stored(kNamed), kept);
  CHECK_EQ(stored(kUnnamed), std::optional<std::string>());
  CHECK_EQ(stored(kUnnamed), std::optional<std::string>());
  FDBDatabase* database = nullptr;
  CHECK_EQ(fdb_create_database_from_connection_string(kUnnamed, &database), 0);
  {
    Txn txn(database);
    fdb_database_destroy(database);
    CHECK_EQ(stored(kUnnamed), std::optional<std::string>());
    CHECK_EQ(stored(kUnnamed), kept);
  }
  CHECK_EQ(stored(kUnnamed), std::optional<std::string>());
  CHECK_EQ(fdb_create_database_from_connection_string(kUnnamed, &database), 0);
  std::optional<FutureHandle> watch;
  {
    Txn txn(database);
    watch.emplace(txn.watch("other"));
    CHECK_EQ(txn.commit().wait(), 0);
  }
  fdb_database_destroy(database);
  CHECK_EQ(stored(kUnnamed), std::optional<std::string>());
  CHECK_EQ(stored(kUnnamed), kept);
  watch.reset();
  CHECK_EQ(stored(kUnnamed), std::optional<std::string>());
}

void default_database() {
  unsetenv("FDB_CLUSTER_FILE");
  CHECK_EQ(chdir("/"), 0);
  NetworkThread network;
  FDBDatabase* database = nullptr;
  CHECK_EQ(fdb_create_database(nullptr, &database), 0);
  CHECK_EQ(first_read(database), 0);
  fdb_database_destroy(database);
}

void blocking_in_a_callback() {
  NetworkThread network;
  Db database("blocking");
  Txn txn = database.begin();
  struct Seen {
    FDBTransaction* transaction;
    std::atomic<int> error{-1};
  } seen{txn.handle(), {}};
  FutureHandle first = txn.get("key");
  CHECK_EQ(first.wait(), 0);
  // A watch is pending for sure, so this callback runs on the network thread.
  FutureHandle watch = txn.watch("key");
  CHECK_EQ(fdb_future_set_callback(
               watch.get(),
               [](FDBFuture*, void* parameter) {
                 auto* self = static_cast<Seen*>(parameter);
                 FDBFuture* inner = fdb_transaction_get_read_version(self->transaction);
                 self->error = fdb_future_block_until_ready(inner);
                 fdb_future_destroy(inner);
               },
               &seen),
           0);
  CHECK_EQ(txn.commit().wait(), 0);
  database.put("key", "changed");
  CHECK_EQ(watch.wait(), 0);
  CHECK_EQ(seen.error.load(), 2026);
}

void legacy_calls() {
  NetworkThread network(600);
  FutureHandle cluster_future(fdb_create_cluster(nullptr));
  FDBCluster* cluster = nullptr;
  CHECK_EQ(fdb_future_get_cluster(cluster_future.get(), &cluster), 0);
  CHECK_EQ(FutureHandle(fdb_cluster_create_database(cluster, bytes("XY"), 2)).wait(), 2013);
  FutureHandle database_future(fdb_cluster_create_database(cluster, bytes("DB"), 2));
  FDBDatabase* database = nullptr;
  CHECK_EQ(fdb_future_get_database(database_future.get(), &database), 0);
  Txn txn(database);
  FutureHandle version = txn.read_version();
  CHECK_EQ(version.wait(), 0);
  int64_t number = 0;
  CHECK_EQ(fdb_future_get_version(version.get(), &number), 0);
  CHECK(number > 0);
  fdb_cluster_destroy(cluster);
  fdb_database_destroy(database);
}

}  // namespace

int main() {
  for (auto body :
       {versions, before_setup, run_once, stop_first, calls_after_stop, options, no_client,
        option_from_environment, connection_errors, shared_clusters, clusters_without_a_name,
        default_database, blocking_in_a_callback, legacy_calls}) {
    in_child(body);
  }
}
