// Room abi: what fdbserver and a workload know of each other, by release.
//
// The C workload interface of fdbserver: what it passes to `workloadCFactory` and what it calls on
// the workload that it gets back. Layouts only; fdbserver's own header says the same in its words.
#pragma once

#include <cstdint>

struct FDB_future;
struct FDB_database;

namespace fdbkit::plugin {

constexpr int kWorkloadApiVersion = 1;

enum Severity : int { kDebug = 0, kInfo = 1, kWarn = 2, kWarnAlways = 3, kError = 4 };

struct Detail {
  const char* key;
  const char* value;
};

struct Metric {
  const char* key;
  const char* format;
  double value;
  bool average;
};

// Owned by whoever asked for it.
struct OwnedText {
  const char* text;
  struct Table {
    void (*free)(const char*);
  } * table;
};

// Borrowed for one call.
struct Metrics {
  void* inner;
  struct Table {
    void (*reserve)(void*, int);
    void (*push)(void*, Metric);
  } * table;
};

// Owned: sent at most once, freed once. One that is freed unsent is a broken promise.
struct Promise {
  void* inner;
  struct Table {
    void (*free)(void*);
    void (*send)(void*, bool);
  } * table;
};

// Borrowed until the workload is freed.
struct Context {
  int api_version;
  void* inner;
  struct Table {
    void (*trace)(void*, int severity, const char* name, const Detail*, int count);
    uint64_t (*get_process)(void*);
    void (*set_process)(void*, uint64_t);
    double (*now)(void*);
    uint32_t (*random)(void*);
    OwnedText (*get_option)(void*, const char* name, const char* fallback);
    int (*client_id)(void*);
    int (*client_count)(void*);
    int64_t (*shared_random)(void*);
    FDB_future* (*delay)(void*, double seconds);
  } * table;
};

struct Workload {
  int api_version;
  void* inner;
  struct Table {
    void (*free)(void*);
    void (*setup)(void*, FDB_database*, Promise);
    void (*start)(void*, FDB_database*, Promise);
    void (*check)(void*, FDB_database*, Promise);
    void (*get_metrics)(void*, Metrics);
    double (*get_check_timeout)(void*);
  } * table;
};

}  // namespace fdbkit::plugin
