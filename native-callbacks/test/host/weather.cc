// Messages in all weathers: each arrives once, none while its client is clogged or stands still, or
// the cluster does, no commit and no read version during a recovery, and every kind of fault comes
// when it is sure to, and never when there is none.

#include "host/world/weather.h"

#include <set>
#include <vector>

#include "host/world/world.h"
#include "test/support/check.h"

using namespace fdbkit;
using namespace fdbkit::test;
using engine::Message;
using host::Fault;
namespace Error = engine::Error;

namespace {

constexpr int kClients = 3;
constexpr Message kMessages[] = {Message::kReadVersion, Message::kRead, Message::kCommit,
                                 Message::kWatch};

struct Span {
  double from;
  double until;
};

bool inside(const std::vector<Span>& spans, double at) {
  for (const Span& span : spans) {
    if (span.from <= at && at < span.until) return true;
  }
  return false;
}

class Run {
 public:
  explicit Run(uint64_t seed) : random_(seed), world_(seed) {
    world_.weather.set_clients(kClients);
    world_.weather.set_rates(host::FaultRates::draw(world_.generator));
    world_.weather.set_strength(1);
  }

  uint64_t go() {
    for (int i = 0; i < 400; i++) {
      world_.loop.schedule(20.0 * random_.below(1000) / 1000, [this] { act(); });
    }
    while (world_.loop.step()) {
    }
    CHECK_EQ(sent_, arrived_);
    return world_.digest.value();
  }

 private:
  void act() {
    const int client = random_.below(kClients);
    const double now = world_.loop.now();
    const double seconds = random_.below(100) / 100.0;
    switch (random_.below(20)) {
      case 0:
        clogs_[client].push_back({now, now + seconds});
        return world_.weather.clog(client, seconds);
      case 1:
        pauses_[client].push_back({now, now + seconds});
        return world_.weather.pause(client, seconds);
      case 2: {
        const uint64_t era = world_.weather.era();
        recoveries_.push_back({now, now + seconds});
        world_.weather.recover(seconds);
        CHECK(world_.weather.era() > era);
        return;
      }
      case 3:
        freezes_.push_back({now, now + seconds});
        return world_.weather.freeze(seconds);
      case 4: {
        const uint64_t era = world_.weather.era();
        recoveries_.push_back({now, now + seconds});
        world_.weather.stall(seconds);
        CHECK_EQ(world_.weather.era(), era);
        return;
      }
      default:
        send(client);
    }
  }

  void send(int client) {
    const Message message = kMessages[random_.below(4)];
    const double sent_at = world_.loop.now();
    sent_++;
    auto arrive = [this, client, message, sent_at, clogs = clogs_[client], freezes = freezes_,
                   once = std::make_shared<int>(0)](bool to_client) {
      const double now = world_.loop.now();
      CHECK_EQ(++*once, 1);
      arrived_++;
      CHECK(now > sent_at);
      // What was sent into a clog waits for its end.
      CHECK(!inside(clogs, now));
      if (to_client) {
        CHECK(!inside(pauses_[client], now));
        // Nothing is said by a cluster that stands still; what was under way arrives.
        CHECK(!inside(freezes, now));
      } else {
        CHECK(!inside(freezes_, now));
      }
      if (!to_client && (message == Message::kCommit || message == Message::kReadVersion)) {
        CHECK(!inside(recoveries_, now));
      }
    };
    if (random_.one_in(2)) {
      world_.weather.to_cluster(client, message, [arrive] { arrive(false); });
    } else {
      world_.weather.to_client(client, message, [arrive] { arrive(true); });
    }
  }

