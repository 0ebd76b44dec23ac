#include "engine/cluster/tenants.h"

#include <algorithm>
#include <cstdio>
#include <set>

namespace fdbkit::engine {

namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kGroupParameter[] = "tenant_group";

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

bool Tenants::resolve(TenantTarget& target) const {
  if (target.id != kUnknownTenant) return spaces_.count(target.id) != 0;
  auto found = entries_.find(target.name);
  if (found == entries_.end()) return false;
  target.id = found->second.id;
  return true;
}

KeySpace* Tenants::space(int64_t id) const {
  auto found = spaces_.find(id);
  return found == spaces_.end() ? nullptr : found->second.get();
}

ErrorCode Tenants::apply(const std::vector<TenantChange>& changes) {
  ByName entries = entries_;
  int64_t last_id = last_id_;
  for (const TenantChange& each : changes) {
    if (ErrorCode code = change(entries, each, last_id)) return code;
  }
  last_id_ = last_id;
  settle_spaces(std::move(entries));
  ++generation_;
  return Error::kSuccess;
}

ErrorCode Tenants::change(ByName& entries, const TenantChange& change, int64_t& last_id) const {
  auto at = entries.find(change.name);
  switch (change.kind) {
    case TenantChange::Kind::kCreate:
      if (is_system(change.name)) return Error::kInvalidTenantName;
      if (at == entries.end()) entries[change.name] = TenantEntry{++last_id, std::nullopt};
      return Error::kSuccess;
    case TenantChange::Kind::kDelete: {
      auto first = entries.lower_bound(change.name);
      auto behind = entries.lower_bound(change.argument);
      const bool all_empty = std::all_of(first, behind, [this](const auto& each) {
        const KeySpace* space = this->space(each.second.id);
        return space == nullptr || space->store.live_keys() == 0;
      });
      if (!all_empty) return Error::kTenantNotEmpty;
      entries.erase(first, behind);
      return Error::kSuccess;
    }
    case TenantChange::Kind::kConfigure:
      if (at == entries.end()) return Error::kTenantNotFound;
      if (change.argument != kGroupParameter) return Error::kInvalidTenantConfiguration;
      if (change.value && is_system(*change.value)) return Error::kInvalidTenantGroupName;
      at->second.group = change.value;
      return Error::kSuccess;
    case TenantChange::Kind::kRename: {
      if (at == entries.end()) return Error::kTenantNotFound;
      if (entries.count(change.argument) != 0) return Error::kTenantAlreadyExists;
      TenantEntry entry = at->second;
      entries.erase(at);
      entries[change.argument] = std::move(entry);
      return Error::kSuccess;
    }
  }
  return Error::kClientInvalidOperation;
}

// Each tenant has its data; what belongs to none any more goes, and its watches with it.
void Tenants::settle_spaces(ByName entries) {
  entries_ = std::move(entries);
  std::set<int64_t> living;
  for (const auto& [name, entry] : entries_) {
    living.insert(entry.id);
    std::unique_ptr<KeySpace>& space = spaces_[entry.id];
    if (space == nullptr) space = std::make_unique<KeySpace>();
  }
  for (auto at = spaces_.begin(); at != spaces_.end();) {
    if (living.count(at->first) != 0) {
      ++at;
    } else {
      at->second->watches.finish_all(Error::kTenantNotFound);
      at = spaces_.erase(at);
    }
  }
}

}  // namespace fdbkit::engine
