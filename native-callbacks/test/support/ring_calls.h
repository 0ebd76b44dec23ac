// The ring as a worker calls it: the functions of its library.
#pragma once

#include <cstdint>

#include "ring/completions/layout.h"

extern "C" {
int fdbkit_network_start(const char* library, int api_version, const uint8_t* options, int size,
                         int32_t* report, char* problem, int problem_size);
int fdbkit_network_stop(void);
int fdbkit_ring_open(const fdbkit::ring::Sizes* sizes, fdbkit::ring::Places* places);
void fdbkit_ring_close(int ring);
int fdbkit_ring_flush(int ring, int words, int releases, int sleep);
int fdbkit_ring_execute(int ring, const int32_t* words, int count);
int fdbkit_ring_take_overflow(int ring);
int fdbkit_ring_collect(int ring, int slot);
int64_t fdbkit_ring_payload_size(int ring, int slot);
void fdbkit_ring_payload_copy(int ring, int slot, uint8_t* to, int64_t size);
}
