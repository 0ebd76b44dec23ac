// Serializability on a simulated network: messages that overtake each other, faults of every kind,
// clogs, pauses and recoveries. Each seed is a process; a seed that is run twice ends in the same
// digest.

#include "test/support/serializability.h"
#include "engine/database/database.h"
#include "test/support/simulated_world.h"

using namespace fdbkit;
using namespace fdbkit::test;

namespace {

constexpr int kSeeds = 25;
constexpr int kTransactionsPerClient = 60;

// Without gaps between the members: it goes through a pipe as it is.
struct Result {
  uint64_t digest;
  int64_t committed;
  int64_t applied;
  int64_t lost;
};

void disturb(host::World& world, int clients, const std::shared_ptr<bool>& going_on) {
  world.loop.schedule(world.loop.now() + 3 * world.generator.unit(), [&world, clients, going_on] {
    if (!*going_on) return;
    const int client = static_cast<int>(world.generator.below(static_cast<uint64_t>(clients)));
    switch (world.generator.below(3)) {
      case 0:
        world.weather.clog(client, 3 * world.generator.unit());
        break;
      case 1:
        world.weather.pause(client, 3 * world.generator.unit());
        break;
      default:
        world.weather.recover(world.generator.unit());
    }
    disturb(world, clients, going_on);
  });
}

Result simulate(uint64_t seed) {
  const std::string connection = "serializable:test@127.0.0.1:4500";
  SimulatedWorld simulated(seed, connection);
  host::World& world = simulated.world;
  const int clients = 1 + static_cast<int>(world.generator.below(5));
  world.weather.set_clients(clients);
  world.weather.set_rates(host::FaultRates::draw(world.generator));
  world.weather.set_strength(1);
  Log log;
  std::vector<std::unique_ptr<Db>> databases;
  Workers workers(world);
  for (int client = 0; client < clients; client++) {
    databases.push_back(std::make_unique<Db>("serializable"));
    engine::Database::of(databases.back()->handle())->set_client(client);
  }
  world.loop.drain();
  for (int client = 0; client < clients; client++) {
    workers.add([&, client] {
      work(*databases[static_cast<size_t>(client)], log, client, kTransactionsPerClient, seed);
    });
  }
  const auto going_on = std::make_shared<bool>(true);
  disturb(world, clients, going_on);
  workers.run();
  *going_on = false;
  CHECK_EQ(log.all().size(), static_cast<size_t>(clients * kTransactionsPerClient));
  check_serializable(log);
  const Result result{world.digest.value(), static_cast<int64_t>(log.all().size()),
                      log.unknown_applied(), log.unknown_lost()};
  // What was given up is given back on the loop.
  databases.clear();
  world.loop.drain();
  return result;
}

Result simulate_in_child(uint64_t seed) {
  int ends[2];
  CHECK_EQ(pipe(ends), 0);
  in_child([&] {
    const Result result = simulate(seed);
    CHECK_EQ(write(ends[1], &result, sizeof result), static_cast<ssize_t>(sizeof result));
    std::fflush(nullptr);
    _exit(0);
  });
  Result result{};
  CHECK_EQ(read(ends[0], &result, sizeof result), static_cast<ssize_t>(sizeof result));
  close(ends[0]);
  close(ends[1]);
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  Result sum{};
  const int problem = run(argc, argv, kSeeds, [&](uint64_t seed) {
    const Result result = simulate_in_child(seed);
    if (seed % 5 == 0) CHECK_EQ(simulate_in_child(seed).digest, result.digest);
    sum.committed += result.committed;
    sum.applied += result.applied;
    sum.lost += result.lost;
  });
  if (argc == 1) {
    CHECK(sum.applied > 0);
    CHECK(sum.lost > 0);
  }
  const auto shown = [](int64_t count) { return std::to_string(count); };
  std::printf("%s transactions, %s of unknown result applied and %s not\n",
              shown(sum.committed).c_str(), shown(sum.applied).c_str(), shown(sum.lost).c_str());
  return problem;
}
