// The virtual loop against a simple model: tasks before events and in their order, events by time,
// each once unless it was cancelled; the same seed gives the same order, and what lies at one time
// has an order of the seed's own.

#include "host/world/virtual_loop.h"

#include <map>
#include <set>
#include <vector>

#include "test/support/check.h"

using namespace fdbkit;
using namespace fdbkit::test;

namespace {

// What happened: numbers of tasks (below 0) and events (above 0), with the time.
struct Happened {
  int what;
  double at;
  bool operator==(const Happened&) const = default;
};

class Run {
 public:
  explicit Run(uint64_t seed) : random_(seed), generator_(seed), loop_(generator_, digest_) {}

  std::vector<Happened> go() {
    for (int i = 0; i < 20; i++) act();
    double before = 0;
    while (loop_.step()) {
      CHECK(tasks_.empty());
      CHECK(loop_.now() >= before);
      before = loop_.now();
    }
    CHECK(events_.empty());
    return happened_;
  }
  uint64_t digest() const { return digest_.value(); }

 private:
  void act() {
    if (acts_left_ == 0) return;
    acts_left_--;
    const int number = ++numbers_;
    switch (random_.below(4)) {
      case 0:
        tasks_.push_back(number);
        loop_.post([this, number] { run_task(number); });
        break;
      case 1:
        if (!events_.empty()) {
          // Some event, or one that has run already.
          auto at = events_.begin();
          std::advance(at, random_.below(static_cast<int>(events_.size())));
          loop_.cancel(at->second.timer);
          events_.erase(at);
          loop_.cancel(static_cast<engine::Loop::TimerId>(random_.below(1000)) + 1000000);
        }
        break;
      default: {
        // Few times, some of them over already.
        const double at = loop_.now() + random_.between(-1, 3);
        const auto timer = loop_.schedule(at, [this, number] { run_event(number); });
        events_[number] = {timer, std::max(at, loop_.now())};
      }
    }
  }
  void run_task(int number) {
    CHECK(!tasks_.empty());
    CHECK_EQ(tasks_.front(), number);
    tasks_.erase(tasks_.begin());
    happened_.push_back({-number, loop_.now()});
    for (int i = random_.below(3); i > 0; i--) act();
  }
  void run_event(int number) {
    CHECK(tasks_.empty());
    const auto found = events_.find(number);
    CHECK(found != events_.end());
    CHECK(found->second.at == loop_.now());
    for (const auto& [other, event] : events_) CHECK(event.at >= loop_.now());
    events_.erase(found);
    happened_.push_back({number, loop_.now()});
    for (int i = random_.below(4); i > 0; i--) act();
  }

  struct Event {
    engine::Loop::TimerId timer;
    double at;
  };
  Random random_;
  host::Generator generator_;
  host::Digest digest_;
  host::VirtualLoop loop_;
  int acts_left_ = 300;
  int numbers_ = 0;
  std::vector<int> tasks_;
  std::map<int, Event> events_;
  std::vector<Happened> happened_;
};

// All orders of three events of one time come up.
void ties_are_drawn() {
  std::set<std::string> orders;
  for (uint64_t seed = 0; seed < 100; seed++) {
    host::Generator generator(seed);
    host::Digest digest;
    host::VirtualLoop loop(generator, digest);
    std::string order;
    for (const char name : {'a', 'b', 'c'}) loop.schedule(1, [&order, name] { order += name; });
    while (loop.step()) {
    }
    orders.insert(order);
  }
  CHECK_EQ(orders.size(), size_t{6});
}

// A task that is posted inside of another waits for it, also where posted tasks run at once.
void immediate_tasks_do_not_nest() {
  host::Generator generator(1);
  host::Digest digest;
  host::VirtualLoop loop(generator, digest);
  std::string order;
  loop.set_process(7);
  {
    const host::VirtualLoop::Immediate immediate(loop, true);
    loop.post([&] {
      CHECK_EQ(loop.caller(), uint64_t{7});
      order += 'a';
      loop.post([&] { order += 'c'; });
      order += 'b';
    });
    CHECK_EQ(order, std::string("abc"));
  }
  CHECK_EQ(loop.caller(), uint64_t{0});
  loop.post([&] { order += 'd'; });
  CHECK_EQ(order, std::string("abc"));
  loop.drain();
  CHECK_EQ(order, std::string("abcd"));
}

}  // namespace

int main(int argc, char** argv) {
  ties_are_drawn();
  immediate_tasks_do_not_nest();
  std::set<uint64_t> digests;
  const int rounds = 200;
  const int problem = run(argc, argv, rounds, [&](uint64_t seed) {
    Run first(seed);
    Run second(seed);
    CHECK(first.go() == second.go());
    CHECK_EQ(first.digest(), second.digest());
    digests.insert(first.digest());
  });
  if (argc == 1) CHECK_EQ(digests.size(), static_cast<size_t>(rounds));
  return problem;
}
