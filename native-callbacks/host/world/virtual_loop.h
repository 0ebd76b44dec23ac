// The engine's loop in a simulation: one thread, and a time that stands still while anything runs.
//
// Work is a queue of tasks, which run in the order they were posted, and events at a virtual time.
// Tasks come first. Then the next event moves time to where it lies; what lies at one time has an
// order drawn from the seed.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "engine/ground/loop.h"
#include "host/trace/digest.h"
#include "host/world/generator.h"

namespace fdbkit::host {

// A client lives in a simulated process of its own; 0 is none.
inline uint64_t process_of(int client) { return static_cast<uint64_t>(client) + 1; }

class VirtualLoop final : public engine::Loop {
 public:
  VirtualLoop(Generator& generator, Digest& digest) : generator_(generator), digest_(digest) {}

  void post_task(engine::Task* task) override;
  TimerId schedule(double at, std::function<void()> action) override;
  void cancel(TimerId timer) override;
  double now() const override { return now_; }
  bool on_loop_thread() const override { return true; }

  // Runs all tasks, then one event. False: nothing is left that could happen.
  bool step();
  // Runs all tasks, unless a task or an event of the engine is running.
  void drain();

  // While one is alive a posted task runs at once: an operation may then be done before the call
  // that began it returns, as in fdbserver. Only for events that don't come from inside the engine.
  class Immediate {
   public:
    explicit Immediate(VirtualLoop& loop, bool wanted)
        : loop_(loop), before_(std::exchange(loop.immediate_, wanted)) {}
    ~Immediate() { loop_.immediate_ = before_; }
    Immediate(const Immediate&) = delete;
    Immediate& operator=(const Immediate&) = delete;

   private:
    VirtualLoop& loop_;
    const bool before_;
  };

  uint64_t events() const { return events_; }

  // The simulated process that is current: what is called then acts as that one. 0: none.
  uint64_t process() const { return process_; }
  void set_process(uint64_t process) { process_ = process; }
  // The process that was current when the running task was posted; 0 outside of tasks.
  uint64_t caller() const { return caller_; }

 private:
  struct Posted {
    std::unique_ptr<engine::Task> task;
    uint64_t process;
  };
  // When, a drawn number, and the order of the calls in case that is equal too.
  using Place = std::tuple<double, uint64_t, TimerId>;

  Generator& generator_;
  Digest& digest_;
  double now_ = 0;
  uint64_t events_ = 0;
  TimerId next_timer_ = 1;
  bool draining_ = false;
  bool immediate_ = false;
  uint64_t process_ = 0;
  uint64_t caller_ = 0;
  std::deque<Posted> tasks_;
  std::map<Place, std::function<void()>> timeline_;
  std::map<TimerId, Place> places_;
};

}  // namespace fdbkit::host
