#include "host/world/faults.h"

#include "host/world/portable_math.h"

namespace fdbkit::host {
namespace {

struct Kind {
  const char* name;
  double most;
};

// In the order of Fault.
constexpr std::array<Kind, kFaultCount> kKinds = {{
    {"slowMessage", 0.05},
    {"readVersionRefused", 0.05},
    {"readTooOld", 0.05},
    {"readFutureVersion", 0.05},
    {"readBehind", 0.05},
    {"commitConflict", 0.1},
    {"commitTooOld", 0.05},
    {"commitRefused", 0.05},
    {"commitLost", 0.15},
    {"commitAnswerLost", 0.15},
    {"watchSpurious", 0.3},
    {"watchLate", 0.2},
    {"staleRiskyRead", 0.5},
}};

constexpr double kLeast = 0.002;
constexpr double kChosen = 0.5;

}  // namespace

const char* fault_name(Fault fault) { return kKinds[static_cast<std::size_t>(fault)].name; }

Fault fault_of(std::string_view name) {
  std::size_t at = 0;
  while (at < kFaultCount && name != kKinds[at].name) at++;
  return static_cast<Fault>(at);
}

FaultRates FaultRates::draw(Generator& generator) {
  FaultRates rates;
  for (std::size_t i = 0; i < kFaultCount; i++) {
    const bool chosen = generator.chance(kChosen);
    // Evenly on a scale of orders of magnitude.
    const double rate = kLeast * power(kKinds[i].most / kLeast, generator.unit());
    if (chosen) rates.rates_[i] = rate;
  }
  return rates;
}

}  // namespace fdbkit::host
