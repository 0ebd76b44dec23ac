// Plays a server of the C++ interface: a library that a simulator loads by the one in C, and that
// loads another by the one in C++. FDBKIT_CPP_SERVER_LOADS is the path of that, FDBKIT_SIM_SERVER
// the version that is played. Compiled with either standard library, as servers are.
#include <dlfcn.h>

#include <cstdio>
#include <cstring>

#include "cpp-server/server_context.h"

namespace fdbkit::cpp_server {
namespace {

// What the simulator holds: a workload of the library, of whichever version.
class Loaded {
 public:
  virtual ~Loaded() = default;
  virtual void run(int phase, FDB_database* database, cpp::Promise done) = 0;
  virtual std::vector<cpp::Metric> metrics() = 0;
  virtual double check_timeout() = 0;
};

[[noreturn]] void give_up(const char* what) {
  fprintf(stderr, "cpp-server: %s\n", what);
  abort();
}

template <class Context, class Beginning>
class LoadedAs final : public Loaded {
 public:
  LoadedAs(const char* name, const plugin::Context& simulator) : context_(simulator) {
    const char* const path = getenv("FDBKIT_CPP_SERVER_LOADS");
    library_ = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) give_up(dlerror());
    using Entry = cpp::Factory<Beginning>* (*)(cpp::Logger*);
    const auto entry = reinterpret_cast<Entry>(dlsym(library_, "workloadFactory"));
    if (entry == nullptr) give_up("there is no workloadFactory");
    workload_ = entry(&context_)->create(name);
    if constexpr (std::is_same_v<Beginning, cpp::Described>) {
      if (workload_->description().empty()) give_up("a workload has no description");
    }
    workload_->init(&context_);
  }
  ~LoadedAs() override {
    workload_ = nullptr;
    dlclose(library_);
  }

  void run(int phase, FDB_database* database, cpp::Promise done) override {
    if (phase == 0) return workload_->setup(database, done);
    if (phase == 1) return workload_->start(database, done);
    workload_->check(database, done);
  }
  std::vector<cpp::Metric> metrics() override {
    std::vector<cpp::Metric> result;
    workload_->get_metrics(result);
    return result;
  }
  double check_timeout() override { return workload_->get_check_timeout(); }

 private:
  Context context_;
  void* library_;
  std::shared_ptr<cpp::Workload<Beginning>> workload_;
};

class SimulatorsOutcome final : public cpp::Outcome {
 public:
  explicit SimulatorsOutcome(const plugin::Promise& promise) : promise_(promise) {}
  ~SimulatorsOutcome() override { promise_.table->free(promise_.inner); }
  void send(void* value) override {
    promise_.table->send(promise_.inner, *static_cast<bool*>(value));
  }

 private:
  const plugin::Promise promise_;
};

Loaded& loaded(void* inner) { return *static_cast<Loaded*>(inner); }

template <int kPhase>
void run(void* inner, FDB_database* database, plugin::Promise done) {
  loaded(inner).run(kPhase, database, {std::make_shared<SimulatorsOutcome>(done)});
}

void get_metrics(void* inner, plugin::Metrics out) {
  for (const auto& [name, value, averaged, format] : loaded(inner).metrics()) {
    if (format != "%.3g") give_up("a metric has another format");
    out.table->push(out.inner, {name.c_str(), format.c_str(), value, averaged});
  }
}

plugin::Workload::Table table = {
    .free = [](void* inner) { delete &loaded(inner); },
    .setup = run<0>,
    .start = run<1>,
    .check = run<2>,
    .get_metrics = get_metrics,
    .get_check_timeout = [](void* inner) { return loaded(inner).check_timeout(); },
};

bool plays(const char* release) {
  return strncmp(getenv("FDBKIT_SIM_SERVER"), release, strlen(release)) == 0;
}

}  // namespace
}  // namespace fdbkit::cpp_server

extern "C" __attribute__((visibility("default"))) fdbkit::plugin::Workload workloadCFactory(
    const char* name, fdbkit::plugin::Context simulator) {
  using namespace fdbkit::cpp_server;
  Loaded* made;
  if (plays("7.4.6")) {
    made = new LoadedAs<NewContext, cpp::NotDescribed>(name, simulator);
  } else if (plays("7.4")) {
    made = new LoadedAs<OlderContext, cpp::NotDescribed>(name, simulator);
  } else {
    made = new LoadedAs<OlderContext, cpp::Described>(name, simulator);
  }
  return {fdbkit::plugin::kWorkloadApiVersion, made, &table};
}
