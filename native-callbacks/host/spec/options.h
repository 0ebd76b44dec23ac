// Room spec: what is to be simulated, as it was written down.
//
// The options of one workload of a test. Reading one takes it: what is left over was meant for
// nobody, and fails the test as in fdbserver.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "host/spec/spec.h"

namespace fdbkit::host {

class Options {
 public:
  explicit Options(const std::vector<Option>& options) : options_(options) {}

  const std::string* find(const std::string& key) const;
  std::string take(const std::string& key, const std::string& fallback);
  // Not a number: `problem` says so, unless it says something already.
  double take_number(const std::string& key, double fallback, std::string& problem);
  bool take_flag(const std::string& key, bool fallback);
  std::vector<Option> untaken() const;

 private:
  std::vector<Option> options_;
  std::set<std::string> taken_;
};

}  // namespace fdbkit::host
