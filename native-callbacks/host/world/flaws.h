// What a cluster does wrong where a test asks for it (engine/ground/wire.h): by which name, and how
// often. No seed draws one.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "engine/ground/wire.h"

namespace fdbkit::host {

constexpr std::size_t kFlawCount = static_cast<std::size_t>(engine::Flaw::kCount);

const char* flaw_name(engine::Flaw flaw);
// kCount: there is none of this name.
engine::Flaw flaw_of(std::string_view name);

// Probabilities for one chance: one commit, one read, one read version.
class FlawRates {
 public:
  double& operator[](engine::Flaw flaw) { return rates_[static_cast<std::size_t>(flaw)]; }
  double operator[](engine::Flaw flaw) const { return rates_[static_cast<std::size_t>(flaw)]; }

 private:
  std::array<double, kFlawCount> rates_{};
};

}  // namespace fdbkit::host
