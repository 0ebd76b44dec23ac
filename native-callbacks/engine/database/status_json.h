#pragma once

// The documents that describe a cluster and a client, as far as there is something to say of an
// embedded one.

#include <string>

#include "engine/database/database.h"

namespace fdbkit::engine {

// 32 hexadecimal digits that stay the same for a connection string.
std::string cluster_identifier(const Cluster& cluster);
std::string status_json(const Database& database);
std::string client_status_json(const Database* database);

}  // namespace fdbkit::engine
