// The Node process of the workloads.
#pragma once

#include <sys/types.h>

#include <string>

namespace fdbkit::plugin {

class Child {
 public:
  // Starts Node on the memory behind the descriptor. False: `problem` says why.
  bool start(int descriptor, std::string& problem);
  // False once it has ended; `problem` says how.
  bool lives(std::string& problem);
  void kill();
  // Both processes share one processor.
  bool pinned() const { return pinned_; }

 private:
  pid_t pid_ = -1;
  bool pinned_ = false;
};

}  // namespace fdbkit::plugin
