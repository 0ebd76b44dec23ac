#include "engine/network/network_loop.h"

#include <memory>

#include "relax.h"

namespace fdbkit::engine {

namespace {
constexpr double kBusynessWindow = 1.0;
// A thread that is woken costs its waker some five microseconds, and comes as many later. So the
// loop looks a while longer: whoever got an answer may ask again at once.
constexpr auto kLookBeforeSleep = std::chrono::microseconds(15);
constexpr int kPollsBetweenClocks = 32;
constexpr unsigned kRoundsBetweenAccounts = 256;
}  // namespace

NetworkLoop::NetworkLoop() : start_(Clock::now()) {}

double NetworkLoop::now() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

bool NetworkLoop::on_loop_thread() const {
  return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

void NetworkLoop::post_task(Task* task) {
  Task* head = head_.load(std::memory_order_relaxed);
  do {
    task->next = head;
  } while (!head_.compare_exchange_weak(head, task, std::memory_order_seq_cst,
                                        std::memory_order_relaxed));
  if (asleep_.load(std::memory_order_seq_cst)) {
    std::lock_guard guard(wake_mutex_);
    asleep_.store(false, std::memory_order_relaxed);
    wake_.notify_one();
  }
}

Loop::TimerId NetworkLoop::schedule(double at, std::function<void()> action) {
  TimerId id = next_timer_++;
  timer_index_[id] = timers_.emplace(at, std::make_pair(id, std::move(action)));
  return id;
}

void NetworkLoop::cancel(TimerId timer) {
  auto found = timer_index_.find(timer);
  if (found == timer_index_.end()) return;
  timers_.erase(found->second);
  timer_index_.erase(found);
}

void NetworkLoop::run() {
  thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  window_start_ = now();
  double busy_since = window_start_;
  int idle_polls = 0;
  Clock::time_point idle_since = start_;
  unsigned rounds = 0;
  while (!stopped_.load(std::memory_order_acquire)) {
    bool worked = run_queued();
    worked = run_timers() || worked;
    if (worked) {
      idle_polls = 0;
      if (++rounds % kRoundsBetweenAccounts == 0) {
        double time = now();
        account(busy_since, time);
        busy_since = time;
      }
      continue;
    }
    relax();
    if (++idle_polls % kPollsBetweenClocks != 0) continue;
    const auto clock = Clock::now();
    if (idle_polls == kPollsBetweenClocks) idle_since = clock;
    if (clock - idle_since < kLookBeforeSleep) continue;
    idle_polls = 0;
    account(busy_since, now());
    sleep();
    busy_since = now();
  }
  thread_.store(std::thread::id(), std::memory_order_relaxed);
}

void NetworkLoop::stop() {
  stopped_.store(true, std::memory_order_release);
  std::lock_guard guard(wake_mutex_);
  asleep_.store(false, std::memory_order_relaxed);
  wake_.notify_one();
}

bool NetworkLoop::run_queued() {
  if (head_.load(std::memory_order_relaxed) == nullptr) return false;
  Task* newest = head_.exchange(nullptr, std::memory_order_acquire);
  Task* oldest = nullptr;
  while (newest != nullptr) {
    Task* next = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = next;
  }
  while (oldest != nullptr) {
    std::unique_ptr<Task> task(oldest);
    oldest = oldest->next;
    task->run();
  }
  return true;
}

bool NetworkLoop::run_timers() {
  if (timers_.empty()) return false;
  double time = now();
  bool worked = false;
  while (!timers_.empty() && timers_.begin()->first <= time) {
    auto first = timers_.begin();
    std::function<void()> action = std::move(first->second.second);
    timer_index_.erase(first->second.first);
    timers_.erase(first);
    action();
    worked = true;
  }
  return worked;
}

void NetworkLoop::sleep() {
  std::unique_lock guard(wake_mutex_);
  asleep_.store(true, std::memory_order_seq_cst);
  auto awake = [this] {
    return !asleep_.load(std::memory_order_relaxed) || stopped_.load(std::memory_order_relaxed) ||
           head_.load(std::memory_order_seq_cst) != nullptr;
  };
  if (timers_.empty()) {
    wake_.wait(guard, awake);
  } else {
    auto at = start_ + std::chrono::duration_cast<Clock::duration>(
                           std::chrono::duration<double>(timers_.begin()->first));
    wake_.wait_until(guard, at, awake);
  }
  asleep_.store(false, std::memory_order_relaxed);
}

void NetworkLoop::account(double before, double after) {
  window_busy_ += after - before;
  double elapsed = after - window_start_;
  if (elapsed < kBusynessWindow) return;
  busyness_.store(std::min(1.0, window_busy_ / elapsed), std::memory_order_relaxed);
  window_start_ = after;
  window_busy_ = 0;
}

}  // namespace fdbkit::engine
