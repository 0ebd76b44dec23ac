// Room values: keys, values, mutations and limits, and arithmetic on them; nothing that is kept.
//
// The arithmetic of atomic operations and of versionstamps.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "engine/data/values/bytes.h"
#include "engine/data/values/mutation.h"

namespace fdbkit::data {

/// Ten bytes: commit version (8, big endian) and number in the batch (2, big endian).
using Versionstamp = std::array<char, 10>;

Versionstamp make_versionstamp(Version version, std::uint16_t batch);

/// The operation that a client of `api_version` asks for: from 510 kMin and kAnd mean kMinV2 and
/// kAndV2.
MutationType effective_type(MutationType type, int api_version);

/// The value after `type` with `operand` is applied to `existing` (nothing when the key is absent).
/// Nothing as a result means that the key is absent afterwards (only compare-and-clear does that).
/// kSet returns the operand. `type` must not be kClearRange or a versionstamped type.
std::optional<std::string> apply_atomic(MutationType type, std::optional<Bytes> existing,
                                        Bytes operand);

/// Before API version 520 the parameter of a versionstamped operation has a short form: the key
/// ends in a 2-byte offset, the value starts with the stamp. This appends what makes it the current
/// form, which ends in a 4-byte little-endian offset. `param` is the key for kSetVersionstampedKey,
/// the value for kSetVersionstampedValue; for other types it is left alone.
void normalize_versionstamp_param(MutationType type, int api_version, std::string& param);

/// Checks the current form of a parameter: kOk, or kClientInvalidOperation when the offset is
/// missing or the ten bytes at the offset do not fit before it.
Error check_versionstamp_param(Bytes param);

/// The keys that a versionstamped key may become: from the stamp of `read_version + 1` (or of zero
/// when the read version is not known yet) to just after a stamp of ten 0xff; the end is cut at
/// `max_key`. `param` is in the current form and checked.
KeyRange versionstamp_key_range(Bytes param, std::optional<Version> read_version, Bytes max_key);

/// Puts `stamp` into the parameter, which keeps its 4 offset bytes. `param` is checked.
void place_versionstamp(std::string& param, const Versionstamp& stamp);

/// Turns a versionstamped mutation into the kSet that it means at commit; other types are left
/// alone.
void resolve_versionstamp(Mutation& mutation, const Versionstamp& stamp);

}  // namespace fdbkit::data
