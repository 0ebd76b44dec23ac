#include "engine/data/view/key_resolution.h"

#include <cassert>

#include "engine/data/view/merged_scan.h"

namespace fdbkit::data {

Resolved resolve_place(const ReadContext& context, const KeySelector& selector) {
  assert(!selector.or_equal);
  Resolved result;
  result.key = selector.key;
  if (selector.offset == 1) return result;

  std::deque<std::string> owned;
  MergedScan scan(context, owned);
  Row row;
  if (selector.offset > 1) {
    scan.seek(selector.key);
    for (std::int64_t left = std::int64_t(selector.offset) - 1; left > 0; left--) {
      owned.clear();
      if (!scan.next(context.max_key, row)) {
        result.error = scan.error();
        result.off_end = true;
        result.key = context.max_key;
        return result;
      }
    }
    result.key = key_after(row.key);
  } else {
    scan.seek_before(selector.key);
    for (std::int64_t left = 1 - std::int64_t(selector.offset); left > 0; left--) {
      owned.clear();
      if (!scan.prev(Bytes(), row)) {
        result.error = scan.error();
        result.off_begin = true;
        result.key.clear();
        return result;
      }
    }
    result.key = row.key;
  }
  return result;
}

}  // namespace fdbkit::data
