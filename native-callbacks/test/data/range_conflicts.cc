// What a range read adds to the read conflicts, to the byte: a range that is too wide loses
// transactions, one that is too narrow loses conflicts.
#include <algorithm>
#include <string>
#include <vector>

#include "engine/data/view/range_conflicts.h"
#include "test/support/check.h"

using namespace fdbkit::data;
using namespace fdbkit::test;
using namespace std::string_literals;

namespace {

/// From the selector of "c" to that of "m", unless a case says otherwise.
struct Case {
  int begin_offset = 1;
  int end_offset = 1;
  bool reverse = false;
  bool more = false;
  std::vector<std::string> rows = {};  // in the order of the keys
  std::string begin_key = "c";
  std::string end_key = "m";
  bool to_begin = false;
  bool through_end = false;
};

RangeResult result_of(const Case& given) {
  RangeResult result;
  for (const std::string& key : given.rows) result.rows.push_back({key, "v"});
  if (given.reverse) std::reverse(result.rows.begin(), result.rows.end());
  result.more = given.more;
  result.read_to_begin = given.to_begin;
  result.read_through_end = given.through_end;
  return result;
}

void expect_range(int line, const KeyRange& range, const std::string& begin,
                  const std::string& end) {
  if (range.begin == begin && range.end == end) return;
  fail(__FILE__, line, show(range.begin) + " to " + show(range.end));
}

void merged(int line, const Case& given, const std::string& begin, const std::string& end) {
  ReadContext context;
  context.max_key = "\xff";
  const KeySelector from{given.begin_key, false, given.begin_offset};
  const KeySelector to{given.end_key, false, given.end_offset};
  const RangeResult result = result_of(given);
  expect_range(line, conflict_range(context, from, to, given.reverse, result), begin, end);
}

void direct(int line, const Case& given, const std::string& begin, const std::string& end) {
  const KeySelector from{given.begin_key, false, given.begin_offset};
  const KeySelector to{given.end_key, false, given.end_offset};
  const RangeResult result = result_of(given);
  expect_range(line, direct_conflict_range(from, to, given.reverse, result), begin, end);
}

/// What both say of a read whose selectors name the places of their keys.
void plain(void (*check)(int, const Case&, const std::string&, const std::string&)) {
  check(__LINE__, {.rows = {"d", "e"}}, "c", "m");
  check(__LINE__, {.reverse = true, .rows = {"d", "e"}}, "c", "m");
  check(__LINE__, {.rows = {}}, "c", "m");
  check(__LINE__, {.more = true, .rows = {"d", "e"}}, "c", "e\0"s);
  check(__LINE__, {.reverse = true, .more = true, .rows = {"k", "l"}}, "k", "m");
  // Selectors that lead away from their keys.
  check(__LINE__, {.begin_offset = 0, .rows = {"b", "e"}}, "b", "m");
  check(__LINE__, {.begin_offset = 0, .reverse = true, .rows = {"b", "e"}}, "b", "m");
  check(__LINE__, {.end_offset = 3, .rows = {"d", "p"}}, "c", "p\0"s);
  check(__LINE__, {.end_offset = 3, .reverse = true, .rows = {"d", "p"}}, "c", "p\0"s);
  check(__LINE__, {.end_offset = 2, .rows = {"d", "m"}}, "c", "m\0"s);
  // Where a batch ends says nothing of a selector that is behind it.
  check(__LINE__, {.end_offset = 0, .more = true, .rows = {"d"}}, "c", "m");
  check(__LINE__, {.begin_offset = 2, .reverse = true, .more = true, .rows = {"k"}}, "c", "m");
  check(__LINE__, {.end_offset = 2, .more = true, .rows = {"d"}}, "c", "d\0"s);
  check(__LINE__, {.begin_offset = 0, .reverse = true, .more = true, .rows = {"k"}}, "k", "m");
  check(__LINE__, {.begin_offset = 0, .more = true, .rows = {"b", "e"}}, "b", "e\0"s);
}

void at_the_edges() {
  merged(__LINE__, {.begin_offset = 0, .to_begin = true}, "", "m");
  merged(__LINE__, {.begin_offset = 1, .to_begin = true}, "c", "m");
  merged(__LINE__, {.end_offset = 1, .through_end = true}, "c", "\xff");
  merged(__LINE__, {.end_offset = 0, .through_end = true}, "c", "m");
  direct(__LINE__, {.begin_offset = 0, .to_begin = true}, "", "m");
  direct(__LINE__, {.through_end = true}, "c", std::string(kSystemKeysEnd));
}

void keys_the_wrong_way() {
  const std::vector<std::string> rows{"n"};
  merged(__LINE__, {.begin_key = "m", .end_key = "c"}, "c", "m");
  merged(__LINE__, {.end_offset = 9, .more = true, .rows = rows, .begin_key = "m", .end_key = "c"},
         "c", "n\0"s);
  merged(__LINE__, {.end_offset = 9, .more = true, .rows = rows, .begin_key = "m", .end_key = "m"},
         "m", "n\0"s);
  direct(__LINE__, {.begin_key = "m", .end_key = "c"}, "m", "c");
  direct(__LINE__, {.end_offset = 2, .begin_key = "m", .end_key = "c"}, "c", "m");
}

}  // namespace

int main() {
  plain(merged);
  plain(direct);
  at_the_edges();
  keys_the_wrong_way();
  return 0;
}
