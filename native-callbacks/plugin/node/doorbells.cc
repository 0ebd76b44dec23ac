#include "plugin/node/doorbells.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <ctime>
#include <new>

#include "relax.h"

namespace fdbkit::plugin {
namespace {

constexpr int kSpins = 4000;
// After so many spins in vain only every sixteenth wait spins.
constexpr uint32_t kMostMisses = 4;
constexpr uint32_t kProbe = 16;

void futex(std::atomic<uint32_t>& word, int operation, uint32_t value, const timespec* timeout) {
  syscall(SYS_futex, &word, operation, value, timeout, nullptr, 0);
}

}  // namespace

bool Doorbells::open() {
  descriptor_ = static_cast<int>(syscall(SYS_memfd_create, "fdbkit", 1u /* MFD_CLOEXEC */));
  if (descriptor_ < 0) return false;
  if (ftruncate(descriptor_, kTotalBytes) != 0) return false;
  void* memory = mmap(nullptr, kTotalBytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
  if (memory == MAP_FAILED) return false;
  base_ = static_cast<uint8_t*>(memory);
  header_ = new (base_) Header();
  header_->magic = kMagic;
  header_->total = kTotalBytes;
  return true;
}

void Doorbells::close_descriptor() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
}

// Pairs with the child's sleep: it stores that it sleeps, then looks at the bell; here the bell is
// rung, then the sleeper looked for.
void Doorbells::ring() {
  header_->event.fetch_add(1, std::memory_order_seq_cst);
  if (header_->child_sleeps.exchange(0, std::memory_order_seq_cst) != 0) {
    futex(header_->event, FUTEX_WAKE, INT_MAX, nullptr);
  }
}

bool Doorbells::spin() {
  if (header_->no_spin != 0) return false;
  if (misses_ >= kMostMisses && ++waits_ % kProbe != 0) return false;
  for (int i = 0; i < kSpins; i++) {
    if (rung()) {
      misses_ = 0;
      return true;
    }
    relax();
  }
  misses_++;
  return false;
}

bool Doorbells::wait(bool first, int milliseconds) {
  if (!rung() && !(first && spin())) {
    header_->plugin_sleeps.store(1, std::memory_order_seq_cst);
    const timespec slice{milliseconds / 1000, (milliseconds % 1000) * 1000000L};
    if (!rung()) futex(header_->reply, FUTEX_WAIT, seen_, &slice);
    header_->plugin_sleeps.store(0, std::memory_order_seq_cst);
    if (!rung()) return false;
  }
  seen_ = header_->reply.load(std::memory_order_seq_cst);
  return true;
}

}  // namespace fdbkit::plugin
