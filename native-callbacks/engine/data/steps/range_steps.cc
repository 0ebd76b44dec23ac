#include "engine/data/steps/range_steps.h"

#include <algorithm>
#include <limits>

#include "engine/data/steps/stretches.h"

namespace fdbkit::data {

namespace {

bool is_plain(const KeySelector& selector) { return selector.offset == 1; }

/// One end of the range: the selector, as far as it is resolved, and the segment it has come to.
struct End {
  KeySelector selector;
  Segment at;
  int offset;  // what was left of the offset where the way ended

  explicit End(const KeySelector& given) : selector(given), offset(given.offset) {}
};

class RangeSteps {
 public:
  RangeSteps(const ReadContext& context, KnownKeys& known, const RangeRequest& request,
             RangeResult& result)
      : context_(context),
        known_(known),
        segments_(context, known),
        begin_(request.begin),
        end_(request.end),
        limits_(request.limits),
        reverse_(request.reverse),
        result_(result) {}

  void run();

 private:
  enum class Next { kGoOn, kDone, kNothing };

  void settle(End& end);
  void settle_both();
  bool resolve(const KeySelector& selector, std::string& key);
  bool crossed() const {
    return begin_.offset >= end_.offset && begin_.selector.key >= end_.selector.key;
  }
  Next no_rows() {
    result_.rows.clear();
    result_.more = false;
    return Next::kNothing;
  }
  /// Nor was an end met.
  Next nothing() {
    read_to_begin_ = read_through_end_ = false;
    return no_rows();
  }
  bool must_ask_offline() {
    known_.asked = known_.asked || known_.offline;
    return known_.asked;
  }
  Next start_forward();
  Next start_back();
  Next check_forward();
  Next check_back();
  Next read_forward();
  Next read_back();
  void take_row(const Segment& segment);
  bool past_forward() const { return passed_ >= 1 - std::int64_t{end_.selector.offset}; }
  bool past_back() const { return passed_ >= std::int64_t{begin_.selector.offset} - 1; }
  void cut();

