#pragma once

// The tenants of a cluster, by name and by id. Network thread only.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cluster/key_space.h"
#include "engine/ground/errors.h"

namespace fdbkit::engine {

// Ids that no tenant has: the cluster's own data, and a tenant that was not found yet.
inline constexpr int64_t kNoTenant = -1;
inline constexpr int64_t kUnknownTenant = -2;

// What an opened tenant and its transactions share. The name counts until the first use finds the
// id; from then on the id does, whatever the tenant is called.
struct TenantTarget {
  std::string name;
  int64_t id = kUnknownTenant;
};
using TenantTargetRef = std::shared_ptr<TenantTarget>;

// One write to the special keys of tenant management.
struct TenantChange {
  enum class Kind { kCreate, kDelete, kConfigure, kRename };
  Kind kind;
  std::string name;
  // kDelete: the name before which the deleted range ends. kConfigure: the parameter. kRename: the
  // new name.
  std::string argument;
  // kConfigure: the value, or nothing to take it away.
  std::optional<std::string> value;
};

struct TenantEntry {
  int64_t id;
  std::optional<std::string> group;

  // 8 bytes, big-endian: what the tenant's keys begin with on a real cluster.
  std::string prefix() const;
  // As the special keys show it.
  std::string json(const std::string& name) const;
};

class Tenants {
 public:
  using ByName = std::map<std::string, TenantEntry>;

  const ByName& entries() const { return entries_; }
  // Changes with every change: whoever decided by the map looks whether it is still the same.
  uint64_t generation() const { return generation_; }

  // Finds the id when the target has none yet. False: there is no such tenant.
  bool resolve(TenantTarget& target) const;
  // nullptr: there is no such tenant.
  KeySpace* space(int64_t id) const;

  // All of them, or none and the error of the first that can't be done.
  ErrorCode apply(const std::vector<TenantChange>& changes);

 private:
  ErrorCode change(ByName& entries, const TenantChange& change, int64_t& last_id) const;
  void settle_spaces(ByName entries);

  ByName entries_;
  std::map<int64_t, std::unique_ptr<KeySpace>> spaces_;
  int64_t last_id_ = kNoTenant;
  uint64_t generation_ = 0;
};

}  // namespace fdbkit::engine
