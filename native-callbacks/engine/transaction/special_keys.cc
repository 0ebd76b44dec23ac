#include "engine/transaction/special_keys.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "engine/database/status_json.h"
#include "engine/future/result_arrays.h"
#include "engine/transaction/transaction.h"

namespace fdbkit::engine {

namespace {

using data::Bytes;

// A key of the space by its path, which begins with '/'.
std::string in_space(Bytes path) {
  std::string key(data::kSystemKeysEnd);
  return key.append(path);
}

struct Named {
  const char* path;  // after \xff\xff
  bool prefix;       // a prefix ending in '/', else one key

  std::string begin() const { return in_space(path); }
  std::string end() const {
    if (!prefix) return data::key_after(begin());
    std::string end = begin();
    end.back() = '0';
    return end;
  }
  bool contains(Bytes key) const { return begin() <= key && key < end(); }
};

constexpr char kTenantMap[] = "/management/tenant/map/";
constexpr char kReadConflicts[] = "/transaction/read_conflict_range/";
constexpr char kTenants[] = "/management/tenant/";
constexpr char kTracing[] = "/tracing/";
constexpr char kToken[] = "/tracing/token";
constexpr char kTransactionId[] = "/tracing/transaction_id";
constexpr char kLineage[] = "/actor_lineage/";
// Modules that came with this version of the API; before it there is nothing in them.
constexpr int kManagementVersion = 700;
// The engine holds nobody back, and has no queues.
constexpr char kHealth[] =
    R"({"batch_limited":false,"limiting_storage_durability_lag":0,"limiting_storage_queue":0,"tps_limit":1000000000,"worst_log_queue":0,"worst_storage_durability_lag":0,"worst_storage_queue":0})";

// A read stays within one of these, unless the transaction is relaxed.
constexpr std::array<Named, 14> kModules = {{
    {kLineage, true},
    {"/actor_profiler_conf/", true},
    {"/cluster_file_path", false},
    {"/cluster_id", false},
    {"/configuration/", true},
    {"/connection_string", false},
    {"/error_message", false},
    {"/global_config/", true},
    {"/management/", true},
    {"/metrics/", true},
    {"/status/json", false},
    {kTracing, true},
    {"/transaction/", true},
    {"/worker_interfaces/", true},
}};

constexpr std::array<Named, 19> kWritable = {{
    {"/actor_profiler_conf/", true},
    {"/configuration/coordinators/", true},
    {"/configuration/process/class_type/", true},
    {"/global_config/", true},
    {"/management/consistency_check_suspended", false},
    {"/management/data_distribution/", true},
    {"/management/db_locked", false},
    {"/management/excluded/", true},
    {"/management/excluded_locality/", true},
    {"/management/failed/", true},
    {"/management/failed_locality/", true},
    {"/management/maintenance/", true},
    {"/management/min_required_commit_version", false},
    {"/management/options/", true},
    {"/management/profiling/", true},
    {kTenants, true},
    {"/management/tenant_map/", true},
    {"/management/version_epoch", false},
    {kTracing, true},
}};

const Named* writable_at(Bytes key) {
  auto found = std::find_if(kWritable.begin(), kWritable.end(),
                            [&](const Named& each) { return each.contains(key); });
  return found == kWritable.end() ? nullptr : &*found;
}

// The modules of which a transaction in a tenant may read; it may write none.
constexpr std::array<Named, 6> kTenantReadable = {{
    {"/cluster_file_path", false},
    {"/cluster_id", false},
    {"/connection_string", false},
    {"/error_message", false},
    {"/status/json", false},
    {"/transaction/", true},
}};

bool is_readable_in_tenant(const Named& module) {
  return std::any_of(kTenantReadable.begin(), kTenantReadable.end(),
                     [&](const Named& each) { return Bytes(each.path) == module.path; });
}

bool is(const Named& module, Bytes path) { return Bytes(module.path) == path; }

// 32 hexadecimal digits.
bool is_identifier(Bytes text) {
  return text.size() == 32 && std::all_of(text.begin(), text.end(),
                                          [](unsigned char c) { return std::isxdigit(c) != 0; });
}

struct Pair {
  std::string key;
  std::string value;
};

void add_ranges(std::vector<Pair>& out, const char* path, const data::RangeSet& ranges) {
  for (const data::KeyRange& range : ranges.ranges()) {
    out.push_back({in_space(path) + range.begin, "1"});
    out.push_back({in_space(path) + range.end, "0"});
  }
}

data::RangeSet joined(const std::vector<data::KeyRange>& ranges) {
  data::RangeSet set;
  for (const data::KeyRange& range : ranges) set.add(range.begin, range.end);
  return set;
}

// What came with version 700 of the API, but for the tenants.
void add_managed(std::vector<Pair>& pairs, Transaction& transaction) {
  const std::string& connection = transaction.database().record().connection_string;
  pairs.push_back({in_space("/configuration/coordinators/cluster_description"),
                   connection.substr(0, connection.find(':'))});
  pairs.push_back({in_space("/configuration/coordinators/processes"),
                   connection.substr(connection.find('@') + 1)});
  if (!transaction.special_key_error().empty())
    pairs.push_back({in_space("/error_message"), transaction.special_key_error()});
}

void add_tracing(std::vector<Pair>& pairs, Transaction& transaction) {
  pairs.push_back({in_space(kToken), std::to_string(transaction.span().token)});
  pairs.push_back({in_space(kTransactionId), transaction.span().identifier});
}

// Every key of a part of the space that has a value now, ascending. `names`: the tenants that the
// read looks at.
std::vector<Pair> all_pairs(Transaction& transaction, const data::KeyRange& boundary,
                            const std::optional<data::KeyRange>& names) {
  const Database& database = transaction.database();
  std::vector<Pair> pairs;
  pairs.push_back({in_space("/cluster_file_path"), database.record().location});
  pairs.push_back({in_space("/cluster_id"), cluster_identifier(database.cluster())});
  pairs.push_back({in_space("/connection_string"), database.record().connection_string});
  if (transaction.api_at_least(kManagementVersion)) {
    add_managed(pairs, transaction);
    // A transaction that is not asked for its names draws none.
    if (boundary.contains(in_space(kToken))) add_tracing(pairs, transaction);
  }
  if (names) {
    for (const auto& [name, entry] : transaction.read_tenants(*names))
      pairs.push_back({in_space(kTenantMap) + name, entry.json(name)});
  }
  pairs.push_back({in_space("/metrics/health/aggregate"), kHealth});
  pairs.push_back({in_space("/status/json"), status_json(database)});
  if (transaction.conflicting_keys()) {
    add_ranges(pairs, "/transaction/conflicting_keys/", *transaction.conflicting_keys());
  }
  add_ranges(pairs, kReadConflicts, joined(transaction.read_conflict_ranges()));
  add_ranges(pairs, "/transaction/write_conflict_range/",
             joined(transaction.write_conflict_ranges()));
  std::erase_if(pairs, [&](const Pair& pair) { return !boundary.contains(pair.key); });
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.key < b.key; });
  return pairs;
}

