#include "host/world/weather.h"

#include <algorithm>

#include "host/world/portable_math.h"

namespace fdbkit::host {

using engine::CommitFate;
using engine::ErrorCode;
using engine::Message;
namespace Error = engine::Error;

namespace {

constexpr double kFastestNetwork = 0.0005;
constexpr double kSlowestNetwork = 0.03;
constexpr double kLongestSlowMessage = 3;
constexpr double kLongestWatchDelay = 60;
constexpr double kLatestIdleFiring = 30;
constexpr double kOldestRiskyRead = 2;
// What fdbserver puts between the versions before and after a recovery.
constexpr engine::Version kVersionsSkipped = 100 * engine::kVersionsPerSecond;
// Once something that stood still goes on: not all of it in one moment.
constexpr double kScatter = 0.01;

}  // namespace

Weather::Weather(VirtualLoop& loop, Generator& generator, Digest& digest, TraceFile& trace)
    : loop_(loop), generator_(generator), digest_(digest), trace_(trace) {
  typical_latency_ = kFastestNetwork * power(kSlowestNetwork / kFastestNetwork, generator_.unit());
  batch_window_ = typical_latency_ * generator_.between(0.5, 4);
}

void Weather::trace(std::string_view type, int client, const Details& details) {
  Details all = {{"Client", std::to_string(client)}};
  all.insert(all.end(), details.begin(), details.end());
  trace_.event(loop_.now(), kSevInfo, type, all);
}

bool Weather::strikes(Fault fault, int client) {
  if (!generator_.chance(rates_[fault] * strength_)) return false;
  trace("FdbkitFault", client, {{"Kind", fault_name(fault)}});
  return true;
}

// Mostly near the typical one, sometimes many times as long.
double Weather::latency(int client) {
  double seconds = typical_latency_ * (0.5 - natural_log(1 - generator_.unit()));
  if (strikes(Fault::kSlowMessage, client)) {
    seconds += kLongestSlowMessage * generator_.unit() * generator_.unit();
  }
  return seconds;
}

void Weather::clog(int client, double seconds) {
  double& until = states_[client].clogged_until;
  until = std::max(until, loop_.now() + seconds);
  trace("FdbkitClogged", client, {{"Seconds", seconds_text(seconds)}});
}

void Weather::pause(int client, double seconds) {
  double& until = states_[client].paused_until;
  until = std::max(until, loop_.now() + seconds);
  trace("FdbkitPaused", client, {{"Seconds", seconds_text(seconds)}});
}

void Weather::recover(double seconds) {
  era_++;
  recovered_at_ = std::max(recovered_at_, loop_.now() + seconds);
  if (cluster_ != nullptr) cluster_->skip_versions(kVersionsSkipped);
  trace_.event(loop_.now(), kSevInfo, "FdbkitRecovery",
               {{"Era", std::to_string(era_)}, {"Seconds", seconds_text(seconds)}});
}

void Weather::freeze(double seconds) {
  frozen_until_ = std::max(frozen_until_, loop_.now() + seconds);
  trace_.event(loop_.now(), kSevInfo, "FdbkitFrozen", {{"Seconds", seconds_text(seconds)}});
}

void Weather::stall(double seconds) {
  recovered_at_ = std::max(recovered_at_, loop_.now() + seconds);
  trace_.event(loop_.now(), kSevInfo, "FdbkitStalled", {{"Seconds", seconds_text(seconds)}});
}

void Weather::clear_up() {
  for (auto& [client, state] : states_) state = State{};
  recovered_at_ = std::min(recovered_at_, loop_.now());
  frozen_until_ = std::min(frozen_until_, loop_.now());
}

// A call acts as the process that is current when it is made: another client's is a bug in the
// workload library, which fdbserver would run on with.
void Weather::check_process(int client) {
  const uint64_t caller = loop_.caller();
  if (caller == 0 || caller == process_of(client)) return;
  trace_.event(loop_.now(), kSevError, "FdbkitWrongProcess",
               {{"Client", std::to_string(client)}, {"Process", std::to_string(caller)}});
}

void Weather::arrive_at_client(int client, double at, Action action) {
  check_process(client);
  loop_.schedule(at, [this, client, action = std::move(action)]() mutable {
    const double until = states_[client].paused_until;
    if (until <= loop_.now()) {
      // A callback finds any process current, not only its own.
      loop_.set_process(process_of(static_cast<int>(generator_.below(clients_))));
      return action();
    }
    arrive_at_client(client, until + kScatter * generator_.unit(), std::move(action));
  });
}

void Weather::arrive_at_cluster(Message message, double at, Action action) {
  loop_.schedule(at, [this, message, action = std::move(action)]() mutable {
    const bool needs_transaction_servers =
        message == Message::kReadVersion || message == Message::kCommit;
    const double until =
        needs_transaction_servers ? std::max(recovered_at_, frozen_until_) : frozen_until_;
    if (until <= loop_.now()) return action();
    arrive_at_cluster(message, until + kScatter * generator_.unit(), std::move(action));
  });
}

void Weather::wake(int client, double seconds, Action action) {
  arrive_at_client(client, loop_.now() + seconds, std::move(action));
}

void Weather::to_cluster(int client, Message message, Action arrive) {
  check_process(client);
  const double from = std::max(loop_.now(), states_[client].clogged_until);
  arrive_at_cluster(message, from + latency(client), std::move(arrive));
}

void Weather::to_client(int client, Message message, Action arrive) {
  double from = std::max({loop_.now(), states_[client].clogged_until, frozen_until_});
  // A read is there and back in one.
  if (message == Message::kRead) from += latency(client);
  if (message == Message::kWatch && strikes(Fault::kWatchLate, client)) {
    from += kLongestWatchDelay * generator_.unit();
  }
  arrive_at_client(client, from + latency(client), std::move(arrive));
}

ErrorCode Weather::refusal(int client, Message message) {
  if (message == Message::kReadVersion) {
    if (!strikes(Fault::kReadVersionRefused, client)) return Error::kSuccess;
    constexpr ErrorCode kCodes[] = {Error::kBatchTransactionThrottled,
                                    Error::kGrvProxyMemoryLimitExceeded, Error::kTagThrottled};
    return kCodes[generator_.below(std::size(kCodes))];
  }
  if (message == Message::kRead) {
    if (strikes(Fault::kReadTooOld, client)) return Error::kTransactionTooOld;
    if (strikes(Fault::kReadFutureVersion, client)) return Error::kFutureVersion;
    if (strikes(Fault::kReadBehind, client)) return Error::kProcessBehind;
  }
  return Error::kSuccess;
}

CommitFate Weather::fate_of_commit(int client) {
  if (strikes(Fault::kCommitConflict, client)) return {Error::kNotCommitted, false};
  if (strikes(Fault::kCommitTooOld, client)) return {Error::kTransactionTooOld, false};
  if (strikes(Fault::kCommitRefused, client)) {
    return {generator_.chance(0.5) ? ErrorCode{Error::kCommitProxyMemoryLimitExceeded}
                                   : ErrorCode{Error::kGrvProxyMemoryLimitExceeded},
            false};
  }
  if (strikes(Fault::kCommitLost, client)) return {Error::kCommitUnknownResult, false};
  if (strikes(Fault::kCommitAnswerLost, client)) return {Error::kCommitUnknownResult, true};
  return {};
}

// Draws nothing where there are none, so that a seed is what it is.
bool Weather::broken(engine::Flaw flaw) {
  if (flaws_[flaw] == 0 || !generator_.chance(flaws_[flaw])) return false;
  trace("FdbkitFlaw", -1, {{"Kind", flaw_name(flaw)}});
  return true;
}

void Weather::outcome_unknown(int client, bool applied) {
  trace("FdbkitCommitUnknown", client, {{"Applied", applied ? "1" : "0"}});
}

double Weather::batch_window() { return batch_window_ * generator_.unit(); }

int64_t Weather::staleness(int client) {
  if (!strikes(Fault::kStaleRiskyRead, client)) return 0;
  return static_cast<int64_t>(kOldestRiskyRead * engine::kVersionsPerSecond * generator_.unit());
}

double Weather::idle_firing(int client) {
  return strikes(Fault::kWatchSpurious, client) ? kLatestIdleFiring * generator_.unit() : -1;
}

}  // namespace fdbkit::host
