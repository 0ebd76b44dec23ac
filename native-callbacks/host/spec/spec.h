// What is to be simulated: tests, each with settings and workloads, from lines of words between
// tabs.
//
//   test<TAB>title
//   set<TAB>key<TAB>value            of the test
//   workload<TAB>testName
//   option<TAB>key<TAB>value         of the workload
//
// In a word \t, \n and \\ stand for a tab, a new line and a backslash.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace fdbkit::host {

struct Option {
  std::string key;
  std::string value;
};

struct WorkloadSpec {
  std::string test_name;
  std::vector<Option> options;
};

struct TestSpec {
  std::string title;
  // fdbserver's settings of a test that mean something here.
  double timeout = 15000;  // simulated seconds
  double start_delay = 0;
  bool run_setup = true;
  bool check_only = false;
  bool use_database = true;
  bool clear_after_test = true;
  bool run_failure_workloads = true;
  std::vector<std::string> disabled_failure_workloads;
  // 0: drawn from the seed.
  int client_count = 0;
  std::vector<WorkloadSpec> workloads;
};

// False: `problem` says what is wrong, and in which line.
bool parse_spec(const std::string& text, std::vector<TestSpec>& tests, std::string& problem);

}  // namespace fdbkit::host
