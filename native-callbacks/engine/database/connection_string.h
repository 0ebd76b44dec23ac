#pragma once

// Room database: a cluster as one handle sees it, and what is told of it.
//
// What names a cluster: a connection string `description:id@host:port,...`, given directly or in a
// cluster file. The engine connects nowhere; two databases with the same normalised string share
// one in-memory cluster.

#include <string>
#include <string_view>
#include <vector>

#include "engine/ground/errors.h"

namespace fdbkit::engine {

struct ConnectionRecord {
  std::string connection_string;  // normalised: no comments, no blanks
  std::string location;           // path of the cluster file, or an identifier of the string itself
  ErrorCode error = Error::kSuccess;
};

// The addresses of a normalised string.
std::vector<std::string> coordinators(const std::string& connection_string);

// 2104 when it does not parse.
ConnectionRecord record_from_string(std::string_view text);
// `path` empty: FDB_CLUSTER_FILE, ./fdb.cluster, the system's default file, and when none of them
// is there the engine's default cluster. A named file that is not there: 1515.
ConnectionRecord record_from_file(const std::string& path);

}  // namespace fdbkit::engine
