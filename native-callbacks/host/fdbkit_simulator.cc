// fdbkit-simulator --spec FILE --seed N --buggify on|off [--trace-dir DIR] [--max-time SECONDS]
//                  [--max-events N] [--fault NAME=PROBABILITY]...
//
// Runs workload libraries over the embedded engine, on one thread and on virtual time. Everything
// follows from the seed. Ends with 0 when all tests have passed, 1 when not, 2 when it was called
// wrongly.
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "engine/network/network.h"
#include "host/run/tester.h"

using namespace fdbkit::host;
using fdbkit::engine::Flaw;

namespace {

constexpr double kMostSeconds = 1e6;
constexpr uint64_t kMostEvents = 20'000'000;
constexpr rlim_t kMostMemory = rlim_t{8} << 30;
// In the digest's place on standard output: so many bits.
constexpr uint64_t kUnseedMask = 0xffffffffu;

struct Arguments {
  std::string spec;
  std::string trace_folder = ".";
  uint64_t seed = 0;
  bool has_seed = false;
  bool buggify = false;
  double max_time = kMostSeconds;
  uint64_t max_events = kMostEvents;
  std::map<Fault, double> faults;
  FlawRates flaws;
  bool older_abi = false;
};

[[noreturn]] void refuse(const std::string& problem) {
  fprintf(stderr,
          "fdbkit-simulator: %s\n"
          "usage: fdbkit-simulator --spec FILE --seed N --buggify on|off [--trace-dir DIR]\n"
          "         [--max-time SECONDS] [--max-events N] [--fault NAME=PROBABILITY]...\n"
          "         [--workload-abi 7.4.0|7.4.6]\n",
          problem.c_str());
  exit(2);
}

uint64_t whole_number(const std::string& name, const std::string& text) {
  char* end = nullptr;
  const uint64_t number = strtoull(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || text[0] == '-') {
    refuse(name + " is a whole number, not \"" + text + "\"");
  }
  return number;
}

double number_above_zero(const std::string& name, const std::string& text) {
  char* end = nullptr;
  const double number = strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(number > 0)) {
    refuse(name + " is a number above 0, not \"" + text + "\"");
  }
  return number;
}

std::string fault_names() {
  std::string names;
  for (size_t i = 0; i < kFaultCount; i++) {
    names += std::string(i == 0 ? "" : ", ") + fault_name(static_cast<Fault>(i));
  }
  for (size_t i = 0; i < kFlawCount; i++) {
    names += std::string(", ") + flaw_name(static_cast<Flaw>(i));
  }
  return names;
}

void read_fault(Arguments& arguments, const std::string& text) {
  const size_t at = text.find('=');
  const Fault fault = fault_of(text.substr(0, at));
  const Flaw flaw = flaw_of(text.substr(0, at));
  if (at == std::string::npos || (fault == Fault::kCount && flaw == Flaw::kCount)) {
    refuse("--fault is NAME=PROBABILITY, and NAME one of " + fault_names() + "; not \"" + text +
           "\"");
  }
  char* end = nullptr;
  const double probability = strtod(text.c_str() + at + 1, &end);
  if (text.size() == at + 1 || *end != '\0' || !(probability >= 0 && probability <= 1)) {
    refuse("the probability of a --fault is from 0 to 1, not in \"" + text + "\"");
  }
  if (fault != Fault::kCount) {
    arguments.faults[fault] = probability;
  } else {
    arguments.flaws[flaw] = probability;
  }
}

Arguments read_arguments(int count, char** words) {
  Arguments arguments;
  const std::map<std::string, std::function<void(const std::string&)>> readers = {
      {"--spec", [&](const std::string& text) { arguments.spec = text; }},
      {"--trace-dir", [&](const std::string& text) { arguments.trace_folder = text; }},
      {"--seed",
       [&](const std::string& text) {
         arguments.seed = whole_number("--seed", text);
         arguments.has_seed = true;
       }},
      {"--buggify",
       [&](const std::string& text) {
         if (text != "on" && text != "off") refuse("--buggify is on or off, not \"" + text + "\"");
         arguments.buggify = text == "on";
       }},
      {"--max-time",
       [&](const std::string& text) {
         arguments.max_time = number_above_zero("--max-time", text);
       }},
      {"--max-events",
       [&](const std::string& text) { arguments.max_events = whole_number("--max-events", text); }},
      {"--workload-abi",
       [&](const std::string& text) {
         if (text != "7.4.0" && text != "7.4.6") refuse("--workload-abi is 7.4.0 or 7.4.6");
         arguments.older_abi = text == "7.4.0";
       }},
      {"--fault", [&](const std::string& text) { read_fault(arguments, text); }},
  };
  for (int i = 1; i < count; i += 2) {
    const auto reader = readers.find(words[i]);
    if (reader == readers.end()) refuse(std::string("there is no option ") + words[i]);
    if (i + 1 == count) refuse(std::string(words[i]) + " needs a value");
    reader->second(words[i + 1]);
  }
  if (arguments.spec.empty()) refuse("--spec is missing");
  if (!arguments.has_seed) refuse("--seed is missing");
  return arguments;
}

