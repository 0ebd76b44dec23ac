#include "host/trace/trace_file.h"

namespace fdbkit::host {
namespace {

constexpr uint64_t kMostBytes = 256u << 20;

void add_text(std::string& line, std::string_view text) {
  line += '"';
  for (const unsigned char c : text) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7f) {
      char code[7];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      line += code;
    } else {
      line += static_cast<char>(c);
    }
  }
  line += '"';
}

void add_pair(std::string& line, std::string_view key, std::string_view value) {
  line += line.size() == 1 ? "  " : ", ";
  add_text(line, key);
  line += ": ";
  add_text(line, value);
}

}  // namespace

std::string seconds_text(double seconds) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6f", seconds);
  return text;
}

// The names are given in src/simulation: lifecycle-trace.ts and transaction-trace.ts.
static bool is_on_request(std::string_view type) {
  return type.rfind("FdbkitTask", 0) == 0 || type.rfind("FdbkitTransaction", 0) == 0;
}

TraceFile::~TraceFile() {
  if (file_ != nullptr) std::fclose(file_);
}

bool TraceFile::open(const std::string& folder) {
  file_ = std::fopen((folder + "/trace.embedded.1.json").c_str(), "w");
  return file_ != nullptr;
}

void TraceFile::event(double now, int severity, std::string_view type, const Details& details) {
  if (severity >= kSevError) errors_++;
  if (bytes_ > kMostBytes) {
    overflowed_ = true;
    return;
  }
  line_.assign(1, '{');
  add_pair(line_, "Severity", std::to_string(severity));
  add_pair(line_, "Time", seconds_text(now));
  add_pair(line_, "Type", type);
  add_pair(line_, "ID", "0000000000000000");
  for (const auto& [key, value] : details) add_pair(line_, key, value);
  line_ += " }\n";
  // Errors tell of paths, in stacks: those differ from checkout to checkout. What is traced on
  // request only is no part of the run.
  if (!is_on_request(type)) digest_.add(severity >= kSevError ? type : std::string_view(line_));
  bytes_ += line_.size();
  if (file_ == nullptr) return;
  // Flushed: what a run had done is what is wanted of one that is killed.
  std::fwrite(line_.data(), 1, line_.size(), file_);
  std::fflush(file_);
}

}  // namespace fdbkit::host
