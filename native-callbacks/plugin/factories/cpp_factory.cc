// `workloadFactory`: the interface in C++, for servers with this library's standard library.
#include <cstdlib>

#include "plugin/abi/cpp_wrap.h"
#include "plugin/factories/refuse.h"
#include "plugin/factories/server_version.h"
#include "plugin/factories/workload.h"

namespace fdbkit::plugin {
namespace {

// A workload of the plugin behind the table that the server calls.
template <class Beginning, bool kHasDelay>
class CppWorkload final : public cpp::Workload<Beginning> {
 public:
  explicit CppWorkload(const std::string& name) : name_(name) {}
  ~CppWorkload() {
    if (made_.table != nullptr) made_.table->free(made_.inner);
  }
  CppWorkload(const CppWorkload&) = delete;
  CppWorkload& operator=(const CppWorkload&) = delete;

  bool init(cpp::Context* context) override {
    made_ = make_workload(name_.c_str(), cpp::wrap(*context, kHasDelay));
    return true;
  }
  void setup(FDB_database* database, cpp::Promise done) override {
    made_.table->setup(made_.inner, database, cpp::wrap(done));
  }
  void start(FDB_database* database, cpp::Promise done) override {
    made_.table->start(made_.inner, database, cpp::wrap(done));
  }
  void check(FDB_database* database, cpp::Promise done) override {
    made_.table->check(made_.inner, database, cpp::wrap(done));
  }
  void get_metrics(std::vector<cpp::Metric>& out) const override {
    made_.table->get_metrics(made_.inner, cpp::wrap(out));
  }
  double get_check_timeout() override { return made_.table->get_check_timeout(made_.inner); }

 private:
  const std::string name_;
  Workload made_{};
};

template <class Beginning, bool kHasDelay>
class CppFactory final : public cpp::Factory<Beginning> {
 public:
  std::shared_ptr<cpp::Workload<Beginning>> create(const std::string& name) override {
    return std::make_shared<CppWorkload<Beginning, kHasDelay>>(name);
  }

  static void* instance() {
    static CppFactory factory;
    return static_cast<cpp::Factory<Beginning>*>(&factory);
  }
};

[[noreturn]] void refuse_version(cpp::Logger& logger, const char* version) {
  const std::string problem =
      version == nullptr || *version == '\0'
          ? "in C++ it can't be told by itself, so FDBKIT_SIM_SERVER has to be the server's version"
          : "that in C++ of version " + std::string(version);
  logger.trace(kError, "FdbkitFailure", {{"Reason", kUnknownInterface + problem}});
  refuse(problem);
}

}  // namespace
}  // namespace fdbkit::plugin

// The logger is the same in all versions, whatever else is not.
extern "C" __attribute__((visibility("default"))) void* workloadFactory(
    fdbkit::plugin::cpp::Logger* logger) {
  using namespace fdbkit::plugin;
  const char* const version = getenv("FDBKIT_SIM_SERVER");
  switch (cpp_interface_of(version)) {
    case CppInterface::kDescribed:
      return CppFactory<cpp::Described, false>::instance();
    case CppInterface::kPlain:
      return CppFactory<cpp::NotDescribed, false>::instance();
    case CppInterface::kWithDelay:
      return CppFactory<cpp::NotDescribed, true>::instance();
    case CppInterface::kUnknown:
      break;
  }
  refuse_version(*logger, version);
}
