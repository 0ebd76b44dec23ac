#include "engine/transaction/tenant_writes.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "engine/data/values/tuple.h"

namespace fdbkit::engine {

namespace {

using data::Bytes;

constexpr char kMap[] = "map/";
constexpr char kMapEnd[] = "map0";
constexpr char kConfigure[] = "configure/";
constexpr char kRename[] = "rename/";

constexpr char kNoSuchParameter[] =
    R"({"command":"configure tenant","message":"invalid tenant configuration key","retriable":false})";
constexpr char kRenameMeets[] =
    R"({"command":"rename tenant","message":"a name of a rename is in another change","retriable":false})";
constexpr char kRenameCleared[] =
    R"({"command":"rename tenant","message":"a rename cannot be cleared","retriable":false})";

std::string behind(const char* path, const std::string& key) {
  return key.substr(std::min(key.size(), Bytes(path).size()));
}

// The tenant and the parameter of a configuration key: a tuple of two strings.
bool read_configuration_key(const std::string& key, std::string& name, std::string& parameter) {
  const std::string packed = behind(kConfigure, key);
  std::vector<Bytes> elements;
  if (!data::split_tuple(packed, elements) || elements.size() != 2) return false;
  if (!data::is_tuple_string(elements[0]) || !data::is_tuple_string(elements[1])) return false;
  name = data::tuple_string(elements[0]);
  parameter = data::tuple_string(elements[1]);
  return true;
}

// The writes, by what they are for.
struct Sorted {
  std::string problem;
  std::map<std::string, std::vector<TenantSetting>> settings;
  Tenants::Changes made;     // kCreate and kDelete
  Tenants::Changes renamed;  // kRename
  std::set<std::string> names_of_renames;

  void take_map(const std::string& begin, const std::string& end, bool created) {
    const std::string first = begin < kMap ? "" : behind(kMap, begin);
    if (created) {
      made.push_back({TenantChange::Kind::kCreate, first, {}, {}});
    } else {
      const std::string last = end < kMapEnd ? behind(kMap, end) : std::string(data::kUserKeysEnd);
      made.push_back({TenantChange::Kind::kDelete, first, last, {}});
    }
  }
  void take_setting(const std::string& key, const std::optional<std::string>& value) {
    std::string name;
    std::string parameter;
    if (read_configuration_key(key, name, parameter)) {
      settings[name].push_back({parameter, value});
    } else if (problem.empty()) {
      problem = kNoSuchParameter;
    }
  }
  void take_rename(const std::string& key, const std::optional<std::string>& value) {
    const std::string name = behind(kRename, key);
    if (!value) {
      if (problem.empty()) problem = kRenameCleared;
      return;
    }
    const bool fresh = names_of_renames.insert(name).second;
    if ((!names_of_renames.insert(*value).second || !fresh) && problem.empty())
      problem = kRenameMeets;
    renamed.push_back({TenantChange::Kind::kRename, name, *value, {}});
  }

  // Settings of a tenant that is made are part of its making, of one that is removed are nothing.
  void join() {
    for (TenantChange& each : made) {
      const bool created = each.kind == TenantChange::Kind::kCreate;
      const std::string end = created ? data::key_after(each.name) : each.argument;
      auto meets = names_of_renames.lower_bound(each.name);
      if (meets != names_of_renames.end() && *meets < end && problem.empty())
        problem = kRenameMeets;
      auto first = settings.lower_bound(each.name);
      auto last = settings.lower_bound(end);
      if (created && first != last) each.settings = std::move(first->second);
      settings.erase(first, last);
    }
    const bool meets = std::any_of(settings.begin(), settings.end(), [&](const auto& each) {
      return names_of_renames.count(each.first) != 0;
    });
    if (meets && problem.empty()) problem = kRenameMeets;
  }
};

template <class Writes>
Sorted sort(const Writes& writes) {
  Sorted sorted;
  for (const auto& [begin, written] : writes) {
    const bool single = data::is_key_after(written.end, begin);
    if (begin < kMapEnd && written.end > kMap) {
      sorted.take_map(begin, written.end, written.value.has_value());
    } else if (single && begin.starts_with(kConfigure)) {
      sorted.take_setting(begin, written.value);
    } else if (begin.starts_with(kRename)) {
      sorted.take_rename(begin, written.value);
    }
  }
  sorted.join();
  return sorted;
}

}  // namespace

void TenantWrites::set(Bytes path, Bytes value) {
  write(std::string(path), {data::key_after(path), std::string(value)});
}

void TenantWrites::clear(Bytes begin, Bytes end) {
  if (begin < end) write(std::string(begin), {std::string(end), std::nullopt});
}

void TenantWrites::write(std::string begin, Write written) {
  auto at = writes_.lower_bound(begin);
  // What reaches into the range from before it, and what reaches out of it, are cut.
  if (at != writes_.begin()) {
    auto before = std::prev(at);
    if (before->second.end > begin) {
      if (before->second.end > written.end)
        writes_.emplace(written.end, Write{before->second.end, before->second.value});
      before->second.end = begin;
      at = writes_.lower_bound(begin);
    }
  }
  while (at != writes_.end() && at->first < written.end) {
    if (at->second.end > written.end)
      writes_.emplace(written.end, Write{at->second.end, at->second.value});
    at = writes_.erase(at);
  }
  writes_[std::move(begin)] = std::move(written);
}

std::string TenantWrites::problem() const { return sort(writes_).problem; }

Tenants::Changes TenantWrites::take() {
  Sorted sorted = sort(std::exchange(writes_, {}));
  Tenants::Changes changes = std::move(sorted.made);
  for (auto& [name, settings] : sorted.settings)
    changes.push_back({TenantChange::Kind::kConfigure, name, {}, std::move(settings)});
  for (TenantChange& each : sorted.renamed) changes.push_back(std::move(each));
  return changes;
}

}  // namespace fdbkit::engine
