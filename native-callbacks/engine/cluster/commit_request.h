#pragma once

// What passes between a transaction and its cluster at commit.

#include <cstdint>
#include <vector>

#include "engine/cluster/tenants.h"
#include "engine/data/values/bytes.h"
#include "engine/data/values/mutation.h"
#include "engine/ground/errors.h"

namespace fdbkit::engine {

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
  bool idempotent = false;  // what became of it can be asked for by an id
  // Whose keys these are; kNoTenant: the cluster's own.
  int64_t tenant = kNoTenant;
  Tenants::Changes tenant_changes;
  // Names whose tenants were read.
  std::vector<data::KeyRange> tenants_read;

  bool has_reads() const {
    return !read_conflicts.empty() || !tenants_read.empty() || !tenant_changes.empty();
  }
};

struct CommitReply {
  ErrorCode error = Error::kSuccess;
  Version version = kNoVersion;
  uint16_t batch_index = 0;
  std::vector<std::size_t> conflicting;  // indexes of read conflicts, when asked for
};

}  // namespace fdbkit::engine
