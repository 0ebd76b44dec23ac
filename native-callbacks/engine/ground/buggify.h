#pragma once

// Room ground: what the rest of the engine stands on: errors, references, locks, chance, and what
// it takes from outside (loop, wire).
//
// The client's own fault injection (network options client_buggify_*). A section of code is
// activated or not once, by chance; an activated section fires with a second chance each time it is
// passed.

#include <array>

#include "engine/ground/random.h"

namespace fdbkit::engine {

enum class FaultSection {
  kReadVersion,
  kRead,
  kCommitRefused,
  kCommitUnknownResult,
  kCommitTimedOut,
  kCommitBeforeCancel,
  kCount,
};

class Buggify {
 public:
  void enable() { enabled_ = true; }
  void disable() { enabled_ = false; }
  void set_activated_probability(double probability) {
    activated_probability_ = probability;
    sections_.fill(Section::kUndecided);
  }
  void set_fired_probability(double probability) { fired_probability_ = probability; }

  bool fires(FaultSection section, Random& random) {
    return fires(section, random, fired_probability_);
  }
  // With a probability of its own, as the real client has it for reads.
  bool fires(FaultSection section, Random& random, double probability) {
    if (!enabled_) return false;
    Section& state = sections_[static_cast<std::size_t>(section)];
    if (state == Section::kUndecided) {
      state = random.chance(activated_probability_) ? Section::kActive : Section::kInactive;
    }
    return state == Section::kActive && random.chance(probability);
  }
  double fired_probability() const { return fired_probability_; }

 private:
  enum class Section : char { kUndecided, kInactive, kActive };

  bool enabled_ = false;
  double activated_probability_ = 0.25;
  double fired_probability_ = 0.05;
  std::array<Section, static_cast<std::size_t>(FaultSection::kCount)> sections_{};
};

}  // namespace fdbkit::engine