std::vector<TestSpec> read_spec(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  if (!stream) refuse(file + " can't be read");
  std::vector<TestSpec> tests;
  std::string problem;
  if (!parse_spec(text.str(), tests, problem)) refuse(file + ": " + problem);
  return tests;
}

// What the process has already: much of it is never touched where a sanitizer runs.
rlim_t data_bytes() {
  std::ifstream file("/proc/self/statm");
  rlim_t pages[6] = {};
  for (rlim_t& each : pages) file >> each;
  return pages[5] * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

// What grows without end ends this process, not the machine.
void limit_memory() {
  rlimit limit{};
  if (getrlimit(RLIMIT_DATA, &limit) != 0) return;
  limit.rlim_cur = std::min(limit.rlim_max, data_bytes() + kMostMemory);
  setrlimit(RLIMIT_DATA, &limit);
}

void run(World& world, Tester& tester, const Arguments& arguments) {
  tester.start();
  while (!tester.done()) {
    if (!world.loop.step()) return tester.give_up("nothing is left that could happen");
    if (world.loop.now() > arguments.max_time) {
      return tester.give_up("virtual time limit: the simulation is not done after " +
                            std::to_string(static_cast<int64_t>(arguments.max_time)) +
                            " simulated seconds");
    }
    if (world.loop.events() > arguments.max_events) {
      return tester.give_up("event limit: the simulation is not done after " +
                            std::to_string(arguments.max_events) + " events");
    }
    if (world.trace.overflowed()) return tester.give_up("the trace is larger than 256 MB");
  }
}

}  // namespace

int main(int count, char** words) {
  const Arguments arguments = read_arguments(count, words);
  const std::vector<TestSpec> tests = read_spec(arguments.spec);
  const auto begin = std::chrono::steady_clock::now();
  limit_memory();
  // The plugin looks in the process itself, which is this one, unless another library is named.
  unsetenv("FDBKIT_SIM_LIBRARY");
  World world(arguments.seed);
  if (!world.trace.open(arguments.trace_folder)) {
    refuse("there can be no trace file in " + arguments.trace_folder);
  }
  auto& network = fdbkit::engine::Network::instance();
  network.simulate(world.loop, world.weather, world.generator.next());
  world.cluster = &network.clusters().open(kConnectionString);
  world.weather.set_cluster(*world.cluster);
  world.buggify = arguments.buggify;
  world.older_abi = arguments.older_abi;
  world.immediate_calls = world.generator.chance(0.5);
  FaultRates rates = FaultRates::draw(world.generator);
  if (!arguments.buggify) rates = FaultRates();
  for (const auto& [fault, probability] : arguments.faults) rates[fault] = probability;
  world.weather.set_rates(rates);
  world.weather.set_flaws(arguments.flaws);
  world.event(kSevInfo, "ProgramStart",
              {{"RandomSeed", std::to_string(arguments.seed)},
               {"BuggifyEnabled", arguments.buggify ? "1" : "0"},
               {"ImmediateCalls", world.immediate_calls ? "1" : "0"}});
  Tester tester(world, tests);
  run(world, tester, arguments);
  world.digest.add(world.generator.next());
  const uint64_t unseed = world.digest.value() & kUnseedMask;
  world.event(kSevInfo, "ElapsedTime",
              {{"SimTime", seconds_text(world.loop.now())},
               {"Events", std::to_string(world.loop.events())},
               {"RandomUnseed", std::to_string(unseed)}});
  const std::chrono::duration<double> real = std::chrono::steady_clock::now() - begin;
  printf("\n%d tests passed; %d tests failed.\n\nUnseed: %" PRIu64
         "\nElapsed: %.6f simsec, %.6f real seconds\n",
         tester.passed(), tester.failed(), unseed, world.loop.now(), real.count());
  const bool good = tester.failed() == 0 && world.trace.errors() == 0;
  fflush(stdout);
  fflush(stderr);
  // Not freed: the engine's clusters live as long as the process.
  _exit(good ? 0 : 1);
}
