#include "engine/database/faults.h"

namespace fdbkit::engine {

namespace {
constexpr double kReadFaultProbability = 0.01;
// Long enough that later calls are answered first, short enough for many of them in a test.
constexpr double kLongestDelay = 0.01;
constexpr int kCertain = 1000;
}  // namespace

bool FaultPlan::valid() const {
  for (const int each : {conflicts, unknown_commits, slow_reads, too_old, overload}) {
    if (each < 0 || each > kCertain) return false;
  }
  return true;
}

bool FaultPlan::empty() const {
  return conflicts + unknown_commits + slow_reads + too_old + overload == 0;
}

void Faults::plan(uint64_t seed, const FaultPlan& plan) {
  planned_.reset();
  if (!plan.empty()) planned_.emplace(Planned{plan, Random(seed)});
}

ErrorCode Faults::of_read_version() {
  if (planned_) {
    constexpr ErrorCode kFaults[] = {Error::kGrvProxyMemoryLimitExceeded,
                                     Error::kBatchTransactionThrottled};
    return fires(planned_->plan.overload) ? one_of(kFaults, planned_->random) : Error::kSuccess;
  }
  Random& random = environment_->random;
  if (!environment_->buggify.fires(FaultSection::kReadVersion, random, kReadFaultProbability))
    return Error::kSuccess;
  return random.chance(0.5) ? Error::kGrvProxyMemoryLimitExceeded
                            : Error::kBatchTransactionThrottled;
}

ErrorCode Faults::of_read() {
  constexpr ErrorCode kFaults[] = {Error::kTransactionTooOld, Error::kFutureVersion,
                                   Error::kProcessBehind};
  if (planned_) {
    if (fires(planned_->plan.too_old)) return Error::kTransactionTooOld;
    constexpr ErrorCode kBehind[] = {Error::kFutureVersion, Error::kProcessBehind};
    return fires(planned_->plan.overload) ? one_of(kBehind, planned_->random) : Error::kSuccess;
  }
  Random& random = environment_->random;
  if (!environment_->buggify.fires(FaultSection::kRead, random, kReadFaultProbability))
    return Error::kSuccess;
  return one_of(kFaults, random);
}

ErrorCode Faults::of_commit(bool has_reads) {
  constexpr ErrorCode kFaults[] = {
      Error::kNotCommitted, Error::kTransactionTooOld, Error::kCommitProxyMemoryLimitExceeded,
      Error::kGrvProxyMemoryLimitExceeded, Error::kCommitUnknownResult};
  if (!planned_) {
    return buggified(FaultSection::kCommitRefused) ? one_of(kFaults, environment_->random)
                                                   : Error::kSuccess;
  }
  const FaultPlan& plan = planned_->plan;
  // One that has read nothing conflicts with nobody.
  if (has_reads && fires(plan.conflicts)) return Error::kNotCommitted;
  if (fires(plan.too_old)) return Error::kTransactionTooOld;
  // The other half of them is applied: loses_answer().
  if (fires(plan.unknown_commits / 2)) return Error::kCommitUnknownResult;
  return fires(plan.overload) ? Error::kCommitProxyMemoryLimitExceeded : Error::kSuccess;
}

bool Faults::loses_answer() {
  if (!planned_) return buggified(FaultSection::kCommitUnknownResult);
  // Of those that got here: half of them all are lost before.
  const int before = planned_->plan.unknown_commits / 2;
  return fires((planned_->plan.unknown_commits - before) * kCertain / (kCertain - before));
}

bool Faults::loses_answer_to_timeout() {
  return planned_ ? fires(planned_->plan.unknown_commits)
                  : buggified(FaultSection::kCommitTimedOut);
}

bool Faults::answer_wins() {
  return planned_ ? fires(planned_->plan.unknown_commits)
                  : buggified(FaultSection::kCommitBeforeCancel);
}

double Faults::read_delay() {
  if (!planned_ || !fires(planned_->plan.slow_reads)) return 0;
  return kLongestDelay * planned_->random.unit();
}

}  // namespace fdbkit::engine
