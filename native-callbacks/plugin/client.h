// One simulated client: a workload object of fdbserver.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "plugin/abi/workload_abi.h"
#include "plugin/delays.h"
#include "ring/completions/ring.h"

namespace fdbkit::plugin {

class Bridge;

struct Client {
  Bridge* bridge;
  int32_t number;
  Context context;
  std::string name;
  // The simulated process that it lives in: current while its commands are carried out.
  uint64_t process;
  // Slots and objects of its own. nullptr: the client library is missing.
  ring::Ring* ring = nullptr;
  // Of the phase that runs; borrowed from fdbserver until the promise is sent.
  FDB_database* database = nullptr;
  Promise promise{};
  bool has_promise = false;
  // The promise was decided; it is sent when the batch is done.
  bool decided = false;
  bool verdict = false;
  // While fdbserver asks.
  Metrics* metrics = nullptr;
  double check_timeout = 3000;
  // Where the server has none.
  std::unique_ptr<Delays> delays{};
};

}  // namespace fdbkit::plugin
