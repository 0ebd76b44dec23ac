#pragma once

// What the C API knows of an option: its code, parameter type, and whether it outlives a retry.

namespace fdbkit::engine {

enum class OptionParam { kNone, kInt, kString, kBytes };

struct OptionInfo {
  int code;
  const char* name;
  OptionParam param;
  bool hidden;
  bool persistent;
  int default_for;  // the transaction option that a database option sets for new transactions, or
                    // -1
};

}  // namespace fdbkit::engine
