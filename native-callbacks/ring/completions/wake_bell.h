// Wakes the event loop of one worker: by an eventfd on Linux, by a pipe elsewhere or when asked to.
//
// An eventfd is polled, and cleared here. A pipe is read by a stream of the event loop, which
// closes its end by itself, so it gets a descriptor of its own.
#pragma once

namespace fdbkit::ring {

class WakeBell {
 public:
  explicit WakeBell(bool pipe);
  ~WakeBell();
  WakeBell(const WakeBell&) = delete;
  WakeBell& operator=(const WakeBell&) = delete;

  bool good() const { return read_fd_ >= 0; }
  // What the event loop listens on.
  int listener();
  // From any thread; never blocks.
  void ring();
  // Takes back every ring so far.
  void clear();

 private:
  void open_pipe();

  bool pipe_;
  int read_fd_ = -1;
  int write_fd_ = -1;
};

}  // namespace fdbkit::ring
