// Wakes the event loop of one worker: by an eventfd on Linux, by a pipe elsewhere or when asked to,
// and by a pair of sockets where the event loop reads no pipes.
//
// An eventfd is polled, and cleared here. The others are read by a stream of the event loop, which
// closes its end by itself, so it gets a descriptor of its own.
#pragma once

#include <cstdint>

namespace fdbkit::ring {

// The numbers are known to src/future/ring/wake-source.ts.
enum class BellKind : uint32_t { kEvents = 0, kPipe = 1, kSockets = 2 };

class WakeBell {
 public:
  explicit WakeBell(BellKind kind);
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
  void open_stream(BellKind kind);

  bool is_stream_ = true;
  int read_fd_ = -1;
  int write_fd_ = -1;
};

}  // namespace fdbkit::ring
