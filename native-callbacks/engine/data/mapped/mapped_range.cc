#include "engine/data/mapped/mapped_range.h"

#include <algorithm>

#include "engine/data/mapped/mapper.h"
#include "engine/data/view/key_resolution.h"
#include "engine/data/view/range_conflicts.h"

namespace fdbkit::data {

namespace {

constexpr std::int64_t kRowBytes = 24;   // a row's share of a reply beside key and value
constexpr std::size_t kRowsAtOnce = 10;  // second reads that a server issues together
constexpr int kSecondRangeRows = 2000;   // limits of one second range read
constexpr int kSecondRangeBytes = 10000000;
constexpr int kPrimaryBytesDivisor = 5;  // share of the byte limit that the primary rows may take

std::int64_t bytes_of(const Row& row) {
  return kRowBytes + static_cast<std::int64_t>(row.key.size() + row.value.size());
}

/// Answers like one server: rows until a limit is used up, second reads ten at a time.
class Server {
 public:
  Server(const ReadContext& context, const Mapper& mapper, bool reverse, MappedRangeResult& result)
      : context_(context), mapper_(mapper), reverse_(reverse), result_(result) {}

  /// Appends one reply to the result; false when there is more in [begin, end).
  bool reply(Bytes begin, Bytes end, int rows, int bytes) {
    bool complete = read_primary(begin, end, rows, std::max(1, bytes / kPrimaryBytesDivisor));
    std::int64_t left = bytes;
    std::size_t first = result_.rows.size(), done = 0;
    while (done < primary_.size() && left > 0) {
      std::size_t stop = std::min(primary_.size(), done + kRowsAtOnce);
      for (; done < stop; done++) {
        left -= bytes_of(primary_[done]) + read_second(primary_[done]);
        if (result_.error) return true;
      }
    }
    if (done == 0) return complete;
    result_.rows[first].key = primary_[0].key;
    result_.rows[first].value = primary_[0].value;
    result_.rows.back().key = primary_[done - 1].key;
    result_.rows.back().value = primary_[done - 1].value;
    return complete && done == primary_.size();
  }

 private:
  bool read_primary(Bytes begin, Bytes end, int rows, int bytes) {
    primary_.clear();
    auto at = context_.store->cursor(context_.version);
    if (reverse_) {
      at.seek_before(end);
    } else {
      at.seek(begin);
    }
    while (rows > 0 && bytes > 0) {
      if (!at.valid() || (reverse_ ? at.key() < begin : at.key() >= end)) return true;
      primary_.push_back({at.key(), at.value()});
      rows--;
      bytes -= static_cast<int>(bytes_of(primary_.back()));
      if (reverse_) {
        at.prev();
      } else {
        at.next();
      }
    }
    return false;
  }

  /// The bytes that the second read adds to the reply.
  std::int64_t read_second(const Row& row) {
    MappedRow mapped;
    result_.error = mapper_.fill(row.key, row.value, mapped.begin);
    if (result_.error) return 0;
    std::int64_t size = 0;
    if (!mapper_.is_range()) {
      mapped.get_value = context_.store->get(mapped.begin, context_.version);
      size = static_cast<std::int64_t>(mapped.begin.size() +
                                       mapped.get_value.value_or(Bytes()).size());
    } else {
      std::optional<std::string> end = strinc(mapped.begin);
      if (!end) {
        result_.error = kKeyOutsideLegalRange;
        return 0;
      }
      mapped.range = true;
      mapped.key = row.key;
      mapped.value = row.value;
      mapped.end = std::move(*end);
      size = read_second_range(mapped);
    }
    result_.rows.push_back(std::move(mapped));
    return size;
  }

  std::int64_t read_second_range(MappedRow& mapped) {
    std::int64_t size = 0;
    auto at = context_.store->cursor(context_.version);
    for (at.seek(mapped.begin); at.valid() && at.key() < Bytes(mapped.end); at.next()) {
      mapped.rows.push_back({at.key(), at.value()});
      size += bytes_of(mapped.rows.back());
      mapped.more = mapped.rows.size() >= kSecondRangeRows || size >= kSecondRangeBytes;
      if (mapped.more) break;
    }
    return size;
  }

