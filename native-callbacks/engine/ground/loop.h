#pragma once

// Where the engine's work runs and what time it is there. Everything that owns data runs on the
// loop's thread; other threads only post. The real loop is NetworkLoop; the simulator has one of
// its own (one thread, virtual time, a seeded order).

#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

namespace fdbkit::engine {

class Task {
 public:
  virtual ~Task() = default;
  virtual void run() = 0;
  Task* next = nullptr;  // the loop's queue link
};

class Loop {
 public:
  using TimerId = uint64_t;
  static constexpr TimerId kNoTimer = 0;

  virtual ~Loop() = default;

  // Any thread. Tasks of one thread run in the order it posted them.
  virtual void post_task(Task* task) = 0;
  // Loop thread only. Seconds on the loop's own clock.
  virtual TimerId schedule(double at, std::function<void()> action) = 0;
  virtual void cancel(TimerId timer) = 0;
  // Any thread.
  virtual double now() const = 0;
  virtual bool on_loop_thread() const = 0;

  template <class F>
  void post(F&& action) {
    post_task(new TaskOf<std::decay_t<F>>(std::forward<F>(action)));
  }

 private:
  template <class F>
  class TaskOf final : public Task {
   public:
    explicit TaskOf(F action) : action_(std::move(action)) {}
    void run() override { action_(); }

   private:
    F action_;
  };
};

}  // namespace fdbkit::engine
