// The trace of a simulation: lines of JSON as fdbserver writes them, without what differs between
// two runs of a seed. Each event goes into the digest, too.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/trace/digest.h"

namespace fdbkit::host {

constexpr int kSevDebug = 5;
constexpr int kSevInfo = 10;
constexpr int kSevWarn = 20;
constexpr int kSevWarnAlways = 30;
constexpr int kSevError = 40;

using Details = std::vector<std::pair<std::string, std::string>>;

class TraceFile {
 public:
  TraceFile(Digest& digest) : digest_(digest) {}
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  // False: the file can't be written.
  bool open(const std::string& folder);
  void event(double now, int severity, std::string_view type, const Details& details);

  uint64_t errors() const { return errors_; }
  // Events were left out, as there were too many: the run can't be trusted.
  bool overflowed() const { return overflowed_; }

 private:
  Digest& digest_;
  FILE* file_ = nullptr;
  uint64_t bytes_ = 0;
  uint64_t errors_ = 0;
  bool overflowed_ = false;
  std::string line_;
};

std::string seconds_text(double seconds);

}  // namespace fdbkit::host
