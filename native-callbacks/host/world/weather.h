// The way between clients and the cluster: how long messages take, which are held up, what is
// refused or lost, and the clients and the cluster standing still for a while.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/cluster/cluster.h"
#include "engine/ground/wire.h"
#include "host/trace/digest.h"
#include "host/trace/trace_file.h"
#include "host/world/faults.h"
#include "host/world/flaws.h"
#include "host/world/generator.h"
#include "host/world/virtual_loop.h"

namespace fdbkit::host {

class Weather final : public engine::Wire {
 public:
  Weather(VirtualLoop& loop, Generator& generator, Digest& digest, TraceFile& trace);

  void set_cluster(engine::Cluster& cluster) { cluster_ = &cluster; }
  void set_clients(int clients) { clients_ = static_cast<uint64_t>(clients); }
  void set_rates(const FaultRates& rates) { rates_ = rates; }
  FaultRates& rates() { return rates_; }
  void set_flaws(const FlawRates& flaws) { flaws_ = flaws; }
  // Scales all probabilities of faults: 0 is calm, 1 a storm. Latencies stay.
  void set_strength(double strength) { strength_ = strength; }

  // Messages of the client, in both directions, wait until then. Extends, never shortens.
  void clog(int client, double seconds);
  // Nothing reaches the client until then, its own delays included; what it has sent goes on.
  void pause(int client, double seconds);
  // New transaction servers take over: commits under way get no answer, and are applied or not by
  // where they are. Nothing is read anew or committed for so many seconds.
  void recover(double seconds);
  // The cluster stands still: nothing that reaches it is answered until then, and nothing is lost.
  void freeze(double seconds);
  // Read versions and commits wait until then; reads at a version go on.
  void stall(double seconds);
  // All of these end, when the faults of a test are over.
  void clear_up();

  // Runs `action` for the client after so many seconds, later while it stands still.
  void wake(int client, double seconds, Action action);

  void to_cluster(int client, engine::Message message, Action arrive) override;
  void to_client(int client, engine::Message message, Action arrive) override;
  engine::ErrorCode refusal(int client, engine::Message message) override;
  engine::CommitFate fate_of_commit(int client) override;
  void outcome_unknown(int client, bool applied) override;
  uint64_t era() const override { return era_; }
  double batch_window() override;
  int64_t staleness(int client) override;
  double idle_firing(int client) override;
  bool broken(engine::Flaw flaw) override;
  void note(std::string_view bytes) override { digest_.add(bytes); }

  void trace(std::string_view type, int client, const Details& details);

 private:
  struct State {
    double clogged_until = 0;
    double paused_until = 0;
  };

  bool strikes(Fault fault, int client);
  void check_process(int client);
  double latency(int client);
  void arrive_at_client(int client, double at, Action action);
  void arrive_at_cluster(engine::Message message, double at, Action action);

  VirtualLoop& loop_;
  Generator& generator_;
  Digest& digest_;
  TraceFile& trace_;
  engine::Cluster* cluster_ = nullptr;
  uint64_t clients_ = 1;
  FaultRates rates_;
  FlawRates flaws_;
  double strength_ = 0;
  double typical_latency_;
  double batch_window_;
  uint64_t era_ = 0;
  double frozen_until_ = 0;
  // When transaction servers are there again.
  double recovered_at_ = 0;
  std::map<int, State> states_;
};

}  // namespace fdbkit::host
