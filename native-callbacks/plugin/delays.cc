#include "plugin/delays.h"

#include <algorithm>
#include <cmath>

namespace fdbkit::plugin {
namespace {

constexpr int kTimeoutOption = 500;
// What is longer goes on with another transaction.
constexpr double kLongest = 1e6;

}  // namespace

Delays::~Delays() {
  for (const auto& [slot, delay] : delays_) api_.transaction_destroy(delay.transaction);
}

ring::Future* Delays::begin(uint32_t slot, ring::Database* database, double now, double seconds,
                            int& error) {
  end(slot);
  ring::Transaction* transaction = nullptr;
  error = api_.database_create_transaction(database, &transaction);
  if (error != 0) return nullptr;
  // None is no time-out at all.
  const int64_t milliseconds =
      std::max(1.0, std::ceil(std::min(std::max(seconds, 0.0), kLongest) * 1000));
  error = api_.transaction_set_option(transaction, kTimeoutOption,
                                      reinterpret_cast<ring::Bytes>(&milliseconds),
                                      sizeof milliseconds);
  if (error != 0) {
    api_.transaction_destroy(transaction);
    return nullptr;
  }
  delays_[slot] = {transaction, now, now + seconds};
  return api_.transaction_get_versionstamp(transaction);
}

void Delays::end(uint32_t slot) {
  const auto found = delays_.find(slot);
  if (found == delays_.end()) return;
  api_.transaction_destroy(found->second.transaction);
  delays_.erase(found);
}

}  // namespace fdbkit::plugin
