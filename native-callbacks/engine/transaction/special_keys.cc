#include "engine/transaction/special_keys.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "engine/data/values/tuple.h"
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
constexpr char kTenantConfigure[] = "/management/tenant/configure/";
constexpr char kTenantRename[] = "/management/tenant/rename/";

// A read stays within one of these, unless the transaction is relaxed.
constexpr std::array<Named, 14> kModules = {{
    {"/actor_lineage/", true},
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
    {"/tracing/", true},
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
    {"/management/tenant/", true},
    {"/management/tenant_map/", true},
    {"/management/version_epoch", false},
    {"/tracing/", true},
}};

const Named* writable_at(Bytes key) {
  auto found = std::find_if(kWritable.begin(), kWritable.end(),
                            [&](const Named& each) { return each.contains(key); });
  return found == kWritable.end() ? nullptr : &*found;
}

bool is_tenant_module(const Named& module) {
  return Bytes(module.path) == Bytes("/management/tenant/");
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

// Every key of the space that has a value now, ascending.
std::vector<Pair> all_pairs(const Transaction& transaction) {
  const Database& database = transaction.database();
  const std::string& connection = database.record().connection_string;
  std::size_t at = connection.find('@');
  std::vector<Pair> pairs;
  pairs.push_back({in_space("/cluster_file_path"), database.record().location});
  pairs.push_back({in_space("/cluster_id"), cluster_identifier(database.cluster())});
  pairs.push_back({in_space("/configuration/coordinators/cluster_description"),
                   connection.substr(0, connection.find(':'))});
  pairs.push_back({in_space("/configuration/coordinators/processes"), connection.substr(at + 1)});
  pairs.push_back({in_space("/connection_string"), connection});
  if (!transaction.special_key_error().empty()) {
    pairs.push_back({in_space("/error_message"), transaction.special_key_error()});
  }
  for (const auto& [name, entry] : database.cluster().tenants().entries()) {
    pairs.push_back({in_space(kTenantMap) + name, entry.json(name)});
  }
  pairs.push_back({in_space("/status/json"), status_json(database)});
  if (transaction.conflicting_keys()) {
    add_ranges(pairs, "/transaction/conflicting_keys/", *transaction.conflicting_keys());
  }
  add_ranges(pairs, "/transaction/read_conflict_range/",
             joined(transaction.read_conflict_ranges()));
  add_ranges(pairs, "/transaction/write_conflict_range/",
             joined(transaction.write_conflict_ranges()));
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

// Where a selector points among `pairs`, clamped to both ends.
std::ptrdiff_t resolve(const std::vector<Pair>& pairs, const data::KeySelector& selector) {
  auto first =
      std::lower_bound(pairs.begin(), pairs.end(), selector.key,
                       [](const Pair& pair, const std::string& key) { return pair.key < key; });
  std::ptrdiff_t index = (first - pairs.begin()) + selector.offset - 1;
  return std::clamp<std::ptrdiff_t>(index, 0, static_cast<std::ptrdiff_t>(pairs.size()));
}

ErrorCode read_range(Transaction& transaction, const data::KeySelector& begin,
                     const data::KeySelector& end, std::vector<Pair>& out) {
  data::KeyRange boundary;
  if (ErrorCode code = boundary_of(transaction, begin.key, end.key, boundary)) return code;
  std::vector<Pair> pairs = all_pairs(transaction);
  if (boundary.contains(in_space(kTenantMap)))
    transaction.saw_tenants(transaction.database().cluster().tenants().generation());
  std::erase_if(pairs, [&](const Pair& pair) { return !boundary.contains(pair.key); });
  std::ptrdiff_t from = resolve(pairs, begin);
  std::ptrdiff_t to = resolve(pairs, end);
  if (from < to) out.assign(pairs.begin() + from, pairs.begin() + to);
  return Error::kSuccess;
}

ErrorCode remember_write(Transaction& transaction) {
  transaction.refuse_special_write(
      R"({"retriable":false,"command":"management","message":"the embedded engine has nothing to manage"})");
  return Error::kSuccess;
}

// What follows the path in the key; nothing when the key is not below it.
std::optional<std::string> below(const char* path, Bytes key) {
  const std::string prefix = in_space(path);
  if (!key.starts_with(prefix)) return std::nullopt;
  return std::string(key.substr(prefix.size()));
}

// The tenant and the parameter of a configuration key: a tuple of two strings.
bool read_configuration_key(Bytes packed, TenantChange& change) {
  std::vector<Bytes> elements;
  if (!data::split_tuple(packed, elements) || elements.size() != 2) return false;
  if (!data::is_tuple_string(elements[0]) || !data::is_tuple_string(elements[1])) return false;
  change.name = data::tuple_string(elements[0]);
  change.argument = data::tuple_string(elements[1]);
  return true;
}

ErrorCode configure_tenant(Transaction& transaction, Bytes packed,
                           std::optional<std::string> value) {
  TenantChange change{TenantChange::Kind::kConfigure, {}, {}, std::move(value)};
  if (read_configuration_key(packed, change)) {
    transaction.change_tenants(std::move(change));
  } else {
    transaction.refuse_special_write(
        R"({"command":"configure tenant","message":"invalid tenant configuration key","retriable":false})");
  }
  return Error::kSuccess;
}

ErrorCode write_tenant_key(Transaction& transaction, Bytes key, Bytes value) {
  if (auto name = below(kTenantMap, key)) {
    transaction.change_tenants({TenantChange::Kind::kCreate, *name, {}, std::nullopt});
  } else if (auto old = below(kTenantRename, key)) {
    transaction.change_tenants(
        {TenantChange::Kind::kRename, *old, std::string(value), std::nullopt});
  } else if (auto packed = below(kTenantConfigure, key)) {
    return configure_tenant(transaction, *packed, std::string(value));
  }
  return Error::kSuccess;
}

// Of a range only what lies below the map of tenants is meant, or one configuration key.
ErrorCode clear_tenant_keys(Transaction& transaction, Bytes begin, Bytes end) {
  const Named map{kTenantMap, true};
  const std::string first = std::max(std::string(begin), map.begin());
  const std::string behind = std::min(std::string(end), map.end());
  if (first < behind) {
    const std::string until = below(kTenantMap, behind).value_or(std::string(data::kUserKeysEnd));
    transaction.change_tenants(
        {TenantChange::Kind::kDelete, *below(kTenantMap, first), until, std::nullopt});
  }
  if (auto packed = below(kTenantConfigure, begin); packed && data::is_key_after(end, begin))
    return configure_tenant(transaction, *packed, std::nullopt);
  return Error::kSuccess;
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
  std::vector<Pair> pairs;
  ErrorCode code =
      read_range(transaction, {key, false, 1}, {data::key_after(key), false, 1}, pairs);
  if (code != Error::kSuccess) {
    future->send_error(code);
  } else if (pairs.empty()) {
    future->send(OptionalValue{});
  } else {
    future->send(OptionalValue{true, pairs.front().value});
  }
}

void read_special_range(Transaction& transaction, const FutureRef& future,
                        data::RangeRequest range) {
  std::vector<Pair> pairs;
  data::Error unread = data::kOk;
  const ErrorCode code = range.normalize(unread)
                             ? read_range(transaction, range.begin, range.end, pairs)
                             : ErrorCode{unread};
  if (code != Error::kSuccess) {
    future->send_error(code);
    return;
  }
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

ErrorCode check_special_write(Transaction& transaction, Bytes key, Bytes value) {
  if (!transaction.options().special_keys_writes) return Error::kSpecialKeysWriteDisabled;
  const Named* module = writable_at(key);
  if (module == nullptr) return Error::kSpecialKeysNoWriteModuleFound;
  if (is_tenant_module(*module)) return write_tenant_key(transaction, key, value);
  return remember_write(transaction);
}

ErrorCode check_special_clear(Transaction& transaction, Bytes begin, Bytes end) {
  if (!transaction.options().special_keys_writes) return Error::kSpecialKeysWriteDisabled;
  if (begin >= end) return Error::kSuccess;
  const Named* first = writable_at(begin);
  if (first != nullptr) {
    if (end > Bytes(first->end())) return Error::kSpecialKeysCrossModuleClear;
    return is_tenant_module(*first) ? clear_tenant_keys(transaction, begin, end)
                                    : remember_write(transaction);
  }
  bool meets_one = std::any_of(kWritable.begin(), kWritable.end(), [&](const Named& each) {
    return begin < Bytes(each.begin()) && Bytes(each.begin()) < end;
  });
  return meets_one ? Error::kSpecialKeysCrossModuleClear : Error::kSpecialKeysNoWriteModuleFound;
}

}  // namespace fdbkit::engine