  Random random_;
  host::World world_;
  std::map<int, std::vector<Span>> clogs_;
  std::map<int, std::vector<Span>> pauses_;
  std::vector<Span> recoveries_;
  std::vector<Span> freezes_;
  int sent_ = 0;
  int arrived_ = 0;
};

struct Seen {
  std::set<int> read_versions;
  std::set<int> reads;
  std::set<int> commits;
  bool unknown_applied = false;
  bool unknown_lost = false;
  bool spurious = false;
  bool stale = false;
};

Seen look(host::World& world) {
  Seen seen;
  for (int i = 0; i < 200; i++) {
    seen.read_versions.insert(world.weather.refusal(0, Message::kReadVersion));
    seen.reads.insert(world.weather.refusal(0, Message::kRead));
    const engine::CommitFate fate = world.weather.fate_of_commit(0);
    seen.commits.insert(fate.error);
    const bool unknown = fate.error == Error::kCommitUnknownResult;
    seen.unknown_applied = seen.unknown_applied || (unknown && fate.arrives);
    seen.unknown_lost = seen.unknown_lost || (unknown && !fate.arrives);
    // Only what is of unknown outcome arrives and is not answered.
    CHECK(fate.arrives == (fate.error == 0 || (unknown && fate.arrives)));
    seen.spurious = seen.spurious || world.weather.idle_firing(0) >= 0;
    seen.stale = seen.stale || world.weather.staleness(0) > 0;
  }
  return seen;
}

void each_fault_comes_by_its_own_rate() {
  for (size_t i = 0; i < host::kFaultCount; i++) {
    const Fault fault = static_cast<Fault>(i);
    CHECK_EQ(static_cast<int>(host::fault_of(host::fault_name(fault))), static_cast<int>(i));
    host::World world(i);
    host::FaultRates rates;
    rates[fault] = 1;
    world.weather.set_rates(rates);
    for (const double strength : {0.0, 1.0}) {
      world.weather.set_strength(strength);
      const Seen seen = look(world);
      const bool on = strength > 0;
      const auto is = [&](Fault which) { return on && fault == which; };
      const std::set<int> fine = {0};
      CHECK(seen.read_versions ==
            (is(Fault::kReadVersionRefused)
                 ? std::set<int>{Error::kBatchTransactionThrottled,
                                 Error::kGrvProxyMemoryLimitExceeded, Error::kTagThrottled}
                 : fine));
      CHECK(seen.reads == (is(Fault::kReadTooOld)          ? std::set<int>{1007}
                           : is(Fault::kReadFutureVersion) ? std::set<int>{1009}
                           : is(Fault::kReadBehind)        ? std::set<int>{1037}
                                                           : fine));
      CHECK(seen.commits == (is(Fault::kCommitConflict)  ? std::set<int>{1020}
                             : is(Fault::kCommitTooOld)  ? std::set<int>{1007}
                             : is(Fault::kCommitRefused) ? std::set<int>{1042, 1078}
                             : is(Fault::kCommitLost) || is(Fault::kCommitAnswerLost)
                                 ? std::set<int>{1021}
                                 : fine));
      CHECK_EQ(seen.unknown_lost, is(Fault::kCommitLost));
      CHECK_EQ(seen.unknown_applied, is(Fault::kCommitAnswerLost));
      CHECK_EQ(seen.spurious, is(Fault::kWatchSpurious));
      CHECK_EQ(seen.stale, is(Fault::kStaleRiskyRead));
    }
  }
  CHECK_EQ(static_cast<int>(host::fault_of("nothing")), static_cast<int>(Fault::kCount));
}

// A message that comes from a task of another client's process is an error of the library.
void wrong_process_is_told() {
  host::World world(1);
  world.loop.set_process(host::process_of(1));
  world.loop.post([&] { world.weather.to_cluster(1, Message::kRead, [] {}); });
  world.loop.drain();
  CHECK_EQ(world.trace.errors(), uint64_t{0});
  world.loop.post([&] { world.weather.to_cluster(0, Message::kRead, [] {}); });
  world.loop.drain();
  CHECK_EQ(world.trace.errors(), uint64_t{1});
}

}  // namespace

int main(int argc, char** argv) {
  each_fault_comes_by_its_own_rate();
  wrong_process_is_told();
  return run(argc, argv, 100, [](uint64_t seed) { CHECK_EQ(Run(seed).go(), Run(seed).go()); });
}
