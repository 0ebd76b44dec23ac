#pragma once

// The loop of a real process: the thread that calls fdb_run_network, a steady clock, and a queue
// that many threads push to without a lock. A pusher takes the wake-up lock only while the loop
// sleeps.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "engine/ground/loop.h"

namespace fdbkit::engine {

class NetworkLoop final : public Loop {
 public:
  NetworkLoop();

  // Runs on the calling thread until stop. Tasks still queued when it stops are kept, never run.
  void run();
  void stop();

  void post_task(Task* task) override;
  TimerId schedule(double at, std::function<void()> action) override;
  void cancel(TimerId timer) override;
  double now() const override;
  bool on_loop_thread() const override;

  // The share of the last full second that the loop spent working, 0 to 1.
  double busyness() const { return busyness_.load(std::memory_order_relaxed); }

 private:
  using Clock = std::chrono::steady_clock;

  bool run_queued();
  bool run_timers();
  void sleep();
  void account(double before, double after);

  const Clock::time_point start_;
  std::atomic<Task*> head_{nullptr};
  std::atomic<bool> asleep_{false};
  std::atomic<bool> stopped_{false};
  std::mutex wake_mutex_;
  std::condition_variable wake_;
  std::atomic<std::thread::id> thread_{};

  // Loop thread only.
  TimerId next_timer_ = 1;
  std::multimap<double, std::pair<TimerId, std::function<void()>>> timers_;
  std::unordered_map<TimerId, decltype(timers_)::iterator> timer_index_;
  double window_start_ = 0;
  double window_busy_ = 0;
  std::atomic<double> busyness_{0};
};

}  // namespace fdbkit::engine
