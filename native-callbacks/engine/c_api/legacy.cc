// Calls of API versions below 610: a cluster object stands between the cluster file and its
// database.

#include <memory>

#include "engine/c_api/support.h"

using namespace fdbkit::engine;
namespace data = fdbkit::data;

namespace {

struct LegacyCluster {
  std::string file;
};

constexpr data::Bytes kOnlyDatabaseName = "DB";

FDBFuture* ready_pointer(void* pointer) { return Future::ready(pointer)->handle(); }

template <class T>
fdb_error_t get_pointer(FDBFuture* future, T** out) {
  return Future::of(future)->get<void*>([&](void* pointer) {
    *out = static_cast<T*>(pointer);
    return ErrorCode{fdbkit::engine::Error::kSuccess};
  });
}

}  // namespace

extern "C" {

FDBFuture* fdb_create_cluster(const char* cluster_file_path) {
  return ready_pointer(new LegacyCluster{cluster_file_path == nullptr ? "" : cluster_file_path});
}

void fdb_cluster_destroy(FDBCluster* cluster) { delete reinterpret_cast<LegacyCluster*>(cluster); }

fdb_error_t fdb_cluster_set_option(FDBCluster*, FDBClusterOption, const uint8_t*, int) {
  return fdbkit::engine::Error::kSuccess;
}

FDBFuture* fdb_cluster_create_database(FDBCluster* cluster, const uint8_t* db_name,
                                       int db_name_length) {
  if (bytes_of(db_name, db_name_length) != kOnlyDatabaseName) {
    return failed_future(fdbkit::engine::Error::kInvalidDatabaseName);
  }
  FDBDatabase* database = nullptr;
  const std::string& file = reinterpret_cast<LegacyCluster*>(cluster)->file;
  if (ErrorCode code = fdb_create_database(file.c_str(), &database)) return failed_future(code);
  return ready_pointer(database);
}

fdb_error_t fdb_future_get_cluster(FDBFuture* future, FDBCluster** out_cluster) {
  return get_pointer(future, out_cluster);
}

fdb_error_t fdb_future_get_database(FDBFuture* future, FDBDatabase** out_database) {
  return get_pointer(future, out_database);
}

}  // extern "C"
