// What can go wrong, how often, and by which name it is set and counted.
//
// Each kind has a probability for one chance: one message, one commit, one watch. A simulation with
// buggify draws from its seed which kinds it has and how often they come (swarm testing: runs with
// few kinds find what runs with all of them hide).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "host/world/generator.h"

namespace fdbkit::host {

enum class Fault {
  kSlowMessage,         // a message takes up to some seconds
  kReadVersionRefused,  // 1051, 1078, 1213: too much load
  kReadTooOld,          // 1007
  kReadFutureVersion,   // 1009
  kReadBehind,          // 1037
  kCommitConflict,      // 1020 although nothing was in the way
  kCommitTooOld,        // 1007
  kCommitRefused,       // 1042, 1078: too much load
  kCommitLost,          // 1021: it never arrived
  kCommitAnswerLost,    // 1021: it was applied
  kWatchSpurious,       // a watch fires and nothing has changed
  kWatchLate,           // a watch fires up to a minute late
  kStaleRiskyRead,      // causal_read_risky: a version from some time ago
  kCount,
};

constexpr std::size_t kFaultCount = static_cast<std::size_t>(Fault::kCount);

// As it is in the trace and on the command line.
const char* fault_name(Fault fault);
// kCount: there is none of this name.
Fault fault_of(std::string_view name);

class FaultRates {
 public:
  double& operator[](Fault fault) { return rates_[static_cast<std::size_t>(fault)]; }
  double operator[](Fault fault) const { return rates_[static_cast<std::size_t>(fault)]; }

  // Each kind by an even chance, with a probability between one in 500 and its most.
  static FaultRates draw(Generator& generator);

 private:
  std::array<double, kFaultCount> rates_{};
};

}  // namespace fdbkit::host
