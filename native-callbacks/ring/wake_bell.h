// Wakes the event loop of one worker: an eventfd on Linux, a pipe elsewhere.
#pragma once

namespace fdbkit::ring {

class WakeBell {
 public:
  WakeBell();
  ~WakeBell();
  WakeBell(const WakeBell&) = delete;
  WakeBell& operator=(const WakeBell&) = delete;

  bool good() const { return read_fd_ >= 0; }
  int fd() const { return read_fd_; }
  // From any thread; never blocks.
  void ring();
  // Takes back every ring so far.
  void clear();

 private:
  int read_fd_ = -1;
  int write_fd_ = -1;
};

}  // namespace fdbkit::ring
