// Room world: what is simulated: time, chance, the wire, and what goes wrong.
//
// The fault workloads of a test: what fdbserver does to machines and the network, done here to the
// clients' messages and to the cluster as a whole.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "host/spec/options.h"
#include "host/world/world.h"

namespace fdbkit::host {

class Disturbance {
 public:
  using Ended = std::function<void()>;

  // nullptr: there is no fault workload of this name. `problem`: an option makes no sense.
  static std::unique_ptr<Disturbance> make(const std::string& name, World& world, int clients,
                                           Options& options, std::string& problem);
  // One that nobody asked for, as buggify brings them: drawn from the seed.
  static std::unique_ptr<Disturbance> draw(const std::string& name, World& world, int clients);
  // Those that may come unasked.
  static const char* const kNames[3];

  virtual ~Disturbance() = default;
  // Goes on for its duration; then tells.
  void start(Ended ended);
  void stop() { *alive_ = false; }

 protected:
  Disturbance(World& world, int clients) : world_(world), clients_(clients) {}
  virtual void strike() = 0;

  int any_client() { return static_cast<int>(world_.generator.below(clients_)); }
  double left() const { return end_ - world_.loop.now(); }

  World& world_;
  const uint64_t clients_;
  double duration_ = 10;
  double mean_pause_ = 1;
  // The first strike is that of the first moment.
  bool at_once_ = false;

 private:
  void schedule_strike();

  double end_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace fdbkit::host
