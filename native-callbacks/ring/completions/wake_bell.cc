#include "ring/completions/wake_bell.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>

#ifdef __linux__
#include <sys/eventfd.h>
#endif

namespace fdbkit::ring {

WakeBell::WakeBell(bool pipe) : pipe_(pipe) {
#ifdef __linux__
  if (!pipe_) {
    read_fd_ = write_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return;
  }
#endif
  pipe_ = true;
  open_pipe();
}

void WakeBell::open_pipe() {
  int ends[2];
  if (pipe(ends) != 0) return;
  for (int end : ends) {
    fcntl(end, F_SETFL, O_NONBLOCK);
    fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  read_fd_ = ends[0];
  write_fd_ = ends[1];
}

WakeBell::~WakeBell() {
  if (write_fd_ >= 0 && write_fd_ != read_fd_) close(write_fd_);
  if (read_fd_ >= 0) close(read_fd_);
}

int WakeBell::listener() { return pipe_ ? fcntl(read_fd_, F_DUPFD_CLOEXEC, 0) : read_fd_; }

void WakeBell::ring() {
  // The reading end stays open as long as this does, so a pipe never breaks. A full pipe or counter
  // is a bell that rings already, so a write that fails loses nothing.
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(write_fd_, &one, pipe_ ? 1 : sizeof one);
}

void WakeBell::clear() {
  // A pipe's stream takes the bytes out itself.
  if (pipe_) return;
  uint64_t rings;
  [[maybe_unused]] const ssize_t taken = read(read_fd_, &rings, sizeof rings);
}

}  // namespace fdbkit::ring
