#pragma once

// One in-memory cluster: the committed data, which key was written when, and the versions. It plays
// the part of the servers: hands out read versions, decides commits, and fires watches. Network
// thread only.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/cluster/commit_pipeline.h"
#include "engine/cluster/commit_request.h"
#include "engine/cluster/content.h"
#include "engine/cluster/key_space.h"
#include "engine/cluster/tenants.h"
#include "engine/data/values/atomic_ops.h"
#include "engine/data/values/bytes.h"
#include "engine/data/values/mutation.h"
#include "engine/ground/environment.h"

namespace fdbkit::engine {

inline constexpr Version kVersionsPerSecond = 1000000;
// How far behind is what is too old because of a flaw.
inline constexpr Version kFlawVersions = 2 * kVersionsPerSecond;
inline constexpr Version kWindowVersions = 5 * kVersionsPerSecond;
inline constexpr data::Bytes kDatabaseLockedKey = data::literal("\xff/dbLocked");

class Cluster final : public CommitDecider {
 public:
  Cluster(Environment& environment, std::string connection_string);

  Environment& environment() { return environment_; }
  const std::string& connection_string() const { return connection_string_; }
  const data::VersionedStore& store() const { return root_.store; }
  Tenants& tenants() { return tenants_; }
  // Looks up who was opened, once and for all: behind the commits that were called before.
  void look_up(TenantTargetRef tenant);
  // The data of a tenant, or of the cluster itself. nullptr: there is no such tenant.
  KeySpace* space(TenantTarget* tenant);
  // The data that reads of a version see.
  KeySpace* space_at(TenantTarget* tenant, Version version);
  // The same, where a certain key is: one of them belongs to nobody.
  KeySpace* space_of(TenantTarget* tenant, data::Bytes key) {
    return key == kMetadataVersionKey ? &root_ : space(tenant);
  }
  CommitPipeline& pipeline() { return pipeline_; }
  // Whether a system transaction locked the database; only lock-aware transactions go on.
  bool locked() const { return locked_; }

  // A version not below any committed one and below all later commits.
  Version read_version();
  // The oldest version that can still be read.
  Version oldest_version();
  // The newest version that can be read; grows by itself.
  Version reached_version() const;
  // That of the last batch of commits, or the last read version that was asked for.
  Version latest_version() const { return latest_; }
  // As after a recovery: versions go on from far ahead, and what was read before is too old.
  void skip_versions(Version count);

  Version begin_batch() override;
  CommitReply commit(CommitRequest& request, Version version, uint16_t batch_index) override;

  // All that is in it now, and the same from then: see content.h. Loading is a commit of its own.
  std::string save();
  void load(const std::vector<SpaceContent>& spaces);

  uint64_t committed_transactions() const { return committed_; }
  uint64_t conflicted_transactions() const { return conflicted_; }
  uint64_t started_transactions() const { return started_; }

 private:
  Version clock_version() const;
  // Where a key of a commit is whose other keys are in `space`.
  KeySpace& space_of(KeySpace& space, data::Bytes key) {
    return &space != &root_ && key == kMetadataVersionKey ? root_ : space;
  }
  bool conflicts(KeySpace& space, const CommitRequest& request, CommitReply& reply);
  bool tenants_conflict(const CommitRequest& request) const;
  bool broken(Flaw flaw) const {
    return environment_.wire != nullptr && environment_.wire->broken(flaw);
  }
  void apply(KeySpace& space, CommitRequest& request, Version version,
             const data::Versionstamp& stamp);
  void fire_watches(KeySpace& space, const std::vector<data::Mutation>& mutations, Version version);
  void note_system_write(const data::Mutation& mutation);
  void collect(KeySpace& space, std::size_t writes);
  Tenants::Changes changes_to(const std::vector<SpaceContent>& spaces) const;
  void rewrite(KeySpace& space, const SpaceContent& content, Version version);

  Environment& environment_;
  std::string connection_string_;
  double epoch_;
  Version latest_;
  Version oldest_;
  KeySpace root_;
  Tenants tenants_;
  CommitPipeline pipeline_{environment_, *this};
  bool locked_ = false;
  uint64_t committed_ = 0;
  uint64_t conflicted_ = 0;
  uint64_t started_ = 0;
};

// The clusters of this process by connection string. A cluster lives as long as the process, so
// data outlasts the databases that were opened on it; but for those whose description says that
// they have no name (`unnamed_...`): nobody could open such a one again, so it goes with its last
// database.
class ClusterRegistry {
 public:
  explicit ClusterRegistry(Environment& environment) : environment_(environment) {}
  Cluster& open(const std::string& connection_string);
  // Once for each call of open, by those who give their cluster back.
  void close(const Cluster& cluster);

 private:
  struct Opened {
    std::unique_ptr<Cluster> cluster;
    std::size_t times = 0;
  };
  void free_unless_open(const std::string& connection_string);

  Environment& environment_;
  std::map<std::string, Opened> clusters_;
};

}  // namespace fdbkit::engine
