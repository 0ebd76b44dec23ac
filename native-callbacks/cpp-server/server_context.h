// The context of a server of the C++ interface, over that of a simulator of the one in C.
#pragma once

#include <cstdlib>

#include "plugin/abi/cpp_abi.h"

namespace fdbkit::cpp_server {

namespace cpp = plugin::cpp;

// `Declared` is the context of the version that is played.
template <class Declared>
class ServerContext : public Declared {
 public:
  explicit ServerContext(const plugin::Context& simulator) : simulator_(simulator) {}

  void trace(plugin::Severity severity, const std::string& name,
             const cpp::Details& given) override {
    std::vector<plugin::Detail> details;
    for (const auto& [key, value] : given) details.push_back({key.c_str(), value.c_str()});
    table().trace(inner(), severity, name.c_str(), details.data(),
                  static_cast<int>(details.size()));
  }
  uint64_t get_process() const override { return table().get_process(inner()); }
  void set_process(uint64_t process) override { table().set_process(inner(), process); }
  double now() const override { return table().now(inner()); }
  uint32_t random() const override { return table().random(inner()); }

  // The plugin asks for texts: a call of another of these is one at a wrong place of the table.
  bool get_option(const std::string&, bool) override { abort(); }
  long get_option(const std::string&, long) override { abort(); }
  unsigned long get_option(const std::string&, unsigned long) override { abort(); }
  double get_option(const std::string&, double) override { abort(); }
  std::string get_option(const std::string& name, std::string fallback) override {
    const plugin::OwnedText given = table().get_option(inner(), name.c_str(), fallback.c_str());
    std::string text = given.text;
    given.table->free(given.text);
    return text;
  }

  int client_id() const override { return table().client_id(inner()); }
  int client_count() const override { return table().client_count(inner()); }
  int64_t shared_random() const override { return table().shared_random(inner()); }

 protected:
  const plugin::Context::Table& table() const { return *simulator_.table; }
  void* inner() const { return simulator_.inner; }

 private:
  const plugin::Context simulator_;
};

class OlderContext final : public ServerContext<cpp::Context> {
 public:
  using ServerContext::ServerContext;
};

class NewContext final : public ServerContext<cpp::ContextWithDelay> {
 public:
  using ServerContext::ServerContext;
  FDB_future* delay(double seconds) const override { return table().delay(inner(), seconds); }
};

}  // namespace fdbkit::cpp_server
