#pragma once

// Commits wait here until the loop has finished what it was doing, and are then decided as one
// batch: one version, ascending batch numbers. So a call that follows a commit closely finds the
// commit still pending, as it does with a real cluster.

#include <functional>
#include <memory>
#include <vector>

#include "engine/cluster/commit_request.h"
#include "engine/ground/environment.h"

namespace fdbkit::engine {

// Decides commits, batch after batch: the cluster.
class CommitDecider {
 public:
  // A version for a batch of commits, then each commit in it.
  virtual Version begin_batch() = 0;
  virtual CommitReply commit(CommitRequest& request, Version version, uint16_t batch_index) = 0;

 protected:
  ~CommitDecider() = default;
};

class CommitPipeline {
 public:
  // Called once with the reply; the request is still there.
  using Done = std::function<void(CommitRequest&, const CommitReply&)>;

  CommitPipeline(Environment& environment, CommitDecider& decider)
      : environment_(environment), decider_(decider) {}

  void submit(CommitRequest request, Done done);
  // Runs `next` once what waits here is decided: at once when there is nothing.
  void after_batch(std::function<void()> next);

 private:
  struct Pending {
    CommitRequest request;
    Done done;
  };
  void run_batch();
  // Where a test asks for it.
  void do_wrong(Wire& wire, const CommitRequest& request);
  void submit_blindly(CommitRequest request);

  Environment& environment_;
  CommitDecider& decider_;
  std::vector<Pending> pending_;
  std::vector<std::function<void()>> next_;
};

}  // namespace fdbkit::engine
