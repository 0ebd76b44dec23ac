#pragma once

// The faults that the calls of one database meet: those a test planned for it, from a seed of its
// own, else those of the client's buggify options. Network thread only.

#include <cstdint>
#include <optional>

#include "engine/ground/environment.h"
#include "engine/ground/errors.h"

namespace fdbkit::engine {

// How many of a thousand chances fire.
struct FaultPlan {
  int conflicts = 0;
  int unknown_commits = 0;
  int slow_reads = 0;
  int too_old = 0;
  int overload = 0;

  bool valid() const;
  bool empty() const;
};

class Faults {
 public:
  void open(Environment& environment) { environment_ = &environment; }
  void plan(uint64_t seed, const FaultPlan& plan);

  // 0: none.
  ErrorCode of_read_version();
  ErrorCode of_read();
  // Of a commit that is not applied then.
  ErrorCode of_commit(bool has_reads);
  // Whether a commit that was applied is answered with 1021, or with the end of its timeout.
  bool loses_answer();
  bool loses_answer_to_timeout();
  // Whether the answer of a commit wins against the call that follows it at once.
  bool answer_wins();
  // Seconds that the answer of a read takes longer; 0: as always.
  double read_delay();

 private:
  struct Planned {
    FaultPlan plan;
    Random random;
  };
  bool fires(int thousandths) {
    return planned_->random.below(1000) < static_cast<uint64_t>(thousandths);
  }
  template <std::size_t kSize>
  static ErrorCode one_of(const ErrorCode (&codes)[kSize], Random& random) {
    return codes[random.below(kSize)];
  }
  bool buggified(FaultSection section) {
    return environment_->buggify.fires(section, environment_->random);
  }

  Environment* environment_ = nullptr;
  std::optional<Planned> planned_;
};

}  // namespace fdbkit::engine
