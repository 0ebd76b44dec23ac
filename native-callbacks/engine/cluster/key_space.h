#pragma once

// Committed data that stands by itself: that of the whole cluster, and that of each tenant. Keys of
// a tenant are kept without its prefix, so nothing outside of the tenant sees or conflicts with
// them.

#include "engine/cluster/blob_ranges.h"
#include "engine/cluster/watch_registry.h"
#include "engine/data/store/conflict_map.h"
#include "engine/data/store/versioned_store.h"

namespace fdbkit::engine {

struct KeySpace {
  data::VersionedStore store;
  data::ConflictMap conflict_map;
  WatchRegistry watches;
  BlobRanges blob_ranges;
};

}  // namespace fdbkit::engine
