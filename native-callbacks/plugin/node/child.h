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
  // Both processes share the processor that FDBKIT_SIM_CPU names; false: it names none.
  bool pin();
  // What it has taken so far.
  double processor_seconds() const;

 private:
  pid_t pid_ = -1;
};

}  // namespace fdbkit::plugin
