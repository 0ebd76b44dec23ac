#pragma once

// A lock for critical sections of a few instructions, where a mutex would cost more than the
// section.

#include <atomic>
#include <thread>

namespace fdbkit::engine {

class SpinLock {
 public:
  void lock() noexcept {
    int spins = 0;
    while (flag_.exchange(true, std::memory_order_acquire)) {
      if (++spins > kSpinsBeforeYield) std::this_thread::yield();
    }
  }
  void unlock() noexcept { flag_.store(false, std::memory_order_release); }

 private:
  static constexpr int kSpinsBeforeYield = 64;
  std::atomic<bool> flag_{false};
};

}  // namespace fdbkit::engine
