#include "engine/data/steps/stored_range.h"

#include <algorithm>

namespace fdbkit::data {

namespace {

/// A server counts this for each row, beside key and value.
constexpr int kServerRowBytes = 24;

/// Where a selector points in the database alone.
struct Place {
  std::string key;
  bool off_begin = false;
  bool off_end = false;
};

Place place_of(VersionedStore::Cursor cursor, const KeySelector& selector) {
  Place place{selector.key};
  if (selector.offset == 1) return place;
  if (selector.offset > 1) {
    cursor.seek(selector.key);
    for (int left = selector.offset - 1; left > 0 && cursor.valid(); left--) cursor.next();
    place.off_end = !cursor.valid();
    place.key = cursor.valid() ? cursor.key() : kSystemKeysEnd;
  } else {
    cursor.seek_before(selector.key);
    for (int left = -selector.offset; left > 0 && cursor.valid(); left--) cursor.prev();
    place.off_begin = !cursor.valid();
    place.key = cursor.valid() ? cursor.key() : Bytes();
  }
  return place;
}

/// What an answer says of its rows.
struct Answer {
  bool any = false;
  bool more = false;
  std::string first;  // in the order of the read
  std::string last;
};

/// One reply of a server: rows up to the limits of the request and of a reply.
class Reply {
 public:
  explicit Reply(const RangeLimits& limits)
      : rows_(limits.has_rows() ? std::min(limits.rows, kReplyByteLimit) : kReplyByteLimit),
        bytes_(limits.has_bytes() ? std::min(limits.bytes, kReplyByteLimit) : kReplyByteLimit) {
    if (limits.bytes != 0) return;
    rows_ = limits.min_rows;
    bytes_ = kReplyByteLimit;
  }
  bool full() const { return rows_ <= 0 || bytes_ <= 0; }
  void take(std::size_t bytes) {
    rows_--;
    bytes_ -= kServerRowBytes + static_cast<int>(bytes);
  }

 private:
  int rows_;
  int bytes_;
};

/// Replies until the limits or the range are used up.
Answer read_between(VersionedStore::Cursor cursor, Bytes begin, Bytes end, RangeLimits limits,
                    bool reverse) {
  Answer answer;
  if (reverse) {
    cursor.seek_before(end);
  } else {
    cursor.seek(begin);
  }
  const auto inside = [&] {
    return cursor.valid() && (reverse ? cursor.key() >= begin : cursor.key() < end);
  };
  for (;;) {
    Reply reply(limits);
    while (inside() && !reply.full()) {
      if (!answer.any) answer.first = cursor.key();
      answer.any = true;
      answer.last = cursor.key();
      reply.take(cursor.key().size() + cursor.value().size());
      limits.take(cursor.key().size(), cursor.value().size());
      if (reverse) {
        cursor.prev();
      } else {
        cursor.next();
      }
    }
    answer.more = limits.reached() || reply.full();
    if (answer.more == limits.reached() || (limits.has_bytes() && limits.min_rows == 0))
      return answer;
  }
}

/// Forward, an answer with more behind it tells of the keys up to its last row.
KeyRange known_of(const StoredRequest& request, const Answer& answer, const Place& from,
                  const Place& to) {
  KeyRange known;
  known.begin = request.begin.offset <= 1 ? request.begin.key : kSystemKeysEnd;
  known.end = !answer.more && request.end.offset >= 1 ? request.end.key : "";
  if (from.off_begin) known.begin.clear();
  // In a cluster there are system keys behind those of users: what is read to the end of these is
  // known to be all.
  if (to.off_end && !answer.more) known.end = kSystemKeysEnd;
  if (!answer.any) return known;
  known.begin = std::min(known.begin, answer.first);
  if (answer.more || answer.last >= known.end) known.end = key_after(answer.last);
  return known;
}

KeyRange known_of_reverse(const StoredRequest& request, const Answer& answer, const Place& from,
                          const Place& to) {
  KeyRange known;
  known.begin = !answer.more && request.begin.offset <= 1 ? request.begin.key : kSystemKeysEnd;
  known.end = request.end.offset >= 1 ? request.end.key : "";
  if (from.off_begin && !answer.more) known.begin.clear();
  if (to.off_end) known.end = kSystemKeysEnd;
  if (!answer.any) return known;
  if (answer.more || answer.last <= known.begin) known.begin = answer.last;
  if (answer.first >= known.end) known.end = key_after(answer.first);
  return known;
}

}  // namespace

KeyRange told_by_servers(const ReadContext& context, const StoredRequest& request) {
  const VersionedStore::Cursor cursor = context.store->cursor(context.version);
  const Place from = place_of(cursor, request.begin);
  const Place to = place_of(cursor, request.end);
  Answer answer;
  if (from.key < to.key)
    answer = read_between(cursor, from.key, to.key, request.limits, request.reverse);
  return request.reverse ? known_of_reverse(request, answer, from, to)
                         : known_of(request, answer, from, to);
}

}  // namespace fdbkit::data
