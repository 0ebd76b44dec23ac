// As much of the tuple encoding as mapped range reads need: find the elements, read and write strings.
#pragma once

#include <string>
#include <vector>

#include "bytes.h"

namespace fdbkit::data {

/// The elements of one packed tuple, each in its packed form.
struct PackedTuple {
    std::vector<Bytes> elements; // views into the bytes that were split

    /// Splits packed bytes. False when they are not a tuple.
    static bool split(Bytes packed, PackedTuple &out);
};

/// Whether a packed element is a Unicode string (type code 0x02).
bool is_tuple_string(Bytes element);
/// The text of a packed Unicode or byte string.
std::string tuple_string(Bytes element);
/// Appends a packed Unicode string.
void append_tuple_string(std::string &out, Bytes text);

} // namespace fdbkit::data
