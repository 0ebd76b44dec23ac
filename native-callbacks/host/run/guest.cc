#include "host/run/guest.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "engine/database/database.h"
#include "engine/future/future.h"
#include "fdb_c.h"
#include "host/run/older_server.h"

namespace fdbkit::host {

const char kConnectionString[] = "simulated:simulated@127.0.0.1:4500";

using engine::Future;
using engine::FutureRef;

// A promise that the workload holds: sent at most once, freed once.
struct Guest::Pending {
  World& world;
  std::weak_ptr<Guest*> guest;
  int client;
  Done done;
  bool sent = false;
};

namespace {

constexpr double kLongestDelay = 1e9;

int severity_of(int severity) {
  constexpr int kSeverities[] = {kSevDebug, kSevInfo, kSevWarn, kSevWarnAlways, kSevError};
  return kSeverities[severity < 0 || severity > plugin::kError ? plugin::kError : severity];
}

}  // namespace

Guest::Guest(World& world, const GuestIdentity& identity, const std::vector<Option>& options)
    : world_(world),
      identity_(identity),
      options_(options),
      self_(std::make_shared<Guest*>(this)) {}

Guest::~Guest() {
  self_.reset();
  if (made_) {
    world_.loop.set_process(process_of(identity_.client));
    workload_.table->free(workload_.inner);
  }
  close_database();
  // As fdbserver does, while other clients still use it.
  if (library_ != nullptr) dlclose(library_);
}

bool Guest::make() {
  options_.take("testName", "");
  const bool speaks_c = options_.take_flag("useCAPI", false);
  const std::string name = options_.take("libraryName", "");
  const std::string path = options_.take("libraryPath", ".");
  const std::string workload = options_.take("workloadName", "");
  const std::string file = path + "/lib" + name + ".so";
  if (!speaks_c) {
    world_.event(kSevError, "TestCreationError",
                 {{"TestName", "External"},
                  {"Reason", "only workloads with useCAPI = true run on the embedded engine"}});
    return false;
  }
  library_ = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr) {
    world_.event(kSevError, "ExternalWorkloadLoadError", {{"Reason", dlerror()}});
    return false;
  }
  void* const factory = dlsym(library_, "workloadCFactory");
  if (factory == nullptr) {
    world_.event(kSevError, "ExternalCFactoryNotFound", {{"Library", name}});
    return false;
  }
  world_.loop.set_process(process_of(identity_.client));
  using Factory = plugin::Workload (*)(const char*, plugin::Context);
  const plugin::Context context{plugin::kWorkloadApiVersion, this, &context_table};
  workload_ = world_.older_abi ? make_as_older_server(factory, workload.c_str(), context)
                               : reinterpret_cast<Factory>(factory)(workload.c_str(), context);
  made_ = true;
  return true;
}

void Guest::run(Phase phase, Done done) {
  FDBDatabase* database = nullptr;
  fdb_create_database_from_connection_string(kConnectionString, &database);
  world_.loop.drain();
  engine::Database::of(database)->set_client(identity_.client);
  database_ = database;
  using Call = void (*)(void*, FDB_database*, plugin::Promise);
  const Call calls[] = {workload_.table->setup, workload_.table->start, workload_.table->check};
  world_.loop.set_process(process_of(identity_.client));
  const VirtualLoop::Immediate immediate(world_.loop, world_.immediate_calls);
  calls[static_cast<int>(phase)](workload_.inner, reinterpret_cast<FDB_database*>(database),
                                 promise_for(std::move(done)));
}

void Guest::close_database() {
  if (database_ == nullptr) return;
  fdb_database_destroy(database_);
  database_ = nullptr;
}

std::vector<std::pair<std::string, double>> Guest::metrics() {
  std::vector<std::pair<std::string, double>> result;
  world_.loop.set_process(process_of(identity_.client));
  workload_.table->get_metrics(workload_.inner, plugin::Metrics{&result, &metrics_table});
  return result;
}

double Guest::check_timeout() {
  world_.loop.set_process(process_of(identity_.client));
  return workload_.table->get_check_timeout(workload_.inner);
}

plugin::Promise Guest::promise_for(Done done) {
  return {new Pending{world_, self_, identity_.client, std::move(done)}, &promise_table};
}

// --- What the library calls.

plugin::Promise::Table Guest::promise_table = {
    .free =
        [](void* inner) {
          Pending* pending = static_cast<Pending*>(inner);
          if (!pending->sent) {
            pending->world.event(kSevError, "BrokenPromise",
                                 {{"Client", std::to_string(pending->client)}});
          }
          delete pending;
        },
    .send =
        [](void* inner, bool value) {
          Pending* pending = static_cast<Pending*>(inner);
          if (pending->sent) {
            return pending->world.event(kSevError, "PromiseSentTwice",
                                        {{"Client", std::to_string(pending->client)}});
          }
          pending->sent = true;
          pending->world.weather.wake(pending->client, 0,
                                      [guest = pending->guest, done = pending->done, value] {
                                        const auto self = guest.lock();
                                        if (self == nullptr) return;
                                        (*self)->close_database();
                                        done(value);
                                      });
        },
};

plugin::Metrics::Table Guest::metrics_table = {
    .reserve = [](void*, int) {},
    .push =
        [](void* inner, plugin::Metric metric) {
          auto& metrics = *static_cast<std::vector<std::pair<std::string, double>>*>(inner);
          metrics.emplace_back(metric.key, metric.value);
        },
};

plugin::Context::Table Guest::context_table = {
    .trace =
        [](void* inner, int severity, const char* name, const plugin::Detail* given, int count) {
          Guest& guest = *static_cast<Guest*>(inner);
          Details details;
          for (int i = 0; i < count; i++) details.emplace_back(given[i].key, given[i].value);
          guest.world_.event(severity_of(severity), name, details);
        },
    .get_process = [](void* inner) { return static_cast<Guest*>(inner)->world_.loop.process(); },
    .set_process =
        [](void* inner, uint64_t process) {
          static_cast<Guest*>(inner)->world_.loop.set_process(process);
        },
    .now = [](void* inner) { return static_cast<Guest*>(inner)->world_.loop.now(); },
    .random =
        [](void* inner) {
          return static_cast<uint32_t>(static_cast<Guest*>(inner)->world_.generator.next() >> 32);
        },
    .get_option =
        [](void* inner, const char* name, const char* fallback) {
          static plugin::OwnedText::Table table = {
              .free = [](const char* text) { free(const_cast<char*>(text)); }};
          Guest& guest = *static_cast<Guest*>(inner);
          return plugin::OwnedText{strdup(guest.options_.take(name, fallback).c_str()), &table};
        },
    .client_id = [](void* inner) { return static_cast<Guest*>(inner)->identity_.client; },
    .client_count = [](void* inner) { return static_cast<Guest*>(inner)->identity_.client_count; },
    .shared_random =
        [](void* inner) { return static_cast<Guest*>(inner)->identity_.shared_random; },
    .delay =
        [](void* inner, double seconds) {
          Guest& guest = *static_cast<Guest*>(inner);
          World& world = guest.world_;
          Future* future = Future::create();
          world.digest.add(seconds);
          world.weather.wake(guest.identity_.client, std::clamp(seconds, 0.0, kLongestDelay),
                             [&world, settled = FutureRef::adopt(future)] {
                               const VirtualLoop::Immediate immediate(world.loop,
                                                                      world.immediate_calls);
                               settled->send(engine::Nothing{});
                             });
          return reinterpret_cast<FDB_future*>(future->handle());
        },
};

}  // namespace fdbkit::host
