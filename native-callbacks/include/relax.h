// What a thread does between two looks at memory that another one changes.
#pragma once

namespace fdbkit {

// Leaves the processor's units to its other thread.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace fdbkit