// The module a read may move in. 2112 or 2113 when there is none.
ErrorCode boundary_of(const Transaction& transaction, Bytes begin, Bytes end,
                      data::KeyRange& boundary) {
  if (transaction.options().special_keys_relaxed) {
    boundary = {std::string(data::kSystemKeysEnd), std::string(data::kSpecialKeysEnd)};
    return Error::kSuccess;
  }
  std::string gap_begin(data::kSystemKeysEnd);
  for (const Named& module : kModules) {
    if (begin < Bytes(module.begin())) {
      bool in_gap = end <= Bytes(module.begin()) && Bytes(gap_begin) <= end;
      return in_gap ? Error::kSpecialKeysNoModuleFound : Error::kSpecialKeysCrossModuleRead;
    }
    if (module.contains(begin)) {
      boundary = {module.begin(), module.end()};
      bool inside = Bytes(boundary.begin) <= end && end <= Bytes(boundary.end);
      return inside ? Error::kSuccess : Error::kSpecialKeysCrossModuleRead;
    }
    gap_begin = module.end();
  }
  return Bytes(gap_begin) <= end ? Error::kSpecialKeysNoModuleFound
                                 : Error::kSpecialKeysCrossModuleRead;
}

// Whether keys of a module are between the selectors, as far as they say so by their keys.
bool meets(const data::RangeRequest& range, const data::KeyRange& module) {
  const bool plain =
      range.begin.is_first_greater_or_equal() && range.end.is_first_greater_or_equal();
  return !plain || (range.begin.key < module.end && module.begin < range.end.key);
}

// 2138 when a transaction in a tenant reads of a module that is not for it.
ErrorCode refused_to_tenant(const Transaction& transaction, const data::RangeRequest& range,
                            const data::KeyRange& boundary) {
  const bool refused = transaction.in_tenant() &&
                       std::any_of(kModules.begin(), kModules.end(), [&](const Named& module) {
                         return !is_readable_in_tenant(module) &&
                                boundary.contains(module.begin()) &&
                                meets(range, {module.begin(), module.end()});
                       });
  return refused ? Error::kIllegalTenantAccess : Error::kSuccess;
}

