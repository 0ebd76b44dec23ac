#include "plugin/abi/cpp_wrap.h"

#include <cstdlib>
#include <cstring>

namespace fdbkit::plugin::cpp {
namespace {

constexpr char kDefaultFormat[] = "%.3g";

Context& server(void* inner) { return *static_cast<Context*>(inner); }

void trace(void* inner, int severity, const char* name, const Detail* given, int count) {
  Details details;
  for (int i = 0; i < count; i++) details.emplace_back(given[i].key, given[i].value);
  server(inner).trace(static_cast<Severity>(severity), name, details);
}

// The plugin gives a text back to whoever allocated it: this one is a copy.
plugin::OwnedText get_option(void* inner, const char* name, const char* fallback) {
  static plugin::OwnedText::Table table = {
      .free = [](const char* text) { ::free(const_cast<char*>(text)); }};
  return {strdup(server(inner).get_option(name, std::string(fallback)).c_str()), &table};
}

FDB_future* delay(void* inner, double seconds) {
  return static_cast<ContextWithDelay&>(server(inner)).delay(seconds);
}

constexpr plugin::Context::Table table_with(FDB_future* (*delay)(void*, double)) {
  return {
      .trace = trace,
      .get_process = [](void* inner) { return server(inner).get_process(); },
      .set_process = [](void* inner, uint64_t process) { server(inner).set_process(process); },
      .now = [](void* inner) { return server(inner).now(); },
      .random = [](void* inner) { return server(inner).random(); },
      .get_option = get_option,
      .client_id = [](void* inner) { return server(inner).client_id(); },
      .client_count = [](void* inner) { return server(inner).client_count(); },
      .shared_random = [](void* inner) { return server(inner).shared_random(); },
      .delay = delay,
  };
}

plugin::Context::Table with_delay = table_with(delay);
plugin::Context::Table without_delay = table_with(nullptr);

plugin::Promise::Table promise_table = {
    .free = [](void* inner) { delete static_cast<Promise*>(inner); },
    .send = [](void* inner, bool value) { static_cast<Promise*>(inner)->outcome->send(&value); },
};

std::vector<Metric>& list(void* inner) { return *static_cast<std::vector<Metric>*>(inner); }

plugin::Metrics::Table metrics_table = {
    .reserve =
        [](void* inner, int count) {
          list(inner).reserve(list(inner).size() + static_cast<size_t>(count));
        },
    .push =
        [](void* inner, plugin::Metric metric) {
          const char* const format = metric.format == nullptr ? kDefaultFormat : metric.format;
          list(inner).push_back({metric.key, metric.value, metric.average, format});
        },
};

}  // namespace

plugin::Context wrap(Context& context, bool has_delay) {
  return {kWorkloadApiVersion, &context, has_delay ? &with_delay : &without_delay};
}

plugin::Promise wrap(const Promise& promise) { return {new Promise(promise), &promise_table}; }

plugin::Metrics wrap(std::vector<Metric>& metrics) { return {&metrics, &metrics_table}; }

}  // namespace fdbkit::plugin::cpp
