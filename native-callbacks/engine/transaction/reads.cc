#include <algorithm>

#include "engine/data/mapped/mapped_range.h"
#include "engine/future/result_arrays.h"
#include "engine/transaction/key_limits.h"
#include "engine/transaction/special_keys.h"
#include "engine/transaction/transaction.h"

namespace fdbkit::engine {

namespace {

// What a read costs for throttling: whole pages.
constexpr int64_t kPageBytes = 4096;

int64_t read_cost(std::size_t bytes) {
  return bytes == 0 ? kPageBytes : (static_cast<int64_t>(bytes - 1) / kPageBytes + 1) * kPageBytes;
}

// The host of a connection string's first address, with or without the port.
std::string first_address(const std::string& connection_string, bool with_port) {
  const std::string address = coordinators(connection_string).front();
  return with_port ? address : address.substr(0, address.find(':'));
}

}  // namespace

data::Bytes Transaction::max_read_key() const {
  return options_.read_system_keys ? data::kSystemKeysEnd : data::kUserKeysEnd;
}

data::ReadContext Transaction::read_context(bool snapshot, const KeySpace* space) const {
  data::ReadContext context;
  context.store = space == nullptr ? nullptr : &space->store;
  context.version = read_version_ - stale_by_;
  context.max_key = max_read_key();
  context.bypass_unreadable = options_.bypass_unreadable;
  context.direct = options_.read_your_writes_disabled;
  bool ignores_writes = context.direct || (snapshot && options_.snapshot_ryw_enabled <= 0);
  const data::WriteMap* writes = seen_writes_ != nullptr ? seen_writes_ : &writes_;
  context.writes = ignores_writes ? nullptr : writes;
  context.want_conflicts = !snapshot;
  return context;
}

void Transaction::add_read_conflicts(const std::vector<data::KeyRange>& ranges) {
  if (options_.read_your_writes_disabled) {
    direct_read_conflicts_.insert(direct_read_conflicts_.end(), ranges.begin(), ranges.end());
    return;
  }
  for (const data::KeyRange& range : ranges) {
    approximate_size_ += static_cast<int64_t>(range.begin.size() + range.end.size()) + kRangeBytes;
    read_conflicts_.add(range.begin, range.end);
  }
}

bool Transaction::is_special_read(const data::RangeRequest& range) const {
  return api_at_least(630) && is_special_key(range.begin.key) &&
         data::kSystemKeysEnd <= range.end.key && range.end.key <= data::kSpecialKeysEnd;
}

void Transaction::count_read(std::size_t bytes) { total_cost_ += read_cost(bytes); }

void Transaction::get(FutureRef future, std::string key, bool snapshot) {
  if (failed_earlier(future)) return;
  if (is_special_key(key) && (api_at_least(630) || is_legacy_special_key(key))) {
    read_special_key(*this, future, key);
    return;
  }
  if (refused(future)) return;
  if (key >= max_read_key() && key != kMetadataVersionKey) {
    future->send_error(Error::kKeyOutsideLegalRange);
    return;
  }
  if (key.size() > longest_read_key(key)) {
    future->send(OptionalValue{});
    return;
  }
  note_read(key);
  any_read_ = true;
  if (decided_by_writes(key, snapshot)) {
    // Takes no read version, so the transaction's reads begin later.
    answer_get(future, key, snapshot);
    return;
  }
  const ReadKind kind = key == kMetadataVersionKey ? ReadKind::kOfCluster : ReadKind::kPlain;
  with_read_version(
      future,
      [this, key = std::move(key), snapshot](const FutureRef& reply) {
        answer_get(reply, key, snapshot);
      },
      kind);
}

bool Transaction::decided_by_writes(data::Bytes key, bool snapshot) const {
  const data::WriteMap* writes = read_context(snapshot).writes;
  if (writes == nullptr || writes->empty()) return false;
  const data::WriteMap::Lookup pending = writes->lookup(key);
  const data::WriteMap::SegmentType type = pending.type;
  return (pending.unreadable && !options_.bypass_unreadable) ||
         type == data::WriteMap::SegmentType::kCleared ||
         type == data::WriteMap::SegmentType::kIndependent;
}

void Transaction::answer_get(const FutureRef& reply, const std::string& key, bool snapshot) {
  data::GetResult result;
  data::read_value(key_context(snapshot, key), key, result);
  if (!snapshot) add_read_conflicts(result.conflicts);
  if (result.error != data::kOk) {
    fail_read(reply, result.error);
    return;
  }
  OptionalValue value;
  value.present = result.value.has_value();
  if (result.value) value.bytes = *result.value;
  if (!decided_by_writes(key, snapshot)) count_read(key.size() + value.bytes.size());
  reply->send(std::move(value));
}

void Transaction::get_key(FutureRef future, data::KeySelector selector, bool snapshot) {
  if (failed_earlier(future)) return;
  if (refused(future)) return;
  cut_bound(selector.key);
  note_read(selector.key);
  if (selector.key > max_read_key()) {
    future->send_error(Error::kKeyOutsideLegalRange);
    return;
  }
  any_read_ = true;
  data::GetKeyResult early;
  if (offline() && data::read_key_offline(read_context(snapshot, nullptr), selector, early)) {
    send_key(future, std::move(early), snapshot);
    return;
  }
  with_read_version(future,
                    [this, selector = std::move(selector), snapshot](const FutureRef& reply) {
                      auto result = data::read_key(read_context(snapshot), known_, selector);
                      if (result.error == data::kOk)
                        count_read(selector.key.size() + result.key.size());
                      send_key(reply, std::move(result), snapshot);
                    });
}

bool Transaction::offline() const {
  if (wire() != nullptr) return false;
  Cluster& cluster = database_->cluster();
  return read_version_ == kNoVersion || read_version_ < cluster.oldest_version() ||
         read_version_ > cluster.reached_version();
}

void Transaction::send_key(const FutureRef& future, data::GetKeyResult result, bool snapshot) {
  if (!snapshot) add_read_conflicts(result.conflicts);
  if (result.error != data::kOk) {
    fail_read(future, result.error);
  } else {
    future->send(std::move(result.key));
  }
}

void Transaction::send_range(const FutureRef& future, const data::RangeResult& result,
                             bool snapshot) {
  if (!snapshot) add_read_conflicts(result.conflicts);
  if (result.error != data::kOk) {
    fail_read(future, result.error);
  } else {
    future->send(key_value_array(result.rows, result.more));
  }
}

bool Transaction::failed_range(const FutureRef& future, data::RangeRequest& range) const {
  if (failed_earlier(future)) return true;
  cut_bound(range.begin.key);
  cut_bound(range.end.key);
  note_read(range.begin.key);
  note_read(range.end.key);
  return false;
}

bool Transaction::answered_range(const FutureRef& future, data::RangeRequest& range,
                                 ArrayResult::Element element) {
  if (refused(future)) return true;
  data::Bytes max_key = max_read_key();
  if (range.begin.key > max_key || range.end.key > max_key) {
    future->send_error(Error::kKeyOutsideLegalRange);
    return true;
  }
  data::Error error = data::kOk;
  if (range.normalize(error)) return false;
  if (error != data::kOk) {
    future->send_error(error);
  } else {
    future->send(empty_array(element));
  }
  return true;
}

void Transaction::get_range(FutureRef future, data::RangeRequest range) {
  if (failed_range(future, range)) return;
  if (is_special_read(range)) {
    read_special_range(*this, future, std::move(range));
    return;
  }
  if (answered_range(future, range, ArrayResult::Element::kKeyValue)) return;
  any_read_ = true;
  if (offline()) {
    data::RangeResult early;
    if (data::read_range_offline(read_context(range.snapshot, nullptr), range, early)) {
      send_range(future, early, range.snapshot);
      return;
    }
  }
  with_read_version(future, [this, range = std::move(range)](const FutureRef& reply) {
    data::RangeResult result;
    data::read_range(read_context(range.snapshot), known_, range, result);
    std::size_t bytes = 0;
    for (const data::Row& row : result.rows) bytes += row.key.size() + row.value.size();
    if (result.error == data::kOk) count_read(bytes);
    send_range(reply, result, range.snapshot);
  });
}

void Transaction::get_mapped_range(FutureRef future, data::RangeRequest range, std::string mapper) {
  if (failed_range(future, range)) return;
  if (is_special_read(range)) {
    future->send_error(Error::kClientInvalidOperation);
    return;
  }
  if (answered_range(future, range, ArrayResult::Element::kMappedKeyValue)) return;
  if (range.snapshot || options_.read_your_writes_disabled) {
    future->send_error(Error::kUnsupportedOperation);
    return;
  }
  with_read_version(
      future, [this, range = std::move(range), mapper = std::move(mapper)](const FutureRef& reply) {
        data::MappedRangeResult result;
        data::read_mapped_range(read_context(false), range, mapper, result);
        add_read_conflicts(result.conflicts);
        if (result.error != data::kOk) {
          // Unlike other reads, a mapped one that failed leaves the commit alone.
          reply->send_error(result.error);
        } else {
          reply->send(mapped_array(result));
        }
      });
}

void Transaction::get_addresses_for_key(FutureRef future, std::string key) {
  if (failed_earlier(future)) return;
  if (refused(future)) return;
  any_read_ = true;
  with_read_version(future, [this, key = std::move(key)](const FutureRef& reply) {
    std::vector<std::string> addresses;
    if (key < data::kSystemKeysEnd) {
      addresses.push_back(
          first_address(database_->record().connection_string, options_.include_port));
    }
    reply->send(string_array(addresses));
  });
}

void Transaction::get_estimated_range_size(FutureRef future, std::string begin, std::string end) {
  if (failed_earlier(future)) return;
  if (refused(future)) return;
  if (space() == nullptr) {
    future->send_error(Error::kTenantNotFound);
    return;
  }
  if (begin == end) {
    // The real client fails an assertion of its own.
    future->send_error(Error::kInternalError);
    return;
  }
  future->send(int64_t{space()->store.range_bytes(begin, end)});
}

void Transaction::get_range_split_points(FutureRef future, std::string begin, std::string end,
                                         int64_t chunk_size) {
  if (failed_earlier(future)) return;
  if (refused(future)) return;
  if (begin > max_read_key() || end > max_read_key()) {
    future->send_error(Error::kKeyOutsideLegalRange);
    return;
  }
  if (space() == nullptr) {
    future->send_error(Error::kTenantNotFound);
    return;
  }
  if (begin == end) {
    // The real client fails an assertion of its own.
    future->send_error(Error::kInternalError);
    return;
  }
  std::vector<std::string> points;
  if (chunk_size > 0) points = space()->store.split_points(begin, end, chunk_size);
  points.insert(points.begin(), begin);
  points.push_back(end);
  future->send(key_array(points));
}

// The cluster has no blob granules; the checks before that answer are the real ones.
void Transaction::read_granules(FutureRef future, data::KeyRange range, GranuleRead read) {
  if (failed_earlier(future)) return;
  if (read == GranuleRead::kFiles && !options_.read_your_writes_disabled) {
    future->send_error(Error::kBlobGranuleNoRyw);
    return;
  }
  if (refused(future)) return;
  if (range.begin > max_read_key() || range.end > max_read_key()) {
    future->send_error(Error::kKeyOutsideLegalRange);
  } else if (space() == nullptr) {
    future->send_error(Error::kTenantNotFound);
  } else if (read == GranuleRead::kRanges) {
    future->send(key_range_array({}));
  } else {
    future->send_error(Error::kBlobGranuleTransactionTooOld);
  }
}

}  // namespace fdbkit::engine
