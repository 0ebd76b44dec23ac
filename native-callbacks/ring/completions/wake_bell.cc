#include "ring/completions/wake_bell.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/eventfd.h>
#endif

namespace fdbkit::ring {

WakeBell::WakeBell(BellKind kind) {
#ifdef __linux__
  if (kind == BellKind::kEvents) {
    is_stream_ = false;
    read_fd_ = write_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return;
  }
#endif
  open_stream(kind);
}

void WakeBell::open_stream(BellKind kind) {
  int ends[2];
  const bool sockets = kind == BellKind::kSockets;
  if ((sockets ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends)) != 0) return;
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

int WakeBell::listener() { return is_stream_ ? fcntl(read_fd_, F_DUPFD_CLOEXEC, 0) : read_fd_; }

void WakeBell::ring() {
  // The reading end stays open as long as this does, so a stream never breaks. A full one, or a
  // full counter, is a bell that rings already, so a write that fails loses nothing.
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(write_fd_, &one, is_stream_ ? 1 : sizeof one);
}

void WakeBell::clear() {
  // A stream takes the bytes out itself.
  if (is_stream_) return;
  uint64_t rings;
  [[maybe_unused]] const ssize_t taken = read(read_fd_, &rings, sizeof rings);
}

}  // namespace fdbkit::ring
