#pragma once

// All that a cluster has in it, as one run of bytes: what a snapshot for tests is made of. The
// layout is in docs/engine.md. Versions are not in it, nor what belongs to the one cluster: its
// shards, its coordinators, its metadata version, and the numbers of its tenants.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/store/versioned_store.h"
#include "engine/data/values/bytes.h"

namespace fdbkit::engine {

// The list of shards, where programs look for the boundaries of keys: one shard has it all.
inline constexpr data::Bytes kFirstShard = data::literal("\xff/keyServers/");
// What the members of the cluster agree on: here it is what its name says.
inline constexpr data::Bytes kCoordinators = data::literal("\xff/coordinators");
// Of the cluster, whoever reads or writes it: a tenant sees the same one.
inline constexpr data::Bytes kMetadataVersionKey = data::literal("\xff/metadataVersion");

// A key of the cluster itself: no content has it.
bool belongs_to_cluster(data::Bytes key);

// The data of the cluster, or of a tenant. Views of the run of bytes it was read from.
struct SpaceContent {
  // Nothing: the cluster's own data.
  std::optional<data::Bytes> tenant;
  std::optional<data::Bytes> group;
  // Ascending.
  std::vector<std::pair<data::Bytes, data::Bytes>> rows;
};

// Writes one space after the other, then the end.
class ContentWriter {
 public:
  ContentWriter();
  void add(std::optional<data::Bytes> tenant, std::optional<data::Bytes> group,
           const data::VersionedStore& store, data::Version version);
  std::string take();

 private:
  void number(uint64_t value, int bytes);
  void run(data::Bytes bytes);
  void optional_run(const std::optional<data::Bytes>& bytes);

  std::string out_;
};

// The spaces in it: the cluster's own first, then the tenants by name. Nothing: these are not the
// bytes of a content, or not all of them.
std::optional<std::vector<SpaceContent>> read_content(data::Bytes bytes);

}  // namespace fdbkit::engine
