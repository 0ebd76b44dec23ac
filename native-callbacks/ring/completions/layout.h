// Room completions: how what is ready gets from the network thread to JavaScript.
//
// The memory that a ring shares with JavaScript, and the words in it. The numbers are known to
// src/future/ring/ring-memory.ts.
#pragma once

#include <atomic>
#include <cstdint>

namespace fdbkit::ring {

constexpr uint32_t kCacheLine = 64;

// One cache line for each side that writes.
struct alignas(kCacheLine) Control {
  // Written by the producer: completions put into the ring so far.
  alignas(kCacheLine) std::atomic<uint32_t> tail;
  // Written by JavaScript: completions taken so far, and the end of the data it has copied.
  alignas(kCacheLine) std::atomic<uint32_t> head;
  std::atomic<uint32_t> data_head;
  // 1: nobody looks at the ring; the next completion must ring the bell.
  alignas(kCacheLine) std::atomic<uint32_t> sleeping;
  // Completions in the overflow list.
  alignas(kCacheLine) std::atomic<uint32_t> overflow;
  // Where a command with an immediate answer leaves it.
  alignas(kCacheLine) int64_t answer;
};
static_assert(sizeof(Control) == 5 * kCacheLine);
static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));

// A completion as JavaScript reads it: four words.
struct Entry {
  uint32_t slot;
  int32_t error;
  // Bytes of the payload; kAbsent: there is no value; kLarge: it is still in the future.
  int32_t length;
  // Where the payload begins in the data area, counted on since the ring began.
  uint32_t data;
};
constexpr int32_t kAbsent = -1;
constexpr int32_t kLarge = -2;

struct Sizes {
  uint32_t slots;
  uint32_t entries;        // power of two
  uint32_t data_bytes;     // power of two
  uint32_t command_bytes;  // multiple of 64
  uint32_t release_count;
  uint32_t objects;
  uint32_t bell;  // how to wake: a BellKind
};

// Overflow and collected completions are handed over in a window of their own.
constexpr uint32_t kWindowEntries = 1024;
constexpr uint32_t kWindowBytes = 1 << 18;

// Offsets of the areas, and what JavaScript must know of the ring. All int64.
struct Places {
  int64_t base;
  int64_t total;
  int64_t control;
  int64_t entries;
  int64_t data;
  int64_t window;
  int64_t window_data;
  int64_t commands;
  int64_t releases;
  int64_t wake_fd;  // of a stream: JavaScript's own, to close
  int64_t id;
};

}  // namespace fdbkit::ring
