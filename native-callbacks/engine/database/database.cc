#include "engine/database/database.h"

#include <cstdio>
#include <limits>

#include "engine/options/option_table.h"
#include "fdb_c_options.h"

namespace fdbkit::engine {

namespace {
constexpr int64_t kMostWatches = 1000000;
constexpr std::size_t kMostNeverReady = 1000;
}  // namespace

void Database::open(ClusterRegistry& clusters, Environment& environment, ConnectionRecord record) {
  environment_ = &environment;
  faults_.open(environment);
  record_ = std::move(record);
  deferred_error_ = record_.error;
  if (deferred_error_ != Error::kSuccess) return;
  if (record_.location == "memory") {
    char identifier[33];
    std::snprintf(identifier, sizeof(identifier), "%016llx%016llx",
                  static_cast<unsigned long long>(environment.random.next()),
                  static_cast<unsigned long long>(environment.random.next()));
    record_.location = identifier;
  }
  clusters_ = &clusters;
  cluster_ = &clusters.open(record_.connection_string);
}

Database::~Database() {
  if (cluster_ != nullptr) clusters_->close(*cluster_);
}

void Database::set_option(int option, const OptionValue& value) {
  if (deferred_error_ != Error::kSuccess) return;
  deferred_error_ = apply_option(option, value);
}

ErrorCode Database::apply_option(int option, const OptionValue& value) {
  const OptionInfo* info = find_option(database_options(), option);
  if (info->default_for >= 0) {
    // A later default replaces an earlier one of the same option.
    std::erase_if(transaction_defaults_,
                  [&](const auto& each) { return each.first == info->default_for; });
    transaction_defaults_.emplace_back(info->default_for, value);
    return Error::kSuccess;
  }
  int64_t number = 0;
  switch (option) {
    case FDB_DB_OPTION_LOCATION_CACHE_SIZE:
      return read_int_option(value, 0, std::numeric_limits<int>::max(), number);
    case FDB_DB_OPTION_MAX_WATCHES:
      return read_int_option(value, 0, kMostWatches, max_watches_);
    case FDB_DB_OPTION_SNAPSHOT_RYW_ENABLE:
      if (ErrorCode code = require_no_value(value)) return code;
      ++snapshot_ryw_enabled_;
      return Error::kSuccess;
    case FDB_DB_OPTION_SNAPSHOT_RYW_DISABLE:
      if (ErrorCode code = require_no_value(value)) return code;
      --snapshot_ryw_enabled_;
      return Error::kSuccess;
    case FDB_DB_OPTION_USE_CONFIG_DATABASE:
      return require_no_value(value);
    case FDB_DB_OPTION_TEST_CAUSAL_READ_RISKY:
      return read_int_option(value, 0, 100, number);
    default:
      return Error::kSuccess;
  }
}

void Database::keep_pending(FutureRef future) {
  std::erase_if(never_ready_, [](const FutureRef& each) { return each->is_ready(); });
  if (never_ready_.size() == kMostNeverReady) {
    never_ready_.front()->send_error(Error::kOperationCancelled);
    never_ready_.pop_front();
  }
  never_ready_.push_back(std::move(future));
}

bool Database::count_watch() {
  if (outstanding_watches_ >= max_watches_) return false;
  ++outstanding_watches_;
  return true;
}

void Database::tell_of_change(std::function<void()> heard) {
  Wire* wire = environment_->wire;
  if (wire == nullptr) return heard();
  wire->to_client(client_, Message::kWatch, std::move(heard));
}

}  // namespace fdbkit::engine
