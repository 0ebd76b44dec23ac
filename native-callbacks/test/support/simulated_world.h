// A simulated world for tests, and workers that wait in it as on a network of its own thread.
//
// A worker is a thread, but only one runs at a time: it goes on until it waits for a future, then
// hands the turn back. So what workers do is decided by the seed alone.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/network/network.h"
#include "host/world/world.h"
#include "test/support/engine_client.h"

namespace fdbkit::test {

/// One a process: the engine is set up once.
class SimulatedWorld {
 public:
  explicit SimulatedWorld(uint64_t seed, const std::string& connection) : world(seed) {
    auto& network = engine::Network::instance();
    network.simulate(world.loop, world.weather, world.generator.next());
    world.cluster = &network.clusters().open(connection);
    world.weather.set_cluster(*world.cluster);
  }

  host::World world;
};

class Workers {
 public:
  explicit Workers(host::World& world) : world_(world) {
    current() = nullptr;
    wait_for = [](FDBFuture* future) { current()->wait(future); };
  }

  void add(std::function<void()> body) {
    auto worker = std::make_unique<Worker>();
    worker->body = std::move(body);
    workers_.push_back(std::move(worker));
  }

  /// Until all have ended.
  void run() {
    for (auto& worker : workers_) worker->start();
    for (;;) {
      bool all_done = true;
      for (auto& worker : workers_) {
        if (worker->can_go_on()) worker->take_turn();
        all_done = all_done && worker->done;
      }
      if (all_done) break;
      bool ready = false;
      for (auto& worker : workers_) ready = ready || worker->can_go_on();
      if (!ready) CHECK(world_.loop.step());
    }
    for (auto& worker : workers_) worker->thread.join();
  }

 private:
  struct Worker {
    std::function<void()> body;
    std::thread thread;
    std::mutex mutex;
    std::condition_variable changed;
    bool its_turn = false;
    bool done = false;
    FDBFuture* awaited = nullptr;

    bool can_go_on() const {
      return !done && (awaited == nullptr || fdb_future_is_ready(awaited) != 0);
    }
    void start() {
      thread = std::thread([this] {
        until_turn();
        body();
        hand_back(true);
      });
    }
    void take_turn() {
      current() = this;
      std::unique_lock guard(mutex);
      its_turn = true;
      changed.notify_all();
      changed.wait(guard, [&] { return !its_turn; });
    }
    void until_turn() {
      std::unique_lock guard(mutex);
      changed.wait(guard, [&] { return its_turn; });
    }
    void hand_back(bool ended) {
      std::lock_guard guard(mutex);
      done = ended;
      its_turn = false;
      changed.notify_all();
    }
    void wait(FDBFuture* future) {
      if (fdb_future_is_ready(future) != 0) return;
      awaited = future;
      hand_back(false);
      until_turn();
      awaited = nullptr;
    }
  };

  static Worker*& current() {
    static Worker* worker = nullptr;
    return worker;
  }

  host::World& world_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace fdbkit::test
