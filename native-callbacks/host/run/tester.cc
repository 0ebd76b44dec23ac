#include "host/run/tester.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace fdbkit::host {
namespace {

constexpr int kMostClients = 5;
constexpr uint64_t kSharedRandomLimit = 10000000;
// What fdbserver waits for before it makes the workloads, and before it checks.
constexpr double kBeforeWorkloads = 1;
constexpr double kBeforeCheck = 3;
constexpr double kAfterTest = 1;
// Clients don't begin a phase in one moment.
constexpr double kScatter = 0.1;
// How much of the faults there is in the phases that must come to an end.
constexpr double kStrengthOfSetup = 0.25;
constexpr double kStrengthOfCheck = 0.05;
// How likely it is that buggify brings a fault workload of its own: by fdbserver's numbers.
constexpr double kChanceOfClogging = 0.25;
constexpr double kChanceOfRollback = 0.1;
constexpr double kChanceOfAttrition = 0.5;
constexpr double kMeanBetweenReboots = 5;
constexpr double kLongestReboot = 3;
constexpr int kMostReboots = 20;

constexpr const char* kPhaseNames[] = {"setup", "start", "check"};

}  // namespace

Tester::~Tester() = default;

void Tester::event(int severity, const char* type, Details details) {
  details.insert(details.begin(), {"WorkloadTitle", test().title});
  world_.event(severity, type, details);
}

void Tester::later(double seconds, Step step) {
  world_.loop.schedule(world_.loop.now() + seconds, [this, step, round = round_] {
    if (round == round_) (this->*step)();
  });
}

void Tester::start() { begin_test(); }

void Tester::begin_test() {
  round_++;
  Generator& generator = world_.generator;
  clients_ = test().client_count != 0 ? test().client_count
                                      : 1 + static_cast<int>(generator.below(kMostClients));
  world_.weather.set_clients(clients_);
  shared_random_ = static_cast<int64_t>(generator.below(kSharedRandomLimit));
  event(kSevInfo, "TestRunning",
        {{"TesterCount", std::to_string(clients_)},
         {"TestTimeout", std::to_string(static_cast<int>(test().timeout))}});
  world_.loop.schedule(world_.loop.now() + test().timeout, [this, round = round_] {
    if (round != round_) return;
    event(kSevError, "TestFailure",
          {{"Reason", "Test timed out"},
           {"Timeout", std::to_string(static_cast<int>(test().timeout))}});
    fprintf(stderr, "ERROR: Test timed out after %.0f simulated seconds.\n", test().timeout);
    end_test(false);
  });
  later(test().start_delay + kBeforeWorkloads, &Tester::make_parts);
}

void Tester::make_parts() {
  for (int client = 0; client < clients_; client++) {
    for (const WorkloadSpec& spec : test().workloads) {
      if (spec.test_name == "External") {
        parts_.push_back(std::make_unique<Part>(Part{client, &spec, nullptr}));
      }
    }
  }
  bool good = make_disturbances();
  for (const auto& part : parts_) good = good && make_part(*part);
  if (!good) return end_test(false);
  if (test().check_only) return later(0, &Tester::run_check);
  later(0, test().run_setup ? &Tester::run_setup : &Tester::run_start);
}

bool Tester::make_part(Part& part) {
  part.guest = std::make_unique<Guest>(world_, GuestIdentity{part.client, clients_, shared_random_},
                                       part.spec->options);
  if (!part.guest->make()) return false;
  const std::vector<Option> untaken = part.guest->options().untaken();
  return untaken.empty() || reject(*part.spec, "Not all options consumed", untaken);
}

