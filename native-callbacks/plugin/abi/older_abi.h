// The C workload interface of fdbserver 7.4.0 to 7.4.5: the structs have the functions themselves,
// where later ones have a table, and a context has no delay. Layouts, and that of today over them.
#pragma once

#include <cstdint>

#include "plugin/abi/workload_abi.h"

namespace fdbkit::plugin::older {

struct OwnedText {
  const char* text;
  void (*free)(const char*);
};

struct Metrics {
  void* inner;
  void (*reserve)(void*, int);
  void (*push)(void*, Metric);
};

struct Promise {
  void* inner;
  void (*send)(void*, bool);
  void (*free)(void*);
};

struct Context {
  void* inner;
  void (*trace)(void*, int severity, const char* name, const Detail*, int count);
  uint64_t (*get_process)(void*);
  void (*set_process)(void*, uint64_t);
  double (*now)(void*);
  uint32_t (*random)(void*);
  OwnedText (*get_option)(void*, const char* name, const char* fallback);
  int (*client_id)(void*);
  int (*client_count)(void*);
  int64_t (*shared_random)(void*);
};

struct Workload {
  void* inner;
  void (*setup)(void*, FDB_database*, Promise);
  void (*start)(void*, FDB_database*, Promise);
  void (*check)(void*, FDB_database*, Promise);
  void (*get_metrics)(void*, Metrics);
  double (*get_check_timeout)(void*);
  void (*free)(void*);
};

// The older server as one of today that has no delay. `free_context` ends it.
plugin::Context wrap(const Context& context);
void free_context(const plugin::Context& context);

// The workload of today as the older server wants it. `table` outlives it.
Workload wrap(void* inner, const plugin::Workload::Table* table);

}  // namespace fdbkit::plugin::older
