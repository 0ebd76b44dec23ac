#pragma once

// The special key space, \xff\xff to \xff\xff\xff: keys that the client itself answers. Reads show
// what the engine knows (conflict ranges, status, connection); writes of management keys are
// refused at commit.

#include <string>

#include "engine/data/values/bytes.h"
#include "engine/data/view/read.h"
#include "engine/future/future.h"

namespace fdbkit::engine {

class Transaction;

bool is_special_key(data::Bytes key);
// One of the few special keys that API versions below 630 had.
bool is_legacy_special_key(data::Bytes key);

void read_special_key(Transaction& transaction, const FutureRef& future, const std::string& key);
void read_special_range(Transaction& transaction, const FutureRef& future,
                        data::RangeRequest range);

// 2114, 2115, 2116, or 0 after which the commit will fail with 2117.
ErrorCode check_special_write(Transaction& transaction, data::Bytes key, data::Bytes value);
ErrorCode check_special_clear(Transaction& transaction, data::Bytes begin, data::Bytes end);

}  // namespace fdbkit::engine
