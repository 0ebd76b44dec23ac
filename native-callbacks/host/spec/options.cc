#include "host/spec/options.h"

#include <cstdlib>

namespace fdbkit::host {

const std::string* Options::find(const std::string& key) const {
  for (const Option& option : options_) {
    if (option.key == key) return &option.value;
  }
  return nullptr;
}

std::string Options::take(const std::string& key, const std::string& fallback) {
  const std::string* value = find(key);
  if (value == nullptr) return fallback;
  taken_.insert(key);
  return *value;
}

double Options::take_number(const std::string& key, double fallback, std::string& problem) {
  const std::string text = take(key, "");
  if (text.empty()) return fallback;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (*end == '\0') return number;
  if (problem.empty()) problem = "option " + key + " is a number, not " + text;
  return fallback;
}

bool Options::take_flag(const std::string& key, bool fallback) {
  const std::string text = take(key, "");
  return text.empty() ? fallback : text == "true" || text == "1";
}

std::vector<Option> Options::untaken() const {
  std::vector<Option> left;
  for (const Option& option : options_) {
    if (!taken_.contains(option.key)) left.push_back(option);
  }
  return left;
}

}  // namespace fdbkit::host
