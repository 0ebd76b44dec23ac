#include "engine/cluster/tenants.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace fdbkit::engine {

namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kGroupParameter[] = "tenant_group";
constexpr std::size_t kCollectSteps = 100;

std::string base64(const std::string& bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t group = 0;
    for (std::size_t i = 0; i < 3; i++) {
      const uint32_t byte =
          at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : uint32_t{0};
      group = group << 8 | byte;
    }
    for (std::size_t i = 0; i < 4; i++) {
      out += at + i > bytes.size() ? '=' : kBase64[group >> (18 - 6 * i) & 63];
    }
  }
  return out;
}

// With the backslashes doubled, for JSON.
std::string printable(const std::string& bytes) {
  std::string out;
  for (unsigned char c : bytes) {
    if (c >= 0x20 && c < 0x7f && c != '\\' && c != '"') {
      out += static_cast<char>(c);
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\\\x%02x", static_cast<unsigned>(c));
      out += escaped;
    }
  }
  return out;
}

std::string json_of(const std::string& bytes) {
  return R"({"base64":")" + base64(bytes) + R"(","printable":")" + printable(bytes) + R"("})";
}

bool is_system(const std::string& name) { return !name.empty() && name.front() == '\xff'; }

bool has_parameters(const TenantChange& change) {
  return std::all_of(change.settings.begin(), change.settings.end(),
                     [](const TenantSetting& each) { return each.parameter == kGroupParameter; });
}

bool has_groups(const TenantChange& change) {
  return std::none_of(
      change.settings.begin(), change.settings.end(),
      [](const TenantSetting& each) { return each.value && is_system(*each.value); });
}

}  // namespace

std::string TenantEntry::prefix() const {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(id >> shift & 0xff);
  return bytes;
}

std::string TenantEntry::json(const std::string& name) const {
  std::string text = R"({"id":)" + std::to_string(id) + R"(,"lock_state":"unlocked","name":)" +
                     json_of(name) + R"(,"prefix":)" + json_of(prefix());
  if (group) text += R"(,"tenant_group":)" + json_of(*group);
  return text + '}';
}

const Tenants::ByName& Tenants::entries(Version version) const {
  auto after = maps_.upper_bound(version);
  return after == maps_.begin() ? after->second : std::prev(after)->second;
}

bool Tenants::resolve(TenantTarget& target) const {
  if (target.id != kUnknownTenant) return target.id != kAbsentTenant;
  auto found = entries().find(target.name);
  if (found == entries().end()) return false;
  target.id = found->second.id;
  return true;
}

KeySpace* Tenants::space(int64_t id) const { return space(id, kForever - 1); }

KeySpace* Tenants::space(int64_t id, Version version) const {
  auto found = tenancies_.find(id);
  if (found == tenancies_.end()) return nullptr;
  Tenancy& tenancy = *found->second;
  return tenancy.from <= version && version < tenancy.until ? &tenancy.space : nullptr;
}

ErrorCode Tenants::check(const Changes& changes, Version version) const {
  const ByName& seen = entries(version);
  // The client looks at all of them at once, and learns first which are not there, last what is in
  // those that are to go.
  const bool all_there = std::all_of(changes.begin(), changes.end(), [&](const auto& each) {
    return !each.needs_tenant() || seen.count(each.name) != 0;
  });
  if (!all_there) return Error::kTenantNotFound;
  for (const bool removals : {false, true}) {
    for (const TenantChange& each : changes) {
      if ((each.kind == TenantChange::Kind::kDelete) != removals) continue;
      if (ErrorCode code = check(seen, each, version)) return code;
    }
  }
  return Error::kSuccess;
}

ErrorCode Tenants::check(const ByName& entries, const TenantChange& change, Version version) const {
  switch (change.kind) {
    case TenantChange::Kind::kCreate:
      if (!has_parameters(change)) return Error::kInvalidTenantConfiguration;
      if (is_system(change.name)) return Error::kInvalidTenantName;
      return has_groups(change) ? Error::kSuccess : Error::kInvalidTenantGroupName;
    case TenantChange::Kind::kDelete: {
      const bool all_empty =
          std::all_of(entries.lower_bound(change.name), entries.lower_bound(change.argument),
                      [&](const auto& each) { return empty_at(each.second.id, version); });
      return all_empty ? Error::kSuccess : Error::kTenantNotEmpty;
    }
    case TenantChange::Kind::kConfigure:
      if (!has_parameters(change)) return Error::kInvalidTenantConfiguration;
      return has_groups(change) ? Error::kSuccess : Error::kInvalidTenantGroupName;
    case TenantChange::Kind::kRename:
      return entries.count(change.argument) == 0 ? Error::kSuccess : Error::kTenantAlreadyExists;
  }
  return Error::kClientInvalidOperation;
}

