#include "engine/database/status_json.h"

#include <cstdio>
#include <vector>

namespace fdbkit::engine {

namespace {

uint64_t hash(std::string_view text, uint64_t seed) {
  uint64_t value = 0xcbf29ce484222325ULL ^ seed;
  for (unsigned char c : text) value = (value ^ c) * 0x100000001b3ULL;
  return value;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x", static_cast<unsigned>(c));
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::string cluster_identifier(const Cluster& cluster) {
  char text[33];
  std::snprintf(text, sizeof(text), "%016llx%016llx",
                static_cast<unsigned long long>(hash(cluster.connection_string(), 1)),
                static_cast<unsigned long long>(hash(cluster.connection_string(), 2)));
  return text;
}

std::string status_json(const Database& database) {
  Cluster& cluster = database.cluster();
  const data::VersionedStore& store = cluster.store();
  std::string reachable;
  for (const std::string& address : coordinators(cluster.connection_string())) {
    if (!reachable.empty()) reachable += ',';
    reachable += R"({"address":)" + quoted(address) + R"(,"reachable":true})";
  }
  std::string bytes = std::to_string(store.live_bytes());
  std::string json =
      R"({"client":{"cluster_file":{"path":)" + quoted(database.record().location) +
      R"(,"up_to_date":true},"coordinators":{"coordinators":[)" + reachable +
      R"(],"quorum_reachable":true},"database_status":{"available":true,"healthy":true},)"
      R"("messages":[],"timestamp":0},"cluster":{"cluster_controller_timestamp":0,)";
  json +=
      R"("configuration":{"redundancy_mode":"single","storage_engine":"memory","usable_regions":1,)"
      R"("tenant_mode":"disabled","coordinators_count":1},)";
  json += R"("connection_string":)" + quoted(cluster.connection_string()) + ',';
  json +=
      R"("data":{"state":{"description":"","healthy":true,"name":"healthy"},"total_kv_size_bytes":)" +
      bytes + R"(,"total_keys":)" + std::to_string(store.live_keys()) + "},";
  json += R"("database_available":true,"database_lock_state":{"locked":)" +
          std::string(cluster.locked() ? "true" : "false") + "},";
  json +=
      R"("datacenter_lag":{"seconds":0,"versions":0},"full_replication":true,"generation":1,)"
      R"("latency_probe":{"commit_seconds":0,"read_seconds":0,"transaction_start_seconds":0},"layers":{},)"
      R"("machines":{},"messages":[],"processes":{},"protocol_version":"fdb00b074000000",)"
      R"("recovery_state":{"description":"Recovery complete.","name":"fully_recovered"},)";
  json += R"("workload":{"transactions":{"committed":{"counter":)" +
          std::to_string(cluster.committed_transactions()) + R"(},"conflicted":{"counter":)" +
          std::to_string(cluster.conflicted_transactions()) + R"(},"started":{"counter":)" +
          std::to_string(cluster.started_transactions()) + R"(}}}}})";
  return json;
}

std::string client_status_json(const Database* database) {
  if (database == nullptr || database->deferred_error() != Error::kSuccess) {
    std::string code = std::to_string(database == nullptr ? 0 : database->deferred_error());
    return R"({"Healthy":false,"InitializationError":)" + code + "}";
  }
  std::string list;
  std::vector<std::string> addresses = coordinators(database->record().connection_string);
  for (const std::string& address : addresses) {
    if (!list.empty()) list += ',';
    list += quoted(address);
  }
  std::string first = quoted(addresses.front());
  return R"({"Healthy":true,"ClusterID":)" + quoted(cluster_identifier(database->cluster())) +
         R"(,"Coordinators":[)" + list + R"(],"CurrentCoordinator":)" + first +
         R"(,"GrvProxies":[)" + first + R"(],"CommitProxies":[)" + first +
         R"(],"StorageServers":[],"Connections":[],"NumConnectionsFailed":0})";
}

}  // namespace fdbkit::engine
