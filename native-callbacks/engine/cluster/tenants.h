#pragma once

// The tenants of a cluster, by name and by id, with versions as data has: a read sees the map, and
// the tenant, of its version. Network thread only.

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cluster/key_space.h"
#include "engine/data/values/bytes.h"
#include "engine/ground/errors.h"

namespace fdbkit::engine {

using data::Version;

// Ids that no tenant has: the cluster's own data, a tenant that was not looked up yet, and one that
// was not there when it was.
inline constexpr int64_t kNoTenant = -1;
inline constexpr int64_t kUnknownTenant = -2;
inline constexpr int64_t kAbsentTenant = -3;

// What an opened tenant and its transactions share. The name is looked up when it is opened; from
// then on the id counts, whatever the tenant is called, and one that was absent stays so.
struct TenantTarget {
  std::string name;
  int64_t id = kUnknownTenant;
};
using TenantTargetRef = std::shared_ptr<TenantTarget>;

// A parameter of a tenant, and its value, or nothing to take it away.
struct TenantSetting {
  std::string parameter;
  std::optional<std::string> value;
};

// What a commit does to the map. No two of a commit are about the same name.
struct TenantChange {
  enum class Kind { kCreate, kDelete, kConfigure, kRename };
  Kind kind;
  std::string name;
  // kDelete: the name before which the deleted range ends. kRename: the new name.
  std::string argument;
  // kCreate, kConfigure.
  std::vector<TenantSetting> settings;

  bool needs_tenant() const { return kind == Kind::kConfigure || kind == Kind::kRename; }
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
  using Changes = std::vector<TenantChange>;

  // The map that reads of `version` see, which must be in the window.
  const ByName& entries(Version version) const;
  const ByName& entries() const { return maps_.rbegin()->second; }

  // Whether the target has an id, or finds one now.
  bool resolve(TenantTarget& target) const;
  // The tenant as it is now, and the one that reads of `version` see. nullptr: there is none.
  KeySpace* space(int64_t id) const;
  KeySpace* space(int64_t id, Version version) const;

  // 2131 when one of the changes misses its tenant in the map of `version`, else the error of the
  // first that can't be done.
  ErrorCode check(const Changes& changes, Version version) const;
  // Whether they remove what is not there, and do nothing else.
  bool find_nothing(const Changes& changes, Version version) const;
  // Whether another commit after `version` changed what these changes were decided by.
  bool conflicts(const Changes& changes, Version version) const;
  // Whether one of the names of a range came, went or was changed after `version`.
  bool conflicts(const data::KeyRange& names, Version version) const {
    return changed_.conflicts(names.begin, names.end, version);
  }
  // All of them, after check() and conflicts() had nothing against them.
  void apply(const Changes& changes, Version version);
  // Forgets what only reads below `oldest` could see.
  void collect(Version oldest);

 private:
  // A tenant from its creation to its deletion, and while a read may still see it.
  struct Tenancy {
    explicit Tenancy(Version first) : from(first) {}
    KeySpace space;
    Version from;
    Version until = kForever;
  };

  ErrorCode check(const ByName& entries, const TenantChange& change, Version version) const;
  bool empty_at(int64_t id, Version version) const;
  void apply(ByName& entries, const TenantChange& change, Version version);
  void remove(ByName& entries, const TenantChange& range, Version version);

  static constexpr Version kForever = std::numeric_limits<Version>::max();

  // By the version that each began with; the last one is that of now.
  std::map<Version, ByName> maps_{{0, {}}};
  std::map<int64_t, std::unique_ptr<Tenancy>> tenancies_;
  // Names, by when what is known under them last changed.
  data::ConflictMap changed_;
  // When tenants were last made or removed: who makes one has counted them.
  Version counted_ = 0;
  int64_t last_id_ = kNoTenant;
};

}  // namespace fdbkit::engine
