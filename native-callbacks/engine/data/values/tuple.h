// As much of the tuple encoding as mapped range reads need: find the elements, read and write
// strings.
//
// The types are those that a storage server knows: null, bytes, text, integers up to 8 bytes,
// float, double, booleans, versionstamps. Nested tuples and longer integers are refused, as there.
#pragma once

#include <string>
#include <vector>

#include "engine/data/values/bytes.h"

namespace fdbkit::data {

/// Splits packed bytes into elements, each in its packed form (views into `packed`). False when
/// they are not a tuple. The last element may be cut short.
bool split_tuple(Bytes packed, std::vector<Bytes>& elements);

/// Whether a packed element is a text or byte string.
bool is_tuple_string(Bytes element);
/// The bytes of a packed text or byte string.
std::string tuple_string(Bytes element);
/// Appends a packed byte string.
void append_tuple_bytes(std::string& out, Bytes bytes);

}  // namespace fdbkit::data