bool Tester::make_disturbances() {
  for (const WorkloadSpec& spec : test().workloads) {
    if (spec.test_name == "External") continue;
    Options options(spec.options);
    std::string problem;
    auto made = Disturbance::make(spec.test_name, world_, clients_, options, problem);
    if (made == nullptr) problem = "runs only with fdbserver";
    if (problem.empty() && !options.untaken().empty()) problem = "Not all options consumed";
    if (!problem.empty()) return reject(spec, problem, options.untaken());
    disturbances_.push_back(std::move(made));
  }
  if (!world_.buggify || !test().run_failure_workloads) return true;
  constexpr double kChances[] = {kChanceOfClogging, kChanceOfRollback, kChanceOfAttrition};
  for (size_t i = 0; i < std::size(kChances); i++) {
    const std::string name = Disturbance::kNames[i];
    const auto& disabled = test().disabled_failure_workloads;
    const bool wanted = world_.generator.chance(kChances[i]);
    if (!wanted || std::find(disabled.begin(), disabled.end(), name) != disabled.end()) continue;
    injected_.push_back(Disturbance::draw(name, world_, clients_));
    event(kSevInfo, "AddingFailureInjection", {{"Workload", name}});
  }
  return true;
}

bool Tester::reject(const WorkloadSpec& spec, const std::string& reason,
                    const std::vector<Option>& options) {
  Details details = {{"TestName", spec.test_name}, {"Reason", reason}};
  fprintf(stderr, "ERROR: workload %s: %s\n", spec.test_name.c_str(), reason.c_str());
  for (const Option& option : options) {
    details.emplace_back("Option", option.key + " = " + option.value);
    fprintf(stderr, "  %s = %s\n", option.key.c_str(), option.value.c_str());
  }
  event(kSevError, "TestCreationError", details);
  return false;
}

// --- Phases.

void Tester::run_setup() {
  world_.weather.set_strength(kStrengthOfSetup);
  run_on_all(Guest::Phase::kSetup, &Tester::run_start);
}

void Tester::run_start() {
  world_.weather.set_strength(1);
  run_on_all(Guest::Phase::kStart, &Tester::end_faults);
  for (const auto& disturbance : disturbances_) {
    waiting_++;
    disturbance->start([this] {
      waiting_--;
      maybe_go_on();
    });
  }
  for (const auto& disturbance : injected_) disturbance->start([] {});
  for (const auto& part : parts_) {
    const std::string* reboots = part->guest->options().find("clientReboots");
    if (reboots == nullptr) continue;
    part->reboots_left = std::clamp(atoi(reboots->c_str()), 0, kMostReboots);
    plan_reboot(*part);
  }
}

void Tester::end_faults() {
  for (const auto& list : {&disturbances_, &injected_}) {
    for (const auto& disturbance : *list) disturbance->stop();
  }
  world_.weather.clear_up();
  world_.weather.set_strength(kStrengthOfCheck);
  event(kSevInfo, "TestComplete", {});
  later(kBeforeCheck, &Tester::run_check);
}

void Tester::run_check() {
  run_on_all(Guest::Phase::kCheck, &Tester::read_metrics);
  for (const auto& part : parts_) {
    const double limit = part->guest->check_timeout();
    world_.loop.schedule(world_.loop.now() + limit, [this, round = round_, &part = *part] {
      if (round != round_ || !part.running) return;
      event(kSevError, "TestFailure",
            {{"Reason", "Check timed out"}, {"Client", std::to_string(part.client)}});
      part_done(part, Guest::Phase::kCheck, false);
    });
  }
}

void Tester::read_metrics() {
  for (const auto& part : parts_) {
    for (const auto& [name, value] : part->guest->metrics()) {
      char text[32];
      snprintf(text, sizeof text, "%.6g", value);
      event(kSevInfo, "Metric",
            {{"Client", std::to_string(part->client)}, {"Name", name}, {"Value", text}});
    }
  }
  std::set<int> failed;
  for (const auto& part : parts_) {
    if (part->start_failed || part->check_failed) failed.insert(part->client);
  }
  const int failures = static_cast<int>(failed.size());
  printf("%d test clients passed; %d test clients failed\n", clients_ - failures, failures);
  end_test(failures == 0);
}

