#include "host/world/flaws.h"

namespace fdbkit::host {
namespace {

// In the order of Flaw.
constexpr std::array<const char*, kFlawCount> kNames = {
    "conflictMissed", "commitTwice",  "commitForgotten", "commitTorn",     "refusedApplied",
    "readStale",      "versionStale", "stampStale",      "commitInvented", "idForgotten",
};

}  // namespace

const char* flaw_name(engine::Flaw flaw) { return kNames[static_cast<std::size_t>(flaw)]; }

engine::Flaw flaw_of(std::string_view name) {
  std::size_t at = 0;
  while (at < kFlawCount && name != kNames[at]) at++;
  return static_cast<engine::Flaw>(at);
}

}  // namespace fdbkit::host
