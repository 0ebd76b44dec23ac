#include "engine/data/steps/stretches.h"

#include <algorithm>
#include <limits>

namespace fdbkit::data {

namespace {

/// Segments that the client looks ahead, beside the clears that it allows for.
constexpr int kLookAhead = 100;

bool is_plain(const KeySelector& selector) { return selector.offset == 1; }

bool stops(const Segment& segment) {
  return segment.unreadable || segment.kind == Segment::Kind::kEmpty;
}

/// From an unknown segment to the last unknown one before keys that are no single clear, but not
/// past `far`. Returns how many single clears lie between.
int skip_forward(const Segments& segments, Segment& at, const Segment& far, int most) {
  int clears = 0;
  std::string empty_from = at.begin;
  for (; !(at == far) && most > 0; most--) {
    if (stops(at)) {
      if (at.unreadable || !is_key_after(at.end, empty_from)) break;
      clears++;
    } else {
      empty_from = at.end;
    }
    at = segments.after(at);
  }
  while (at.unreadable || at.kind != Segment::Kind::kUnknown) at = segments.before(at);
  return clears;
}

int skip_back(const Segments& segments, Segment& at, const Segment& far, int most) {
  int clears = 0;
  std::string empty_to = at.end;
  for (; !(at == far) && most > 0; most--) {
    if (stops(at)) {
      if (at.unreadable || !is_key_after(empty_to, at.begin)) break;
      clears++;
    } else {
      empty_to = at.begin;
    }
    at = segments.before(at);
  }
  while (at.unreadable || at.kind != Segment::Kind::kUnknown) at = segments.after(at);
  return clears;
}

/// Single clears from an unknown segment on, at most `most`.
int clears_forward(const Segments& segments, Segment at, Bytes max_key, int most) {
  int clears = 0;
  std::string empty_from = at.begin;
  for (; clears < most && Bytes(at.end) < max_key; at = segments.after(at)) {
    if (!stops(at)) {
      empty_from = at.end;
      continue;
    }
    if (at.unreadable || !is_key_after(at.end, empty_from)) break;
    clears++;
  }
  return clears;
}

int clears_back(const Segments& segments, Segment at, int most) {
  int clears = 0;
  std::string empty_to = at.end;
  for (; clears < most && !at.begin.empty(); at = segments.before(at)) {
    if (!stops(at)) {
      empty_to = at.begin;
      continue;
    }
    if (at.unreadable || !is_key_after(empty_to, at.begin)) break;
    clears++;
  }
  return clears;
}

/// An answer always tells something of the segment at hand, or the read would never end.
void learn(const ReadContext& context, const StoredRequest& request, const Segment& at,
           KnownKeys& known) {
  const KeyRange told = told_by_servers(context, request);
  if (told.begin < told.end && told.begin < at.end && at.begin < told.end) {
    known.own.add(told.begin, told.end);
  } else {
    known.own.add(at.begin, at.end);
  }
}

}  // namespace

int Stretches::most_clears() const { return requests_ ? 1 << std::min(requests_, 20) : 0; }

RangeLimits Stretches::limits_of(RangeLimits limits, std::int64_t rows_needed) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  const std::int64_t rows = std::max<std::int64_t>(1, limits.rows) + more_rows_;
  limits.min_rows = static_cast<int>(std::min(std::max(1 + more_rows_, rows_needed), kMost));
  if (limits.has_rows() || limits.bytes == 0)
    limits.rows = static_cast<int>(std::min(std::max(rows, rows_needed), kMost));
  if (limits.bytes == 0) {
    limits.bytes = RangeLimits::kUnlimited;
  } else if (limits.has_bytes()) {
    limits.bytes = static_cast<int>(std::min<std::int64_t>(
        std::int64_t{limits.bytes} << std::min(requests_, 20), kReplyByteLimit));
  }
  more_rows_ = 0;
  requests_++;
  return limits;
}

KeySelector Stretches::far_forward(const ReadContext& context, const Segments& segments,
                                   const Ends& ends) {
  const std::int64_t back = std::max(0, 1 - ends.end.offset);
  Segment last = ends.at;
  int clears = 0;
  if (ends.at.begin < ends.far.begin) {
    const int most = most_clears();
    clears = std::min(skip_forward(segments, last, ends.far, most + kLookAhead), most);
  }
  KeySelector far{last.end, false, 1};
  if (last == ends.far) {
    far = ends.end;
    if (far.offset < 1) far.offset = 1;
    if (ends.end.offset > 1) {
      clears += clears_forward(segments, last, context.max_key, most_clears() - clears);
      far.offset += clears;
    }
  }
  more_rows_ += back + clears;
  return far;
}

KeySelector Stretches::far_back(const Segments& segments, const Ends& ends) {
  const std::int64_t forth = std::max(0, ends.begin.offset - 1);
  Segment last = ends.at;
  int clears = 0;
  if (ends.at.begin > ends.far.begin) {
    const int most = most_clears();
    clears = std::min(skip_back(segments, last, ends.far, most + kLookAhead), most);
  }
  KeySelector far{last.begin, false, 1};
  if (last == ends.far) {
    far = ends.begin;
    if (far.offset > 1) far.offset = 1;
    if (ends.begin.offset < 1) {
      clears += clears_back(segments, last, most_clears() - clears);
      far.offset -= clears;
    }
  }
  more_rows_ += forth + clears;
  return far;
}

KeySelector Stretches::ask_forward(const ReadContext& context, const Segments& segments,
                                   KnownKeys& known, const Ends& ends, const RangeLimits& limits) {
  StoredRequest request;
  request.end = far_forward(context, segments, ends);
  KeySelector begin = ends.begin;
  if (is_plain(begin)) begin.key = std::max(begin.key, ends.at.begin);
  request.begin = begin;
  if (begin.offset > 1) {
    request.begin.offset = 1;
    more_rows_ += begin.offset - 1;
  } else if (begin.offset < 1) {
    const int clears = clears_back(segments, ends.at, most_clears());
    request.begin.offset -= clears;
    more_rows_ += clears;
  }
  request.end.key = std::max(request.end.key, request.begin.key);
  request.limits = limits_of(limits, 2 - std::int64_t{request.begin.offset});
  learn(context, request, ends.at, known);
  return begin;
}

KeySelector Stretches::ask_back(const ReadContext& context, const Segments& segments,
                                KnownKeys& known, const Ends& ends, const RangeLimits& limits) {
  StoredRequest request;
  request.reverse = true;
  request.begin = far_back(segments, ends);
  KeySelector end = ends.end;
  if (is_plain(end)) end.key = std::min(end.key, ends.at.end);
  request.end = end;
  if (end.offset < 1) {
    request.end.offset = 1;
    more_rows_ += 1 - end.offset;
  } else if (end.offset > 1) {
    const int clears = clears_forward(segments, ends.at, context.max_key, most_clears());
    request.end.offset += clears;
    more_rows_ += clears;
  }
  request.begin.key = std::min(request.begin.key, request.end.key);
  request.limits = limits_of(limits, request.end.offset);
  learn(context, request, ends.at, known);
  return end;
}

}  // namespace fdbkit::data
