// Serializability through the C API, from several threads and with the client's fault injection on.

#include "test/support/serializability.h"

using namespace fdbkit::test;

namespace {

constexpr int kThreads = 4;
constexpr int kTransactionsPerThread = 2600;

void percent(FDBNetworkOption option, int64_t value) {
  CHECK_EQ(fdb_network_set_option(option, reinterpret_cast<const uint8_t*>(&value), sizeof value),
           0);
}

}  // namespace

int main(int argc, char** argv) {
  seed() = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  setenv("FDBKIT_ENGINE_SEED", std::to_string(seed()).c_str(), 1);
  NetworkThread network;
  CHECK_EQ(fdb_network_set_option(FDB_NET_OPTION_CLIENT_BUGGIFY_ENABLE, nullptr, 0), 0);
  percent(FDB_NET_OPTION_CLIENT_BUGGIFY_SECTION_ACTIVATED_PROBABILITY, 100);
  percent(FDB_NET_OPTION_CLIENT_BUGGIFY_SECTION_FIRED_PROBABILITY, 5);
  Db db("serializable");
  Log log;
  std::vector<std::thread> threads;
  for (int worker = 0; worker < kThreads; ++worker) {
    threads.emplace_back([&, worker] { work(db, log, worker, kTransactionsPerThread, seed()); });
  }
  for (std::thread& thread : threads) thread.join();

  CHECK_EQ(log.all().size(), static_cast<std::size_t>(kThreads * kTransactionsPerThread));
  CHECK(log.unknown_applied() > 0);
  CHECK(log.unknown_lost() > 0);
  check_serializable(log);
  std::printf("%zu transactions, %d of unknown result applied and %d not\n", log.all().size(),
              log.unknown_applied(), log.unknown_lost());
}