bool Tenants::find_nothing(const Changes& changes, Version version) const {
  const ByName& seen = entries(version);
  return std::all_of(changes.begin(), changes.end(), [&](const TenantChange& change) {
    return change.kind == TenantChange::Kind::kDelete &&
           seen.lower_bound(change.name) == seen.lower_bound(change.argument);
  });
}

bool Tenants::empty_at(int64_t id, Version version) const {
  const KeySpace* space = this->space(id, version);
  if (space == nullptr) return true;
  data::VersionedStore::Cursor cursor = space->store.cursor(version);
  cursor.seek({});
  return !cursor.valid();
}

bool Tenants::conflicts(const Changes& changes, Version version) const {
  return std::any_of(changes.begin(), changes.end(), [&](const TenantChange& change) {
    switch (change.kind) {
      case TenantChange::Kind::kCreate:
        return counted_ > version || changed_.conflicts_key(change.name, version);
      case TenantChange::Kind::kDelete: {
        if (conflicts({change.name, change.argument}, version)) return true;
        const ByName& seen = entries(version);
        // It was decided by what was in the tenants, too.
        return std::any_of(seen.lower_bound(change.name), seen.lower_bound(change.argument),
                           [&](const auto& each) {
                             const KeySpace* space = this->space(each.second.id);
                             return space != nullptr &&
                                    space->conflict_map.conflicts({}, data::kUserKeysEnd, version);
                           });
      }
      case TenantChange::Kind::kConfigure:
        return changed_.conflicts_key(change.name, version);
      case TenantChange::Kind::kRename:
        return changed_.conflicts_key(change.name, version) ||
               changed_.conflicts_key(change.argument, version);
    }
    return false;
  });
}

void Tenants::apply(const Changes& changes, Version version) {
  // Another commit of the same batch may have begun this version.
  ByName& next = maps_.try_emplace(version, entries()).first->second;
  for (const TenantChange& each : changes) apply(next, each, version);
}

void Tenants::apply(ByName& entries, const TenantChange& change, Version version) {
  if (change.kind == TenantChange::Kind::kDelete) return remove(entries, change, version);
  if (change.kind == TenantChange::Kind::kCreate) {
    // The id is used up, also when there is such a tenant already.
    const int64_t id = ++last_id_;
    counted_ = version;
    if (entries.count(change.name) != 0) return;
    tenancies_.emplace(id, std::make_unique<Tenancy>(version));
    entries[change.name].id = id;
  }
  changed_.add_key(change.name, version);
  if (change.kind == TenantChange::Kind::kRename) {
    changed_.add_key(change.argument, version);
    auto renamed = entries.extract(change.name);
    renamed.key() = change.argument;
    entries.insert(std::move(renamed));
    return;
  }
  for (const TenantSetting& each : change.settings) entries[change.name].group = each.value;
}

void Tenants::remove(ByName& entries, const TenantChange& range, Version version) {
  const auto first = entries.lower_bound(range.name);
  const auto behind = entries.lower_bound(range.argument);
  for (auto at = first; at != behind; ++at) {
    changed_.add_key(at->first, version);
    counted_ = version;
    Tenancy& tenancy = *tenancies_.at(at->second.id);
    tenancy.until = version;
    tenancy.space.watches.finish_all(Error::kTenantRemoved);
  }
  entries.erase(first, behind);
}

void Tenants::collect(Version oldest) {
  changed_.collect(oldest, kCollectSteps);
  while (maps_.size() > 1 && std::next(maps_.begin())->first <= oldest) {
    maps_.erase(maps_.begin());
    std::erase_if(tenancies_, [&](const auto& each) { return each.second->until <= oldest; });
  }
}

}  // namespace fdbkit::engine
