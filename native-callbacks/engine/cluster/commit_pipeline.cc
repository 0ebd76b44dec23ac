#include "engine/cluster/commit_pipeline.h"

#include <algorithm>
#include <utility>

namespace fdbkit::engine {

namespace {
constexpr std::size_t kLargestBatch = 0xffff;
}

void CommitPipeline::submit(CommitRequest request, Done done) {
  if (pending_.empty()) {
    if (environment_.wire == nullptr) {
      environment_.loop.post([this] { run_batch(); });
    } else {
      environment_.loop.schedule(environment_.loop.now() + environment_.wire->batch_window(),
                                 [this] { run_batch(); });
    }
  }
  pending_.push_back({std::move(request), std::move(done)});
}

void CommitPipeline::do_wrong(Wire& wire, const CommitRequest& request) {
  if (wire.broken(Flaw::kCommitTwice)) submit_blindly(request);
  if (!wire.broken(Flaw::kCommitInvented)) return;
  CommitRequest invented = request;
  for (data::Mutation& mutation : invented.mutations) {
    // No value begins as before, so that it is nobody's.
    if (mutation.type != data::MutationType::kClearRange && !mutation.param2.empty())
      mutation.param2[0] ^= '\x80';
  }
  submit_blindly(std::move(invented));
}

void CommitPipeline::submit_blindly(CommitRequest request) {
  request.read_conflicts.clear();
  request.self_conflicting = false;
  submit(std::move(request), [](const CommitRequest&, const CommitReply&) {});
}

void CommitPipeline::after_batch(std::function<void()> next) {
  if (pending_.empty()) return next();
  next_.push_back(std::move(next));
}

void CommitPipeline::run_batch() {
  std::vector<Pending> batch = std::exchange(pending_, {});
  const std::vector<std::function<void()>> next = std::exchange(next_, {});
  for (std::size_t first = 0; first < batch.size(); first += kLargestBatch) {
    Version version = decider_.begin_batch();
    std::size_t count = std::min(kLargestBatch, batch.size() - first);
    for (std::size_t index = 0; index < count; ++index) {
      Pending& pending = batch[first + index];
      Wire* wire = environment_.wire;
      if (wire != nullptr) do_wrong(*wire, pending.request);
      CommitReply reply = decider_.commit(pending.request, version, static_cast<uint16_t>(index));
      pending.done(pending.request, reply);
    }
  }
  for (const auto& each : next) each();
}

}  // namespace fdbkit::engine
