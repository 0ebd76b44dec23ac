#include "engine/cluster/cluster.h"

#include <algorithm>
#include <string_view>

#include "engine/data/values/atomic_ops.h"

namespace fdbkit::engine {

namespace {

// Far enough from zero that a small made-up version is too old, as on a cluster that has been up
// for a while.
constexpr Version kFirstVersion = 100 * kVersionsPerSecond;
// How the descriptions of clusters without a name begin.
constexpr std::string_view kUnnamed = "unnamed_";
// Work of forgetting old versions, for each write; more than is produced, so it catches up.
constexpr std::size_t kCollectStepsPerWrite = 8;

bool is_single_key(const data::KeyRange& range) {
  return data::is_key_after(range.end, range.begin);
}

}  // namespace

Cluster::Cluster(Environment& environment, std::string connection_string)
    : environment_(environment),
      connection_string_(std::move(connection_string)),
      epoch_(environment.loop.now()),
      latest_(kFirstVersion),
      oldest_(kFirstVersion - kWindowVersions) {
  root_.store.set(kFirstShard, {}, kFirstVersion);
  root_.store.set(kCoordinators, connection_string_, kFirstVersion);
}

Version Cluster::clock_version() const {
  return kFirstVersion +
         static_cast<Version>((environment_.loop.now() - epoch_) * kVersionsPerSecond);
}

Version Cluster::read_version() {
  ++started_;
  latest_ = reached_version();
  return latest_;
}

Version Cluster::oldest_version() {
  oldest_ = std::max(oldest_, reached_version() - kWindowVersions);
  return oldest_;
}

Version Cluster::reached_version() const { return std::max(latest_, clock_version()); }

void Cluster::skip_versions(Version count) {
  epoch_ -= static_cast<double>(count) / kVersionsPerSecond;
}

Version Cluster::begin_batch() {
  latest_ = std::max(latest_ + 1, clock_version());
  return latest_;
}

CommitReply Cluster::commit(CommitRequest& request, Version version, uint16_t batch_index) {
  CommitReply reply;
  KeySpace* space = request.tenant == kNoTenant ? &root_ : tenants_.space(request.tenant);
  if (space == nullptr) {
    reply.error = Error::kTenantNotFound;
    return reply;
  }
  if (locked_ && !request.lock_aware) {
    reply.error = Error::kDatabaseLocked;
    return reply;
  }
  const bool has_reads = request.has_reads();
  if ((has_reads || request.self_conflicting) && request.read_version < oldest_version()) {
    reply.error = Error::kTransactionTooOld;
    return reply;
  }
  // The client decides this by what it reads, so before it is known whether that is still so.
  reply.error = tenants_.check(request.tenant_changes, request.read_version);
  if (reply.error != Error::kSuccess) return reply;
  // It finds nothing to remove, and has nothing else to send.
  if (request.mutations.empty() && request.write_conflicts.empty() &&
      tenants_.find_nothing(request.tenant_changes, request.read_version))
    return reply;
  if (has_reads && (conflicts(*space, request, reply) || tenants_conflict(request)) &&
      !broken(Flaw::kConflictMissed)) {
    ++conflicted_;
    reply.error = Error::kNotCommitted;
    return reply;
  }
  ++committed_;
  if (!request.tenant_changes.empty()) tenants_.apply(request.tenant_changes, version);
  if (broken(Flaw::kCommitTorn)) request.mutations.erase(request.mutations.begin());
  const Version stamp = broken(Flaw::kStampStale) ? version - kFlawVersions : version;
  if (!broken(Flaw::kCommitForgotten)) {
    apply(*space, request, version, data::make_versionstamp(stamp, batch_index));
  }
  reply.version = version;
  reply.batch_index = batch_index;
  if (broken(Flaw::kRefusedApplied)) reply.error = Error::kNotCommitted;
  return reply;
}

void Cluster::look_up(TenantTargetRef tenant) {
  pipeline_.after_batch([this, tenant = std::move(tenant)] {
    if (!tenants_.resolve(*tenant)) tenant->id = kAbsentTenant;
  });
}

KeySpace* Cluster::space(TenantTarget* tenant) {
  if (tenant == nullptr) return &root_;
  return tenants_.resolve(*tenant) ? tenants_.space(tenant->id) : nullptr;
}

KeySpace* Cluster::space_at(TenantTarget* tenant, Version version) {
  if (tenant == nullptr) return &root_;
  return tenants_.resolve(*tenant) ? tenants_.space(tenant->id, version) : nullptr;
}

bool Cluster::tenants_conflict(const CommitRequest& request) const {
  const std::vector<data::KeyRange>& read = request.tenants_read;
  return tenants_.conflicts(request.tenant_changes, request.read_version) ||
         std::any_of(read.begin(), read.end(), [&](const data::KeyRange& names) {
           return tenants_.conflicts(names, request.read_version);
         });
}

bool Cluster::conflicts(KeySpace& space, const CommitRequest& request, CommitReply& reply) {
  const auto conflicts = [&](const data::KeyRange& range) {
    const data::ConflictMap& map = space_of(space, range.begin).conflict_map;
    return is_single_key(range) ? map.conflicts_key(range.begin, request.read_version)
                                : map.conflicts(range.begin, range.end, request.read_version);
  };
  const std::vector<data::KeyRange>& ranges = request.read_conflicts;
  if (!request.report_conflicting_keys) return std::any_of(ranges.begin(), ranges.end(), conflicts);
  for (std::size_t index = 0; index < ranges.size(); ++index) {
    if (conflicts(ranges[index])) reply.conflicting.push_back(index);
  }
  return !reply.conflicting.empty();
}

void Cluster::apply(KeySpace& space, CommitRequest& request, Version version,
                    const data::Versionstamp& stamp) {
  for (data::Mutation& mutation : request.mutations) {
    bool stamped_key = mutation.type == data::MutationType::kSetVersionstampedKey;
    data::resolve_versionstamp(mutation, stamp);
    if (stamped_key) space.conflict_map.add_key(mutation.param1, version);
    if (&space == &root_ && mutation.param1.starts_with('\xff')) note_system_write(mutation);
    data::VersionedStore& store = space_of(space, mutation.param1).store;
    if (mutation.type == data::MutationType::kSet) {
      store.set(mutation.param1, std::move(mutation.param2), version);
    } else {
      store.apply(mutation, version);
    }
  }
  for (const data::KeyRange& range : request.write_conflicts) {
    data::ConflictMap& map = space_of(space, range.begin).conflict_map;
    if (is_single_key(range)) {
      map.add_key(range.begin, version);
    } else {
      map.add(range.begin, range.end, version);
    }
  }
  if (!space.watches.empty() || !root_.watches.empty())
    fire_watches(space, request.mutations, version);
  collect(space, request.mutations.size() + request.write_conflicts.size());
}

void Cluster::note_system_write(const data::Mutation& mutation) {
  if (mutation.type == data::MutationType::kClearRange) {
    data::KeyRange cleared{mutation.param1, mutation.param2};
    if (cleared.contains(kDatabaseLockedKey)) locked_ = false;
  } else if (mutation.param1 == kDatabaseLockedKey) {
    locked_ = true;
  }
}

void Cluster::fire_watches(KeySpace& space, const std::vector<data::Mutation>& mutations,
                           Version version) {
  for (const data::Mutation& mutation : mutations) {
    KeySpace& where = space_of(space, mutation.param1);
    if (mutation.type == data::MutationType::kClearRange) {
      where.watches.check(mutation.param1, mutation.param2, where.store, version);
    } else {
      where.watches.check_key(mutation.param1, where.store, version);
    }
  }
}

void Cluster::collect(KeySpace& space, std::size_t writes) {
  Version oldest = oldest_version();
  std::size_t steps = kCollectStepsPerWrite * std::max<std::size_t>(writes, 1);
  space.store.collect(oldest, steps);
  space.conflict_map.collect(oldest, steps);
  tenants_.collect(oldest);
}

std::string Cluster::save() {
  ContentWriter out;
  out.add(std::nullopt, std::nullopt, root_.store, latest_);
  for (const auto& [name, entry] : tenants_.entries()) {
    std::optional<data::Bytes> group;
    if (entry.group) group = *entry.group;
    out.add(name, group, tenants_.space(entry.id)->store, latest_);
  }
  return out.take();
}

// Who has read anything before conflicts, also where it is the same again: a transaction that a
// test has left behind must not write into the next one.
void Cluster::load(const std::vector<SpaceContent>& spaces) {
  const Version version = begin_batch();
  const Tenants::Changes changes = changes_to(spaces);
  if (!changes.empty()) tenants_.apply(changes, version);
  const Tenants::ByName& entries = tenants_.entries();
  for (const SpaceContent& each : spaces) {
    rewrite(each.tenant ? *tenants_.space(entries.at(std::string(*each.tenant)).id) : root_, each,
            version);
  }
  // It is new whatever was there: who keeps what he read of the metadata must read it again.
  const data::Versionstamp stamp = data::make_versionstamp(version, 0);
  root_.store.set(kMetadataVersionKey, std::string(stamp.data(), stamp.size()), version);
  root_.watches.check_key(kMetadataVersionKey, root_.store, version);
}

// Tenants are told by their names: one that was removed since is made again, with a new number.
Tenants::Changes Cluster::changes_to(const std::vector<SpaceContent>& spaces) const {
  using Kind = TenantChange::Kind;
  Tenants::ByName gone = tenants_.entries();
  Tenants::Changes changes;
  for (const SpaceContent& each : spaces) {
    if (!each.tenant) continue;
    const std::string name(*each.tenant);
    std::optional<std::string> group;
    if (each.group) group = *each.group;
    const auto at = gone.find(name);
    if (at == gone.end()) {
      changes.push_back({Kind::kCreate, name, {}, {{"tenant_group", group}}});
    } else {
      if (at->second.group != group)
        changes.push_back({Kind::kConfigure, name, {}, {{"tenant_group", group}}});
      gone.erase(at);
    }
  }
  for (const auto& [name, entry] : gone)
    changes.push_back({Kind::kDelete, name, data::key_after(name), {}});
  return changes;
}

// Writes what differs, so that a large content that is loaded again and again costs a walk.
void Cluster::rewrite(KeySpace& space, const SpaceContent& content, Version version) {
  std::vector<data::Mutation> changes;
  const auto set = [&](const auto& row) {
    changes.push_back({data::MutationType::kSet, std::string(row.first), std::string(row.second)});
  };
  auto row = content.rows.begin();
  data::VersionedStore::Cursor at = space.store.cursor(version);
  for (at.seek({}); at.valid(); at.next()) {
    if (belongs_to_cluster(at.key())) continue;
    for (; row != content.rows.end() && row->first < at.key(); ++row) set(*row);
    if (row == content.rows.end() || row->first != at.key()) {
      changes.push_back(
          {data::MutationType::kClearRange, std::string(at.key()), data::key_after(at.key())});
    } else {
      if (row->second != at.value()) set(*row);
      ++row;
    }
  }
  for (; row != content.rows.end(); ++row) set(*row);
  for (const data::Mutation& each : changes) {
    if (&space == &root_ && each.param1.starts_with('\xff')) note_system_write(each);
    space.store.apply(each, version);
  }
  space.conflict_map.add({}, data::kSystemKeysEnd, version);
  space.watches.check({}, data::kSystemKeysEnd, space.store, version);
  collect(space, changes.size() + 1);
}

Cluster& ClusterRegistry::open(const std::string& connection_string) {
  free_unless_open(connection_string);
  Opened& opened = clusters_[connection_string];
  if (opened.cluster == nullptr) {
    opened.cluster = std::make_unique<Cluster>(environment_, connection_string);
  }
  ++opened.times;
  return *opened.cluster;
}

void ClusterRegistry::close(const Cluster& cluster) {
  const std::string& name = cluster.connection_string();
  if (--clusters_.at(name).times > 0) return;
  // Later: the last database may be given up by what the cluster itself is doing.
  environment_.loop.post([this, name] { free_unless_open(name); });
}

void ClusterRegistry::free_unless_open(const std::string& connection_string) {
  if (!connection_string.starts_with(kUnnamed)) return;
  const auto at = clusters_.find(connection_string);
  if (at != clusters_.end() && at->second.times == 0) clusters_.erase(at);
}

}  // namespace fdbkit::engine
