// Room view: what one transaction sees: the store with its own pending writes on top.
//
// Key selectors on a merged view.
#pragma once

#include <string>

#include "engine/data/view/read.h"

namespace fdbkit::data {

/// Where a selector points: the keys below `key` come before it.
struct Resolved {
  Error error = kOk;
  std::string key;
  bool off_begin = false;  // it points before the first key: `key` is ""
  bool off_end = false;    // it points after the last key: `key` is max_key
};

/// Resolves a selector without or_equal to a place, not to a key that exists: with offset 1 the
/// place is the selector's own key and nothing is read.
Resolved resolve_place(const ReadContext& context, const KeySelector& selector);

}  // namespace fdbkit::data