// Where a selector points among `pairs`, clamped to both ends.
std::ptrdiff_t resolve(const std::vector<Pair>& pairs, const data::KeySelector& selector) {
  auto first =
      std::lower_bound(pairs.begin(), pairs.end(), selector.key,
                       [](const Pair& pair, const std::string& key) { return pair.key < key; });
  std::ptrdiff_t index = (first - pairs.begin()) + selector.offset - 1;
  return std::clamp<std::ptrdiff_t>(index, 0, static_cast<std::ptrdiff_t>(pairs.size()));
}

// What follows the path in the key; nothing when the key is not below it.
std::optional<std::string> below(const char* path, Bytes key) {
  const std::string prefix = in_space(path);
  if (!key.starts_with(prefix)) return std::nullopt;
  return std::string(key.substr(prefix.size()));
}

// The names of tenants that a read looks at; nothing when it looks at none.
std::optional<data::KeyRange> tenants_read(const data::RangeRequest& range,
                                           const data::KeyRange& boundary) {
  const data::KeyRange map{Named{kTenantMap, true}.begin(), Named{kTenantMap, true}.end()};
  if (!boundary.contains(map.begin) || !meets(range, map)) return std::nullopt;
  const bool whole =
      !range.begin.is_first_greater_or_equal() || !range.end.is_first_greater_or_equal();
  std::string first = below(kTenantMap, range.begin.key).value_or("");
  std::string behind = below(kTenantMap, range.end.key).value_or(std::string(data::kUserKeysEnd));
  if (whole) return data::KeyRange{"", std::string(data::kUserKeysEnd)};
  return data::KeyRange{std::move(first), std::move(behind)};
}

std::vector<Pair> read_pairs(Transaction& transaction, const data::RangeRequest& range,
                             const data::KeyRange& boundary,
                             const std::optional<data::KeyRange>& names) {
  std::vector<Pair> pairs = all_pairs(transaction, boundary, names);
  std::ptrdiff_t from = resolve(pairs, range.begin);
  std::ptrdiff_t to = resolve(pairs, range.end);
  if (from >= to) return {};
  return {pairs.begin() + from, pairs.begin() + to};
}

// Fails a call with 2117 at once.
ErrorCode failed(Transaction& transaction, std::string message) {
  transaction.note_special_problem(std::move(message));
  return Error::kSpecialKeysApiFailure;
}

// Calls `answer` with the pairs of a range, once they are known, or fails the future.
template <class Answer>
void read_range(Transaction& transaction, const FutureRef& future, data::RangeRequest range,
                Answer answer) {
  data::KeyRange boundary;
  ErrorCode code = boundary_of(transaction, range.begin.key, range.end.key, boundary);
  if (code == Error::kSuccess) code = refused_to_tenant(transaction, range, boundary);
  const data::KeyRange conflicts{Named{kReadConflicts, true}.begin(),
                                 Named{kReadConflicts, true}.end()};
  if (code == Error::kSuccess && boundary.contains(conflicts.begin) && meets(range, conflicts))
    code = transaction.reading_error();
  const data::KeyRange lineage{Named{kLineage, true}.begin(), Named{kLineage, true}.end()};
  if (code == Error::kSuccess && transaction.api_at_least(kManagementVersion) &&
      boundary.contains(lineage.begin) && meets(range, lineage)) {
    code = failed(
        transaction,
        R"({"command":"read actor_lineage","message":"there are no processes to ask","retriable":false})");
  }
  if (code != Error::kSuccess) {
    future->send_error(code);
    return;
  }
  const std::optional<data::KeyRange> names = tenants_read(range, boundary);
  auto read = [&transaction, range = std::move(range), boundary, names,
               answer = std::move(answer)](const FutureRef& reply) {
    answer(reply, read_pairs(transaction, range, boundary, names));
  };
  if (names) {
    transaction.read_at_version(future, std::move(read));
  } else {
    read(future);
  }
}

ErrorCode remember_write(Transaction& transaction) {
  transaction.refuse_special_write(
      R"({"retriable":false,"command":"management","message":"the embedded engine has nothing to manage"})");
  return Error::kSuccess;
}

// What follows the path of the tenants' module: all of it lies in there, but for the end of a
// range.
std::string tenant_path(Bytes key) {
  return below(kTenants, key).value_or(std::string(data::kUserKeysEnd));
}

