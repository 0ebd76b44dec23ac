#pragma once

// Array results as the C API lays them out: one block, structs first, the bytes they point to
// behind them.

#include <string>
#include <vector>

#include "engine/data/mapped/mapped_range.h"
#include "engine/data/values/bytes.h"
#include "engine/data/view/read.h"
#include "engine/future/future.h"

namespace fdbkit::engine {

ArrayResult key_value_array(const std::vector<data::Row>& rows, bool more);
ArrayResult key_array(const std::vector<std::string>& keys);
ArrayResult key_range_array(const std::vector<data::KeyRange>& ranges);
ArrayResult string_array(const std::vector<std::string>& strings);
ArrayResult mapped_array(const data::MappedRangeResult& result);
ArrayResult empty_array(ArrayResult::Element element);

}  // namespace fdbkit::engine