void Tester::run_on_all(Guest::Phase phase, Step next) {
  phase_ = phase;
  next_ = next;
  // One more, so that nothing goes on before all are counted.
  waiting_ = 1;
  event(kSevInfo, "TestPhase", {{"Phase", kPhaseNames[static_cast<int>(phase)]}});
  for (const auto& part : parts_) {
    waiting_++;
    part->running = true;
    run_part(*part, phase);
  }
  world_.loop.schedule(world_.loop.now(), [this, round = round_] {
    if (round != round_) return;
    waiting_--;
    maybe_go_on();
  });
}

void Tester::run_part(Part& part, Guest::Phase phase) {
  const double at = world_.loop.now() + kScatter * world_.generator.unit();
  const auto run = [this, &part, phase, round = round_, incarnation = part.incarnation] {
    if (round != round_ || part.incarnation != incarnation || part.guest == nullptr) return;
    part.guest->run(phase, [this, &part, phase, round](bool result) {
      if (round == round_ && part.running) part_done(part, phase, result);
    });
  };
  world_.loop.schedule(at, run);
}

void Tester::part_done(Part& part, Guest::Phase phase, bool result) {
  part.running = false;
  if (!result && phase == Guest::Phase::kCheck) part.check_failed = true;
  if (!result && phase != Guest::Phase::kCheck) {
    part.start_failed = true;
    event(
        kSevError, "ExternalWorkloadFailure",
        {{"Stage", kPhaseNames[static_cast<int>(phase)]}, {"Client", std::to_string(part.client)}});
  }
  waiting_--;
  maybe_go_on();
}

void Tester::maybe_go_on() {
  if (waiting_ != 0) return;
  (this->*next_)();
}

// --- A client that dies and comes back, for workloads that ask for it.

void Tester::plan_reboot(Part& part) {
  if (part.reboots_left == 0) return;
  const double pause = kMeanBetweenReboots * 2 * world_.generator.unit();
  world_.loop.schedule(world_.loop.now() + pause, [this, &part, round = round_] {
    if (round != round_ || phase_ != Guest::Phase::kStart || !part.running) return;
    part.reboots_left--;
    event(kSevInfo, "FdbkitClientReboot", {{"Client", std::to_string(part.client)}});
    part.guest.reset();
    part.incarnation++;
    const double down = kLongestReboot * world_.generator.unit();
    world_.loop.schedule(world_.loop.now() + down, [this, &part, round] {
      if (round == round_) reboot(part);
    });
  });
}

void Tester::reboot(Part& part) {
  if (!make_part(part)) return end_test(false);
  run_part(part, Guest::Phase::kStart);
  plan_reboot(part);
}

// --- The end.

void Tester::end_test(bool passed) {
  event(passed ? kSevInfo : kSevWarnAlways, "TestResults", {{"Passed", passed ? "1" : "0"}});
  (passed ? passed_ : failed_)++;
  round_++;
  for (const auto* list : {&disturbances_, &injected_}) {
    for (const auto& disturbance : *list) disturbance->stop();
  }
  world_.weather.clear_up();
  world_.weather.set_strength(0);
  // In an event of its own: this one may come from one of the parts.
  later(0, &Tester::free_parts);
}

void Tester::free_parts() {
  parts_.clear();
  disturbances_.clear();
  injected_.clear();
  if (test().use_database && test().clear_after_test) clear_data();
  later(kAfterTest, &Tester::next_test);
}

void Tester::clear_data() {
  engine::CommitRequest request;
  request.mutations.push_back({fdbkit::data::MutationType::kClearRange, "", "\xff"});
  request.write_conflicts.push_back({"", "\xff"});
  request.self_conflicting = false;  // it has no read version that could be too old
  world_.cluster->pipeline().submit(
      std::move(request), [](const engine::CommitRequest&, const engine::CommitReply&) {});
}

void Tester::next_test() {
  at_++;
  if (at_ < tests_.size()) return begin_test();
  done_ = true;
}

void Tester::give_up(const std::string& reason) {
  if (done_) return;
  world_.event(kSevError, "FdbkitGaveUp", {{"Reason", reason}});
  fprintf(stderr, "ERROR: %s\n", reason.c_str());
  failed_ = static_cast<int>(tests_.size()) - passed_;
  done_ = true;
}

}  // namespace fdbkit::host
