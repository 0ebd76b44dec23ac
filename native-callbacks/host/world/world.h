// What one simulation is made of, for those that take part in it.
#pragma once

#include <cstdint>
#include <string>

#include "host/trace/digest.h"
#include "host/trace/trace_file.h"
#include "host/world/generator.h"
#include "host/world/virtual_loop.h"
#include "host/world/weather.h"

namespace fdbkit::host {

struct World {
  explicit World(uint64_t seed) : generator(seed) {}

  Digest digest;
  Generator generator;
  TraceFile trace{digest};
  VirtualLoop loop{generator, digest};
  Weather weather{loop, generator, digest, trace};
  // The one cluster; there once the engine is set up.
  engine::Cluster* cluster = nullptr;
  bool buggify = false;
  // Drawn once: whether calls of workloads are carried out at once where they can be.
  bool immediate_calls = false;
  // Workloads are loaded by the interface of fdbserver 7.4.0 to 7.4.5.
  bool older_abi = false;

  void event(int severity, const char* type, const Details& details) {
    trace.event(loop.now(), severity, type, details);
  }
};

}  // namespace fdbkit::host
