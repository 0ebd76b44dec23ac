#pragma once

// The loop that the handles of this process post to: the network's own, or a simulator's. It has
// its place down here because a future needs it, and a future knows no network.

#include "engine/ground/loop.h"

namespace fdbkit::engine {

class ProcessLoop {
 public:
  static Loop& get() { return *loop_; }
  // Before there is any handle.
  static void set(Loop& loop) { loop_ = &loop; }

 private:
  inline static Loop* loop_ = nullptr;
};

}  // namespace fdbkit::engine
