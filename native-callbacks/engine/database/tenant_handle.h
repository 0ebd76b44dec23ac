#pragma once

// An FDBTenant: a database and which of its tenants. Any thread makes it; what it points to belongs
// to the network thread.

#include "engine/cluster/tenants.h"
#include "engine/database/database.h"
#include "fdb_c_types.h"

namespace fdbkit::engine {

struct TenantHandle {
  Database* database;
  TenantTargetRef target;

  static TenantHandle* of(FDBTenant* handle) { return reinterpret_cast<TenantHandle*>(handle); }
  FDBTenant* handle() { return reinterpret_cast<FDBTenant*>(this); }
};

}  // namespace fdbkit::engine
