// The memory that the plugin shares with its Node process. The numbers are known to
// src/simulation/bridge/bridge-memory.ts.
//
// A page of bells, an area for one event, an area for a batch of commands. One side runs while the
// other waits, so the areas need no locks; each bell's sequence orders what was written before it.
#pragma once

#include <atomic>
#include <cstdint>

namespace fdbkit::plugin {

constexpr uint32_t kMagic = 0x314b4446;
constexpr uint32_t kHeaderBytes = 4096;
// Sparse: pages that are not touched cost nothing.
constexpr uint32_t kEventBytes = 64u << 20;
constexpr uint32_t kCommandBytes = 16u << 20;
constexpr uint32_t kTotalBytes = kHeaderBytes + kEventBytes + kCommandBytes;

struct Header {
  uint32_t magic;
  uint32_t total;
  // Rings of an event for the child.
  alignas(64) std::atomic<uint32_t> event;
  // Rings of a reply for the plugin, and what it is.
  alignas(64) std::atomic<uint32_t> reply;
  uint32_t reply_kind;
  uint32_t reply_words;
  // Who sleeps and must be woken.
  alignas(64) std::atomic<uint32_t> child_sleeps;
  alignas(64) std::atomic<uint32_t> plugin_sleeps;
  // 1: both sides share a processor, so spinning would only keep the other from it.
  uint32_t no_spin;
};
static_assert(sizeof(Header) <= kHeaderBytes);

enum class Reply : uint32_t {
  kReady = 1,  // the module is loaded, or a fatal command says why not
  kIdle = 2,   // the step is over
  kCall = 3,   // carry this out and answer: the step goes on
};

enum class EventKind : int32_t {
  kFactory = 1,     // a: client id, b: client count; int64 shared random number, then the name
  kPhase = 2,       // a: 0 setup, 1 start, 2 check
  kMetrics = 3,     //
  kFree = 4,        //
  kCompletion = 5,  // a: slot, b: error; the payload, or length -1: there is no value
  kAnswer = 6,  // a: error; int64 answer, then bytes. Of kCollect: a: error, b: ready, the payload
};

struct Event {
  EventKind kind;
  int32_t client;
  int32_t a;
  int32_t b;
  int32_t length;  // bytes behind this head
  int32_t unused;
  double now;  // simulated seconds
};
static_assert(sizeof(Event) == 32);

// A command: {op, client, words behind these three, operands and bytes}. Texts are a length in
// bytes, then the bytes, padded to a whole word.
enum class Op : int32_t {
  kRow = 1,           // a row of commands of ring/commands/codes.h
  kAdopt = 2,         // object: names the database of the phase
  kDelay = 3,         // slot, seconds (double)
  kTrace = 4,         // severity, count of details, name, then keys and values
  kPromise = 5,       // value
  kMetric = 6,        // value (double), average, name
  kCheckTimeout = 7,  // seconds (double)
  kFatal = 8,         // reason, details: stack
  kGetOption = 9,     // name, fallback; answers
  kRandom = 10,       // answers
  kCollect = 11,      // slot, not armed: answers with its result if it is ready, and gives it back
};

}  // namespace fdbkit::plugin