  const ReadContext& context_;
  KnownKeys& known_;
  Segments segments_;
  End begin_;
  End end_;
  RangeLimits limits_;
  const bool reverse_;
  RangeResult& result_;
  Segment it_;
  std::int64_t passed_ = 0;  // rows beyond the limits, for an end that counts back
  Stretches stretches_;
  bool read_to_begin_ = false;
  bool read_through_end_ = false;
};

/// Goes from the selector's key towards what it names, as far as nothing unknown or unreadable is
/// in the way.
void RangeSteps::settle(End& end) {
  KeySelector& selector = end.selector;
  const bool plain = is_plain(selector);
  Segment at = segments_.at(selector.key);
  if (selector.offset < 1 && at.begin == selector.key) at = segments_.before(at);
  while (selector.offset > 1 && at.passable() && at.end < context_.max_key) {
    if (at.kind == Segment::Kind::kRow) selector.offset--;
    at = segments_.after(at);
    selector.key = at.begin;
  }
  while (selector.offset < 1 && at.passable() && !at.begin.empty()) {
    if (at.kind == Segment::Kind::kRow && ++selector.offset == 1) {
      selector.key = at.begin;
      break;
    }
    at = segments_.before(at);
    selector.key = at.end;
  }
  if (!plain) end.offset = selector.offset;
  if (at.passable() && !is_plain(selector)) {
    (selector.offset < 1 ? read_to_begin_ : read_through_end_) = true;
    selector.key = selector.offset < 1 ? Bytes() : context_.max_key;
    selector.offset = 1;
  } else {
    while (at.passable() && at.kind == Segment::Kind::kEmpty && at.end < context_.max_key) {
      at = segments_.after(at);
      selector.key = at.begin;
    }
  }
  end.at = std::move(at);
}

void RangeSteps::settle_both() {
  settle(begin_);
  settle(end_);
}

/// Reads the key that a selector names. False: there is an error.
bool RangeSteps::resolve(const KeySelector& selector, std::string& key) {
  result_.error = name_by_steps(context_, known_, selector, key);
  if (result_.error || known_.asked) return false;
  read_to_begin_ = read_to_begin_ || key.empty();
  read_through_end_ = read_through_end_ || key == context_.max_key;
  return true;
}

/// What can be said before the first step. kNothing: that is the answer.
RangeSteps::Next RangeSteps::start_forward() {
  settle_both();
  if (crossed()) return nothing();
  const bool at_ends = (is_plain(begin_.selector) && begin_.selector.key == context_.max_key) ||
                       (is_plain(end_.selector) && end_.selector.key.empty());
  if (at_ends) return no_rows();
  if (!is_plain(end_.selector) && begin_.selector.key > end_.selector.key) {
    std::string key;
    if (!resolve(end_.selector, key)) return Next::kNothing;
    if (begin_.selector.key >= key && begin_.selector.offset > 0) return nothing();
    if (key.empty()) return no_rows();
    settle_both();
  }
  it_ = begin_.at;
  return Next::kGoOn;
}

RangeSteps::Next RangeSteps::start_back() {
  settle_both();
  if (crossed()) return nothing();
  const bool at_ends = (is_plain(begin_.selector) && begin_.selector.key == context_.max_key) ||
                       (is_plain(end_.selector) && end_.selector.key.empty());
  if (at_ends) return no_rows();
  if (!is_plain(begin_.selector) && begin_.selector.key > end_.selector.key) {
    std::string key;
    if (!resolve(begin_.selector, key)) return Next::kNothing;
    if (key >= end_.selector.key && end_.selector.offset <= 1) return nothing();
    if (key == context_.max_key) return no_rows();
    settle_both();
  }
  it_ = end_.at;
  return Next::kGoOn;
}

/// Whether the read is over where it_ stands now.
RangeSteps::Next RangeSteps::check_forward() {
  const KeySelector& begin = begin_.selector;
  KeySelector& end = end_.selector;
  if (result_.rows.empty() && crossed()) return nothing();
  if (end.offset <= 1 && end.key.empty()) return no_rows();
  if ((begin.offset >= end.offset && begin.key >= end.key) ||
      (begin.offset >= 1 && begin.key >= context_.max_key)) {
    std::string key;
    if (is_plain(end) || result_.rows.empty()) return Next::kDone;
    if (!resolve(end, key)) return Next::kNothing;
    end = {key, false, 1};
    return Next::kDone;
  }
  if (it_.passable() && it_.begin > end_.at.begin) return is_plain(end) ? Next::kDone : no_rows();
  if (limits_.reached() && past_forward()) return Next::kDone;
  const bool at_end =
      it_ == end_.at &&
      (it_.passable() || (begin.offset > 0 && is_plain(end) && end.key == it_.begin));
  return at_end ? Next::kDone : Next::kGoOn;
}

RangeSteps::Next RangeSteps::check_back() {
  KeySelector& begin = begin_.selector;
  const KeySelector& end = end_.selector;
  if (result_.rows.empty() && crossed()) return nothing();
  if (begin.offset > 0 && begin.key >= context_.max_key) return no_rows();
  if ((begin.offset >= end.offset && begin.key >= end.key) ||
      (end.offset <= 1 && end.key.empty())) {
    std::string key;
    if (is_plain(begin) || result_.rows.empty()) return Next::kDone;
    if (!resolve(begin, key)) return Next::kNothing;
    begin = {key, false, 1};
    return Next::kDone;
  }
  if (past_back() && it_.passable() && it_.begin < begin_.at.begin)
    return is_plain(begin) ? Next::kDone : no_rows();
  if (limits_.reached() && past_back()) return Next::kDone;
  if (is_plain(end) && end.key == it_.begin) {
    if (past_back() && it_ == begin_.at) return Next::kDone;
    it_ = segments_.before(it_);
  }
  return Next::kGoOn;
}

RangeSteps::Next RangeSteps::read_forward() {
  const bool enough = limits_.has_bytes() && limits_.min_rows == 0 && !result_.rows.empty();
  if (enough && past_forward()) {
    result_.more = true;
    return Next::kDone;
  }
  if (must_ask_offline()) return Next::kNothing;
  const Stretches::Ends ends{begin_.selector, end_.selector, it_, end_.at};
  begin_.selector = stretches_.ask_forward(context_, segments_, known_, ends, limits_);
  settle_both();
  it_ = begin_.at;
  return Next::kGoOn;
}

RangeSteps::Next RangeSteps::read_back() {
  if (limits_.has_bytes() && !result_.rows.empty() && past_back()) {
    result_.more = true;
    return Next::kDone;
  }
  if (must_ask_offline()) return Next::kNothing;
  const Stretches::Ends ends{begin_.selector, end_.selector, it_, begin_.at};
  end_.selector = stretches_.ask_back(context_, segments_, known_, ends, limits_);
  settle_both();
  it_ = end_.at;
  return Next::kGoOn;
}

void RangeSteps::take_row(const Segment& segment) {
  Row row;
  if (!segments_.row(segment, result_.owned, row)) return;
  if (limits_.reached()) {
    passed_++;
    return;
  }
  limits_.take(row.key.size(), row.value.size());
  result_.rows.push_back(row);
}

/// Rows that turned out to lie behind the end that the read went to.
void RangeSteps::cut() {
  result_.more = result_.more || limits_.reached();
  const KeySelector& far = (reverse_ ? begin_ : end_).selector;
  const auto behind = [&](const Row& row) {
    return is_plain(far) && (reverse_ ? row.key < far.key : row.key >= far.key);
  };
  if (std::erase_if(result_.rows, behind) > 0) result_.more = false;
  bool& met = reverse_ ? read_to_begin_ : read_through_end_;
  met = met && !result_.more;
}

void RangeSteps::run() {
  Next next = reverse_ ? start_back() : start_forward();
  while (next == Next::kGoOn) {
    next = reverse_ ? check_back() : check_forward();
    if (next != Next::kGoOn) break;
    if (it_.unreadable) {
      result_.error = kAccessedUnreadable;
      return;
    }
    if (it_.kind == Segment::Kind::kUnknown) {
      next = reverse_ ? read_back() : read_forward();
      continue;
    }
    if (it_.kind == Segment::Kind::kRow) take_row(it_);
    if (reverse_ && it_ == begin_.at) {
      next = Next::kDone;
    } else {
      it_ = reverse_ ? segments_.before(it_) : segments_.after(it_);
    }
  }
  if (next == Next::kDone) cut();
  result_.read_to_begin = read_to_begin_;
  result_.read_through_end = read_through_end_;
}

}  // namespace

void read_by_steps(const ReadContext& context, KnownKeys& known, const RangeRequest& request,
                   RangeResult& result) {
  RangeSteps(context, known, request, result).run();
}

RangeRequest request_of_key(const ReadContext& context, const KeySelector& selector) {
  RangeRequest request;
  request.limits.rows = 1;
  request.reverse = selector.offset < 1;
  if (request.reverse) {
    request.end = selector;
    request.end.offset++;
  } else {
    request.begin = selector;
    request.end.key = context.max_key;
  }
  return request;
}

Error name_by_steps(const ReadContext& context, KnownKeys& known, const KeySelector& selector,
                    std::string& key) {
  const RangeRequest request = request_of_key(context, selector);
  RangeResult result;
  read_by_steps(context, known, request, result);
  const bool first = request.reverse ? result.read_through_end : result.read_to_begin;
  const bool second = request.reverse ? result.read_to_begin : result.read_through_end;
  const Bytes near = request.reverse ? context.max_key : Bytes();
  const Bytes far = request.reverse ? Bytes() : context.max_key;
  if (first) {
    key = near;
  } else {
    key = second || result.rows.empty() ? far : result.rows.front().key;
  }
  return result.error;
}

}  // namespace fdbkit::data
