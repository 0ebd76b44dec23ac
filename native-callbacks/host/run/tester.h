// Runs the tests one after the other, each in the phases that fdbserver's testers go through: the
// workloads of all clients are made, set up, started, checked, asked for metrics, and freed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/run/guest.h"
#include "host/spec/spec.h"
#include "host/world/disturbance.h"
#include "host/world/world.h"

namespace fdbkit::host {

class Tester {
 public:
  Tester(World& world, const std::vector<TestSpec>& tests) : world_(world), tests_(tests) {}
  ~Tester();

  // Everything else follows in events of the loop.
  void start();
  bool done() const { return done_; }
  // The run ends here: what has not passed has failed.
  void give_up(const std::string& reason);

  int passed() const { return passed_; }
  int failed() const { return failed_; }

 private:
  // One workload for one client.
  struct Part {
    int client;
    const WorkloadSpec* spec;
    std::unique_ptr<Guest> guest;
    bool running = false;
    bool start_failed = false;
    bool check_failed = false;
    int reboots_left = 0;
    // Grows with each guest: what was meant for an earlier one is void.
    int incarnation = 0;
  };
  using Step = void (Tester::*)();

  const TestSpec& test() const { return tests_[at_]; }
  void event(int severity, const char* type, Details details);
  // Goes on with the step after so many seconds, unless the test has ended by then.
  void later(double seconds, Step step);

  void begin_test();
  void make_parts();
  bool make_part(Part& part);
  bool make_disturbances();
  bool reject(const WorkloadSpec& spec, const std::string& reason,
              const std::vector<Option>& options);
  void run_setup();
  void run_start();
  void run_check();
  void read_metrics();
  void run_on_all(Guest::Phase phase, Step next);
  void run_part(Part& part, Guest::Phase phase);
  void part_done(Part& part, Guest::Phase phase, bool result);
  void maybe_go_on();
  void plan_reboot(Part& part);
  void reboot(Part& part);
  void end_faults();
  void end_test(bool passed);
  void free_parts();
  void clear_data();
  void next_test();

  World& world_;
  const std::vector<TestSpec>& tests_;
  size_t at_ = 0;
  int clients_ = 0;
  int64_t shared_random_ = 0;
  // Grows with each test and at its end: what was meant for an earlier one is void.
  uint64_t round_ = 0;
  Guest::Phase phase_ = Guest::Phase::kSetup;
  int waiting_ = 0;
  Step next_ = nullptr;
  std::vector<std::unique_ptr<Part>> parts_;
  std::vector<std::unique_ptr<Disturbance>> disturbances_;
  std::vector<std::unique_ptr<Disturbance>> injected_;
  bool done_ = false;
  int passed_ = 0;
  int failed_ = 0;
};

}  // namespace fdbkit::host
