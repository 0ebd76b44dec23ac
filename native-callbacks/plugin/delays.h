// Delays for a server that has none to give: a transaction that times out. It is never committed,
// so the future of its versionstamp ends at the time-out, by the simulator's own clock, and asks
// nobody for anything. A watch would not: once its key is read, a time-out no longer ends it.
#pragma once

#include <cstdint>
#include <map>

#include "ring/client/client_api.h"

namespace fdbkit::plugin {

class Delays {
 public:
  explicit Delays(const ring::ClientApi& api) : api_(api) {}
  ~Delays();
  Delays(const Delays&) = delete;
  Delays& operator=(const Delays&) = delete;

  // The future of a delay in that slot. nullptr: `error` says why there is none.
  ring::Future* begin(uint32_t slot, ring::Database* database, double now, double seconds,
                      int& error);
  // The slot is one of these.
  bool has(uint32_t slot) const { return delays_.count(slot) != 0; }
  // Seconds that are left; 0 or less: it is over.
  double left(uint32_t slot, double now) const { return delays_.at(slot).due - now; }
  // When the future of that slot was begun.
  double begun(uint32_t slot) const { return delays_.at(slot).begun; }
  // Gives back what it was made of. Its future goes by itself.
  void end(uint32_t slot);

 private:
  struct Delay {
    ring::Transaction* transaction;
    double begun;
    double due;
  };

  const ring::ClientApi& api_;
  std::map<uint32_t, Delay> delays_;
};

}  // namespace fdbkit::plugin
