#include "host/spec/spec.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <sstream>

namespace fdbkit::host {
namespace {

constexpr double kLongestTimeout = 1e6;
constexpr int kMostClients = 100;
constexpr size_t kMostTests = 1000;
constexpr size_t kMostWorkloads = 100;

// Settings that fdbserver knows and that mean nothing without a cluster of processes.
const std::set<std::string>& without_meaning() {
  static const std::set<std::string> keys = {
      "testClass",
      "testPriority",
      "extraDatabaseMode",
      "extraDatabaseCount",
      "configureLocked",
      "minimumReplication",
      "minimumRegions",
      "logAntiQuorum",
      "buggify",
      "StderrSeverity",
      "ClientInfoLogging",
      "startIncompatibleProcess",
      "storageEngineExcludeTypes",
      "maxTLogVersion",
      "disableTss",
      "disableHostname",
      "disableRemoteKVS",
      "allowDefaultTenant",
      "databasePingDelay",
      "dumpAfterTest",
      "runConsistencyCheck",
      "runConsistencyCheckOnCache",
      "runConsistencyCheckOnTSS",
      "waitForQuiescence",
      "waitForQuiescenceBegin",
      "waitForQuiescenceEnd",
      "simCheckRelocationDuration",
      "connectionFailuresDisableDuration",
      "simBackupAgents",
      "restorePerpetualWiggleSetting",
  };
  return keys;
}

bool read_number(const std::string& text, double least, double most, double& number) {
  char* end = nullptr;
  const double read = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(read >= least && read <= most)) return false;
  number = read;
  return true;
}

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  std::stringstream stream(text);
  for (std::string name; std::getline(stream, name, ',');) {
    std::erase_if(name, [](unsigned char c) { return c == ' ' || c == '\t'; });
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

// An empty text: done. Else what is wrong.
std::string apply_setting(TestSpec& test, const std::string& key, const std::string& value) {
  const std::map<std::string, bool TestSpec::*> flags = {
      {"runSetup", &TestSpec::run_setup},
      {"checkOnly", &TestSpec::check_only},
      {"useDB", &TestSpec::use_database},
      {"clearAfterTest", &TestSpec::clear_after_test},
      {"runFailureWorkloads", &TestSpec::run_failure_workloads},
  };
  if (const auto flag = flags.find(key); flag != flags.end()) {
    test.*flag->second = value == "true";
    return "";
  }
  double number = 0;
  if (key == "timeout" || key == "startDelay") {
    const double least = key == "timeout" ? 1 : 0;
    if (!read_number(value, least, kLongestTimeout, number)) {
      return key + " is a number of simulated seconds, not " + value;
    }
    (key == "timeout" ? test.timeout : test.start_delay) = number;
    return "";
  }
  if (key == "clientCount") {
    if (!read_number(value, 1, kMostClients, number) || number != std::floor(number)) {
      return "clientCount is a whole number from 1 to " + std::to_string(kMostClients) + ", not " +
             value;
    }
    test.client_count = static_cast<int>(number);
    return "";
  }
  if (key == "disabledFailureInjectionWorkloads") {
    test.disabled_failure_workloads = split_names(value);
    return "";
  }
  if (without_meaning().contains(key)) return "";
  return "there is no setting " + key + " of a test";
}

bool split_words(const std::string& line, std::vector<std::string>& words) {
  words.assign(1, "");
  for (size_t i = 0; i < line.size(); i++) {
    if (line[i] == '\t') {
      words.emplace_back();
    } else if (line[i] != '\\') {
      words.back() += line[i];
    } else {
      i++;
      if (i == line.size()) return false;
      const char* const from = "tn\\";
      const char* const to = "\t\n\\";
      const char* const found = std::find(from, from + 3, line[i]);
      if (found == from + 3) return false;
      words.back() += to[found - from];
    }
  }
  return true;
}

std::string apply_line(std::vector<TestSpec>& tests, const std::vector<std::string>& words) {
  const std::string& kind = words[0];
  const size_t wanted = kind == "set" || kind == "option" ? 3 : 2;
  if (kind != "test" && kind != "set" && kind != "workload" && kind != "option") {
    return "a line begins with test, set, workload or option, not with \"" + kind + "\"";
  }
  if (words.size() != wanted) {
    return kind + " has " + std::to_string(wanted - 1) + " words behind it, not " +
           std::to_string(words.size() - 1);
  }
  if (kind == "test") {
    if (tests.size() == kMostTests) return "there are too many tests";
    tests.emplace_back().title = words[1];
    return "";
  }
  if (tests.empty()) return kind + " comes before the first test";
  TestSpec& test = tests.back();
  if (kind == "set") return apply_setting(test, words[1], words[2]);
  if (kind == "workload") {
    if (test.workloads.size() == kMostWorkloads) return "the test has too many workloads";
    test.workloads.push_back({words[1], {}});
    return "";
  }
  if (test.workloads.empty()) return "option comes before the first workload of the test";
  test.workloads.back().options.push_back({words[1], words[2]});
  return "";
}

}  // namespace

bool parse_spec(const std::string& text, std::vector<TestSpec>& tests, std::string& problem) {
  std::stringstream stream(text);
  int number = 0;
  std::vector<std::string> words;
  for (std::string line; std::getline(stream, line);) {
    number++;
    if (line.empty()) continue;
    problem = split_words(line, words) ? apply_line(tests, words)
                                       : "a backslash comes before t, n or another backslash";
    if (problem.empty()) continue;
    problem = "line " + std::to_string(number) + ": " + problem;
    return false;
  }
  if (tests.empty()) problem = "there is no test";
  return problem.empty();
}

}  // namespace fdbkit::host
