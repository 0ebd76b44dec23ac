#pragma once

// What the C API knows of each option: its code, parameter type, and whether it outlives a retry.

#include <span>

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

std::span<const OptionInfo> network_options();
std::span<const OptionInfo> database_options();
std::span<const OptionInfo> transaction_options();

const OptionInfo* find_option(std::span<const OptionInfo> table, int code);

}  // namespace fdbkit::engine
