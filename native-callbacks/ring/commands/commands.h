// The commands that JavaScript writes, and what carries them out.
//
// JavaScript does not call the C API one call at a time. It writes a row of commands into shared
// memory and has the whole row carried out by one foreign call: when the row is full, at the end of
// the microtask, or when it needs an answer at once. Commands are carried out in the order of the
// calls that wrote them.
#pragma once

#include <cstdint>

namespace fdbkit::ring {

class Ring;

// Answers that are not errors of the C API.
constexpr int kMalformed = -1;

// Carries the commands out. The error of the last one that has an immediate answer, or 0;
// kMalformed when a command is none, which stops the row there.
int execute(Ring& ring, const int32_t* words, uint32_t count);

}  // namespace fdbkit::ring