  const ReadContext& context_;
  const Mapper& mapper_;
  bool reverse_;
  MappedRangeResult& result_;
  std::vector<Row> primary_;
};

/// Replies until a limit is used up or the range is; with a byte limit the first reply with a row
/// is enough.
void read_replies(const ReadContext& context, Bytes begin, Bytes end, const Mapper& mapper,
                  RangeLimits limits, bool reverse, MappedRangeResult& result) {
  Server server(context, mapper, reverse, result);
  std::string from(begin), to(end);
  while (true) {
    std::size_t before = result.rows.size();
    int rows = limits.has_rows() ? std::min(limits.rows, kReplyByteLimit) : kReplyByteLimit;
    int bytes = limits.has_bytes() ? std::min(limits.bytes, kReplyByteLimit) : kReplyByteLimit;
    bool complete = server.reply(from, to, rows, bytes);
    if (result.error) return;
    for (std::size_t i = before; i < result.rows.size(); i++) {
      limits.take(result.rows[i].key.size(), result.rows[i].value.size());
    }
    bool enough = limits.has_bytes() && limits.min_rows == 0;
    if (complete || limits.reached() || enough || result.rows.size() == before) {
      result.more = !complete || limits.reached();
      return;
    }
    if (reverse) {
      to = result.rows.back().key;
    } else {
      from = key_after(result.rows.back().key);
    }
  }
}

/// What lies before the first key that was written is a conflict all the same.
bool add_unmodified(const ReadContext& context, KeyRange range, MappedRangeResult& result) {
  if (range.empty()) return true;
  if (auto modified = context.writes->first_modified(range.begin, range.end)) {
    result.error = kGetMappedRangeReadsYourWrites;
    range.end = std::move(*modified);
  }
  if (!range.empty()) result.conflicts.push_back(std::move(range));
  return !result.error;
}

/// Everything read goes into the conflicts, and must not be written by the transaction.
void add_conflicts(const ReadContext& context, const KeySelector& begin, const KeySelector& end,
                   bool reverse, RangeResult& primary, MappedRangeResult& result) {
  for (const MappedRow& row : result.rows) primary.rows.push_back({row.key, row.value});
  primary.more = result.more;
  if (!add_unmodified(context, conflict_range(context, begin, end, reverse, primary), result))
    return;
  for (const MappedRow& row : result.rows) {
    KeyRange range{row.begin, row.range ? row.end : key_after(row.begin)};
    if (row.more) range.end = key_after(row.rows.back().key);
    if (!add_unmodified(context, range, result)) return;
  }
}

}  // namespace

void read_mapped_range(const ReadContext& context, RangeRequest request, Bytes mapper_bytes,
                       MappedRangeResult& result) {
  if (!request.normalize(result.error)) return;
  const auto& [begin, end, limits, snapshot, reverse] = request;
  if (snapshot || context.direct || !context.writes) {
    result.error = kUnsupportedOperation;
    return;
  }

  ReadContext stored = context;
  stored.writes = nullptr;
  Resolved from = resolve_place(stored, begin);
  Resolved to = resolve_place(stored, end);
  if (Bytes(to.key) > context.max_key) to.key = context.max_key;
  if (from.key < to.key) {
    Mapper mapper;
    result.error = Mapper::parse(mapper_bytes, mapper);
    if (result.error) return;
    if (limits.has_bytes() && limits.bytes < kPrimaryBytesDivisor) {
      // The server's share for the primary rows rounds down to none, which it takes for a fault of
      // its own.
      result.error = kServerFault;
      return;
    }
    read_replies(stored, from.key, to.key, mapper, limits, reverse, result);
    if (result.error) return;
  }
  RangeResult primary;
  primary.read_to_begin = (from.off_begin || to.off_begin) && !(reverse && result.more);
  primary.read_through_end = (from.off_end || to.off_end) && !(!reverse && result.more);
  add_conflicts(context, begin, end, reverse, primary, result);
  if (result.error) result.rows.clear();
}

}  // namespace fdbkit::data
