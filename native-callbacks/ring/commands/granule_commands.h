// The commands about blob granules: of a database, of a tenant, or of a transaction. All have the
// same operands: begin and end lengths, a wide number and a small one, and the bytes of both keys.
#pragma once

#include <cstdint>

#include "ring/client/client_api.h"
#include "ring/commands/codes.h"
#include "ring/commands/command_reader.h"
#include "ring/completions/payload.h"
#include "ring/completions/slot.h"

namespace fdbkit::ring {

struct GranuleCall {
  Code code;
  Bytes begin;
  int begin_length;
  Bytes end;
  int end_length;
  int64_t version;
  int number;
};

// False when the row ends too early.
bool read_granule_call(CommandReader& in, Code code, GranuleCall& call);

// nullptr when the object is none that the call is for, or the library lacks the function.
Future* start_granule_call(const ClientApi& api, ObjectType type, void* handle,
                           const GranuleCall& call, Kind& kind);

}  // namespace fdbkit::ring
