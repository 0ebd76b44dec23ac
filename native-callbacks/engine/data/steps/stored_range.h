// A range as the storage servers answer it, and what the client knows from the answer.
#pragma once

#include "engine/data/view/read.h"

namespace fdbkit::data {

/// What is asked of the servers.
struct StoredRequest {
  KeySelector begin;
  KeySelector end;
  RangeLimits limits;
  bool reverse = false;
};

/// Which keys the answer tells about.
KeyRange told_by_servers(const ReadContext& context, const StoredRequest& request);

}  // namespace fdbkit::data
