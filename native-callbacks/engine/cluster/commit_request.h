#pragma once

// What passes between a transaction and its cluster at commit.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/cluster/tenants.h"
#include "engine/data/values/bytes.h"
#include "engine/data/values/mutation.h"
#include "engine/ground/errors.h"

namespace fdbkit::engine {

using data::Version;

inline constexpr Version kNoVersion = -1;

// What a transaction sends to be committed.
struct CommitRequest {
  Version read_version = kNoVersion;
  std::vector<data::Mutation> mutations;
  std::vector<data::KeyRange> read_conflicts;
  std::vector<data::KeyRange> write_conflicts;
  bool self_conflicting = true;  // false with causal_write_risky: a blind write cannot be too old
  bool report_conflicting_keys = false;
  bool lock_aware = false;
  // Whose keys these are; kNoTenant: the cluster's own.
  int64_t tenant = kNoTenant;
  std::vector<TenantChange> tenant_changes;
  // The map of tenants that the changes were decided by; nothing: they were not.
  std::optional<uint64_t> tenants_seen;
};

struct CommitReply {
  ErrorCode error = Error::kSuccess;
  Version version = kNoVersion;
  uint16_t batch_index = 0;
  std::vector<std::size_t> conflicting;  // indexes of read conflicts, when asked for
};

}  // namespace fdbkit::engine
