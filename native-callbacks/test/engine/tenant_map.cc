// The map of tenants with its versions, and the blobbified ranges, against simple models.
#include <algorithm>
#include <climits>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "engine/cluster/blob_ranges.h"
#include "engine/cluster/tenants.h"
#include "test/support/check.h"

using namespace fdbkit::engine;
using namespace fdbkit::test;
namespace data = fdbkit::data;

namespace {

std::string name_of(int n) { return std::string(1, static_cast<char>('a' + n)); }

struct Entry {
  int64_t id;
  std::optional<std::string> group;
  bool operator==(const Entry& other) const = default;
};
using Map = std::map<std::string, Entry>;

// The maps of all versions, and which tenants had data and when something was done to a name.
struct Model {
  std::vector<Map> maps{{}};                // by version
  std::vector<std::set<int64_t>> full{{}};  // tenants with data, by version
  std::map<std::string, int> changed;       // names, by version
  std::map<int64_t, int> written;           // ids, by version
  int counted = 0;
  int64_t last = kNoTenant;

  int now() const { return static_cast<int>(maps.size()) - 1; }
};

bool in(const std::string& name, const TenantChange& range) {
  return name >= range.name && name < range.argument;
}

// The code that a change is answered with by who reads `seen`.
int code_of(const Model& model, const TenantChange& change, int seen) {
  const Map& map = model.maps[static_cast<std::size_t>(seen)];
  const std::set<int64_t>& full = model.full[static_cast<std::size_t>(seen)];
  const bool there = map.count(change.name) != 0;
  const TenantSetting* setting = change.settings.empty() ? nullptr : &change.settings[0];
  const bool bad_parameter = setting != nullptr && setting->parameter != "tenant_group";
  const bool bad_group = setting != nullptr && setting->value && (*setting->value)[0] == '\xff';
  switch (change.kind) {
    case TenantChange::Kind::kCreate:
      if (bad_parameter) return 2140;
      if (change.name[0] == '\xff') return 2134;
      return bad_group ? 2139 : 0;
    case TenantChange::Kind::kDelete:
      for (const auto& [name, entry] : map) {
        if (in(name, change) && full.count(entry.id) != 0) return 2133;
      }
      return 0;
    case TenantChange::Kind::kConfigure:
      if (!there) return 2131;
      if (bad_parameter) return 2140;
      return bad_group ? 2139 : 0;
    default:
      if (!there) return 2131;
      return map.count(change.argument) != 0 ? 2132 : 0;
  }
}

// Whether what the change looked at in `seen` was changed since.
bool conflicts(const Model& model, const TenantChange& change, int seen) {
  const auto since = [&](const std::string& name) {
    auto at = model.changed.find(name);
    return at != model.changed.end() && at->second > seen;
  };
  switch (change.kind) {
    case TenantChange::Kind::kCreate:
      return model.counted > seen || since(change.name);
    case TenantChange::Kind::kDelete:
      for (const auto& [name, version] : model.changed) {
        if (in(name, change) && version > seen) return true;
      }
      for (const auto& [name, entry] : model.maps[static_cast<std::size_t>(seen)]) {
        auto at = model.written.find(entry.id);
        if (in(name, change) && at != model.written.end() && at->second > seen) return true;
      }
      return false;
    case TenantChange::Kind::kConfigure:
      return since(change.name);
    default:
      return since(change.name) || since(change.argument);
  }
}

void apply(Model& model, Map& map, const TenantChange& change, int version) {
  auto at = map.find(change.name);
  switch (change.kind) {
    case TenantChange::Kind::kCreate:
      ++model.last;
      model.counted = version;
      if (at != map.end()) return;
      map[change.name] = {model.last, std::nullopt};
      break;
    case TenantChange::Kind::kDelete:
      for (const auto& [name, entry] : map) {
        if (!in(name, change)) continue;
        model.changed[name] = model.counted = version;
      }
      std::erase_if(map, [&](const auto& each) { return in(each.first, change); });
      return;
    case TenantChange::Kind::kConfigure:
      break;
    default: {
      const Entry entry = at->second;
      map.erase(at);
      map[change.argument] = entry;
      model.changed[change.name] = model.changed[change.argument] = version;
      return;
    }
  }
  model.changed[change.name] = version;
  for (const TenantSetting& each : change.settings) map[change.name].group = each.value;
}

TenantChange draw_change(Random& random) {
  const std::string name = random.below(20) == 0 ? "\xff" : name_of(random.below(6));
  std::optional<std::string> group;
  if (random.below(3) != 0) group = random.below(10) == 0 ? "\xff" : name_of(random.below(3));
  const TenantSetting setting{random.below(8) == 0 ? "other" : "tenant_group", group};
  switch (random.below(4)) {
    case 0: {
      TenantChange change{TenantChange::Kind::kCreate, name, {}, {}};
      if (random.below(3) == 0) change.settings.push_back(setting);
      return change;
    }
    case 1: {
      const std::string end = random.below(2) == 0 ? data::key_after(name) : name_of(7);
      return {TenantChange::Kind::kDelete, name, std::max(name, end), {}};
    }
    case 2:
      return {TenantChange::Kind::kConfigure, name, {}, {setting}};
    default:
      return {TenantChange::Kind::kRename, name, name_of(6 + random.below(3)), {}};
  }
}

bool apart(const TenantChange& a, const TenantChange& b) {
  const auto about = [](const TenantChange& change, const std::string& name) {
    return name == change.name || name == change.argument ||
           (change.kind == TenantChange::Kind::kDelete && in(name, change));
  };
  return !about(a, b.name) && !about(b, a.name) && (b.argument.empty() || !about(a, b.argument)) &&
         (a.argument.empty() || !about(b, a.argument));
}

void check_version(const Tenants& tenants, const Model& model, int version) {
  const Map& expected = model.maps[static_cast<std::size_t>(version)];
  const Tenants::ByName& found = tenants.entries(version);
  CHECK_EQ(found.size(), expected.size());
  std::set<int64_t> living;
  for (const auto& [name, entry] : expected) {
    CHECK_EQ(found.at(name).id, entry.id);
    CHECK(found.at(name).group == entry.group);
    living.insert(entry.id);
  }
  for (int64_t id = -3; id <= model.last; id++)
    CHECK_EQ(tenants.space(id, version) != nullptr, living.count(id) != 0);
}

void check_now(const Tenants& tenants, const Model& model) {
  for (const auto& [name, entry] : model.maps.back()) {
    TenantTarget target{name, kUnknownTenant};
    CHECK(tenants.resolve(target));
    CHECK_EQ(target.id, entry.id);
    CHECK(tenants.space(entry.id) != nullptr);
  }
  TenantTarget nobody{"nobody", kUnknownTenant};
  CHECK(!tenants.resolve(nobody));
  // Who was looked up in vain stays absent, whatever has its name now.
  for (const auto& [name, entry] : model.maps.back()) {
    TenantTarget early{name, kAbsentTenant};
    CHECK(!tenants.resolve(early));
  }
}

// Data comes into a tenant, or leaves it.
void write_data(Random& random, Tenants& tenants, Model& model, int version) {
  for (const auto& [name, entry] : model.maps.back()) {
    if (random.below(12) != 0) continue;
    data::VersionedStore& store = tenants.space(entry.id)->store;
    if (model.full.back().erase(entry.id) != 0) {
      store.clear("key", version);
    } else {
      store.set("key", "value", version);
      model.full.back().insert(entry.id);
    }
    tenants.space(entry.id)->conflict_map.add_key("key", version);
    model.written[entry.id] = version;
  }
}

void tenants_do_as_maps(Random& random) {
  Tenants tenants;
  Model model;
  int oldest = 0;
  for (int version = 1; version <= 150; version++) {
    const int seen = random.below(3) == 0 ? random.between(oldest, model.now()) : model.now();
    Tenants::Changes changes;
    for (int i = random.below(3); i >= 0; i--) {
      const TenantChange drawn = draw_change(random);
      if (std::all_of(changes.begin(), changes.end(),
                      [&](const TenantChange& each) { return apart(each, drawn); }))
        changes.push_back(drawn);
    }
    // Who is not there comes first, whatever is wrong with the others; who is not empty comes last.
    int code = 0;
    bool conflict = false;
    for (const TenantChange& each : changes) {
      if (code_of(model, each, seen) == 2131) code = 2131;
    }
    for (const TenantChange& each : changes) {
      if (code == 0 || code == 2133) {
        const int own = code_of(model, each, seen);
        if (own != 0 && (code == 0 || own != 2133)) code = own;
      }
      conflict = conflict || conflicts(model, each, seen);
    }
    CHECK_EQ(int(tenants.check(changes, seen)), code);
    CHECK_EQ(tenants.conflicts(changes, seen), conflict);
    model.maps.push_back(model.maps.back());
    model.full.push_back(model.full.back());
    if (code == 0 && !conflict) {
      tenants.apply(changes, version);
      for (const TenantChange& each : changes) apply(model, model.maps.back(), each, version);
    }
    write_data(random, tenants, model, version);
    if (random.below(5) == 0) {
      oldest = random.between(oldest, version);
      tenants.collect(oldest);
    }
    check_now(tenants, model);
    for (int i = 0; i < 3; i++) check_version(tenants, model, random.between(oldest, version));
  }
}

bool meets(const data::KeyRange& a, const data::KeyRange& b) {
  return a.begin < b.end && b.begin < a.end;
}

void blob_ranges_do_as_a_list(Random& random) {
  BlobRanges ranges;
  std::vector<data::KeyRange> model;
  for (int step = 0; step < 300; step++) {
    const int from = random.below(20);
    const data::KeyRange range{name_of(from), name_of(from + 1 + random.below(5))};
    std::vector<data::KeyRange> met;
    for (const data::KeyRange& each : model) {
      if (meets(each, range)) met.push_back(each);
    }
    const std::vector<data::KeyRange> found = ranges.meeting(range, INT_MAX);
    CHECK_EQ(found.size(), met.size());
    CHECK_EQ(ranges.meeting(range, 1).size(), met.empty() ? std::size_t{0} : std::size_t{1});
    for (std::size_t i = 0; i < met.size(); i++) {
      CHECK(found[i].begin == met[i].begin && found[i].end == met[i].end);
    }
    if (random.below(2) == 0) {
      const bool same = met.size() == 1 && met[0].begin == range.begin && met[0].end == range.end;
      CHECK_EQ(ranges.add(range), met.empty() || same);
      if (met.empty()) {
        model.push_back(range);
        std::sort(model.begin(), model.end(),
                  [](const auto& a, const auto& b) { return a.begin < b.begin; });
      }
    } else {
      bool inside = true;
      for (const auto& each : met) {
        inside = inside && each.begin >= range.begin && each.end <= range.end;
      }
      CHECK_EQ(ranges.remove(range), inside);
      if (inside) std::erase_if(model, [&](const auto& each) { return meets(each, range); });
    }
  }
}

void descriptions() {
  const TenantEntry entry{258, "g"};
  CHECK_EQ(entry.prefix(), data::literal("\0\0\0\0\0\0\1\2"));
  CHECK_EQ(entry.json("a\x01"),
           std::string(R"({"id":258,"lock_state":"unlocked","name":{"base64":"YQE=",)"
                       R"("printable":"a\\x01"},"prefix":{"base64":"AAAAAAAAAQI=",)"
                       R"("printable":"\\x00\\x00\\x00\\x00\\x00\\x00\\x01\\x02"},)"
                       R"("tenant_group":{"base64":"Zw==","printable":"g"}})"));
}

}  // namespace

int main(int argc, char** argv) {
  descriptions();
  return run(argc, argv, 100, [](std::uint64_t seed) {
    Random random(seed);
    tenants_do_as_maps(random);
    blob_ranges_do_as_a_list(random);
  });
}
