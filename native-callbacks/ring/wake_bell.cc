#include "ring/wake_bell.h"

#include <unistd.h>

#include <cstdint>

#ifdef __linux__
#include <sys/eventfd.h>
#else
#include <fcntl.h>
#endif

namespace fdbkit::ring {

WakeBell::WakeBell() {
#ifdef __linux__
  read_fd_ = write_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
#else
  int ends[2];
  if (pipe(ends) != 0) return;
  for (int end : ends) {
    fcntl(end, F_SETFL, O_NONBLOCK);
    fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  read_fd_ = ends[0];
  write_fd_ = ends[1];
#endif
}

WakeBell::~WakeBell() {
  if (write_fd_ >= 0 && write_fd_ != read_fd_) close(write_fd_);
  if (read_fd_ >= 0) close(read_fd_);
}

void WakeBell::ring() {
  const uint64_t one = 1;
  // A full pipe or counter is a bell that rings already, so a short write loses nothing.
  [[maybe_unused]] const ssize_t written = write(write_fd_, &one, sizeof one);
}

void WakeBell::clear() {
  uint64_t rings[64];
#ifdef __linux__
  [[maybe_unused]] const ssize_t taken = read(read_fd_, rings, sizeof(uint64_t));
#else
  while (read(read_fd_, rings, sizeof rings) > 0) {
  }
#endif
}

}  // namespace fdbkit::ring