ErrorCode write_tracing_key(Transaction& transaction, Bytes key, Bytes value) {
  if (transaction.has_size()) {
    transaction.refuse_special_write(
        R"({"command":"configure trace","message":"tracing options must be set first","retriable":false})");
    return Error::kSuccess;
  }
  if (key == in_space(kTransactionId)) {
    if (!is_identifier(value)) return Error::kInternalError;
    transaction.span().identifier = std::string(value);
  } else if (key == in_space(kToken)) {
    if (value == "true") {
      transaction.span().token = transaction.draw();
    } else if (value == "false") {
      transaction.span().token = 0;
    } else {
      return failed(
          transaction,
          R"({"command":"configure trace token","message":"token must be set to true/false","retriable":false})");
    }
  }
  return Error::kSuccess;
}

ErrorCode write_key(Transaction& transaction, const Named& module, Bytes key, Bytes value) {
  if (is(module, kTenants)) {
    transaction.tenant_writes().set(tenant_path(key), value);
    return Error::kSuccess;
  }
  if (is(module, kTracing)) return write_tracing_key(transaction, key, value);
  return remember_write(transaction);
}

ErrorCode clear_keys(Transaction& transaction, const Named& module, Bytes begin, Bytes end) {
  if (is(module, kTenants)) {
    transaction.tenant_writes().clear(tenant_path(begin), tenant_path(end));
    return Error::kSuccess;
  }
  if (is(module, kTracing)) {
    return failed(
        transaction,
        R"({"command":"clear trace","message":"tracing options cannot be cleared","retriable":false})");
  }
  return remember_write(transaction);
}

}  // namespace

bool is_special_key(Bytes key) {
  return data::kSystemKeysEnd <= key && key < data::kSpecialKeysEnd;
}

bool is_legacy_special_key(Bytes key) {
  Bytes path = key.substr(std::min(key.size(), data::kSystemKeysEnd.size()));
  return path == "/status/json" || path == "/cluster_file_path" || path == "/connection_string";
}

void read_special_key(Transaction& transaction, const FutureRef& future, const std::string& key) {
  // Behind the end of the system keys there is no next key, so its range is empty.
  if (Bytes(key) == data::kSystemKeysEnd) {
    future->send(OptionalValue{});
    return;
  }
  data::RangeRequest range;
  range.begin.key = key;
  range.end.key = data::key_after(key);
  read_range(
      transaction, future, std::move(range),
      [](const FutureRef& reply, const std::vector<Pair>& pairs) {
        reply->send(pairs.empty() ? OptionalValue{} : OptionalValue{true, pairs.front().value});
      });
}

namespace {

void send_rows(const FutureRef& future, std::vector<Pair> pairs, data::RangeRequest range) {
  if (range.reverse) std::reverse(pairs.begin(), pairs.end());
  std::vector<data::Row> rows;
  bool more = false;
  for (const Pair& pair : pairs) {
    rows.push_back({pair.key, pair.value});
    range.limits.take(pair.key.size(), pair.value.size());
    if (range.limits.reached()) {
      more = true;
      break;
    }
  }
  future->send(key_value_array(rows, more));
}

}  // namespace

void read_special_range(Transaction& transaction, const FutureRef& future,
                        data::RangeRequest range) {
  data::Error unread = data::kOk;
  if (range.normalize(unread)) {
    read_range(transaction, future, range,
               [range](const FutureRef& reply, std::vector<Pair> pairs) {
                 send_rows(reply, std::move(pairs), range);
               });
  } else if (unread != data::kOk) {
    future->send_error(unread);
  } else {
    future->send(key_value_array({}, false));
  }
}

ErrorCode check_special_write(Transaction& transaction, Bytes key, Bytes value) {
  if (!transaction.options().special_keys_writes) return Error::kSpecialKeysWriteDisabled;
  const Named* module = writable_at(key);
  if (module == nullptr) return Error::kSpecialKeysNoWriteModuleFound;
  if (transaction.in_tenant()) return Error::kIllegalTenantAccess;
  return write_key(transaction, *module, key, value);
}

ErrorCode check_special_clear(Transaction& transaction, Bytes begin, Bytes end) {
  if (!transaction.options().special_keys_writes) return Error::kSpecialKeysWriteDisabled;
  if (begin >= end) return Error::kSuccess;
  const Named* first = writable_at(begin);
  if (first != nullptr) {
    if (end > Bytes(first->end())) return Error::kSpecialKeysCrossModuleClear;
    if (transaction.in_tenant()) return Error::kIllegalTenantAccess;
    return clear_keys(transaction, *first, begin, end);
  }
  bool meets_one = std::any_of(kWritable.begin(), kWritable.end(), [&](const Named& each) {
    return begin < Bytes(each.begin()) && Bytes(each.begin()) < end;
  });
  return meets_one ? Error::kSpecialKeysCrossModuleClear : Error::kSpecialKeysNoWriteModuleFound;
}

}  // namespace fdbkit::engine
