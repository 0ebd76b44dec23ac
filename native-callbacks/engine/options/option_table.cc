#include "engine/options/option_table.h"

#include "engine/options/option_rows.h"

namespace fdbkit::engine {

std::span<const OptionInfo> network_options() { return kNetworkOptions; }
std::span<const OptionInfo> database_options() { return kDatabaseOptions; }
std::span<const OptionInfo> transaction_options() { return kTransactionOptions; }

const OptionInfo* find_option(std::span<const OptionInfo> table, int code) {
  for (const OptionInfo& info : table) {
    if (info.code == code) return &info;
  }
  return nullptr;
}

}  // namespace fdbkit::engine
