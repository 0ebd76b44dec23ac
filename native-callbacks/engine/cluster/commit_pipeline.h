#pragma once

// Commits wait here until the loop has finished what it was doing, and are then decided as one
// batch: one version, ascending batch numbers. So a call that follows a commit closely finds the
// commit still pending, as it does with a real cluster.

#include <functional>
#include <memory>
#include <vector>

#include "engine/cluster/commit_request.h"

namespace fdbkit::engine {

class Cluster;

class CommitPipeline {
 public:
  // Called once with the reply; the request is still there.
  using Done = std::function<void(CommitRequest&, const CommitReply&)>;

  explicit CommitPipeline(Cluster& cluster) : cluster_(cluster) {}

  void submit(CommitRequest request, Done done);

 private:
  struct Pending {
    CommitRequest request;
    Done done;
  };
  void run_batch();

  Cluster& cluster_;
  std::vector<Pending> pending_;
};

}  // namespace fdbkit::engine
