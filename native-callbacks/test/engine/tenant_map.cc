// The map of tenants and the blobbified ranges, against simple models.
#include <algorithm>
#include <climits>
#include <map>
#include <optional>
#include <set>

#include "engine/cluster/blob_ranges.h"
#include "engine/cluster/tenants.h"
#include "test/support/check.h"

using namespace fdbkit::engine;
using namespace fdbkit::test;
namespace data = fdbkit::data;

namespace {

std::string name_of(int n) { return std::string(1, static_cast<char>('a' + n)); }

struct Model {
  int64_t id;
  std::optional<std::string> group;
};

// What one change does to a map of names; an error code when it can't be done.
int apply(std::map<std::string, Model>& model, const TenantChange& change, int64_t& last,
          const std::set<int64_t>& full) {
  auto at = model.find(change.name);
  switch (change.kind) {
    case TenantChange::Kind::kCreate:
      if (change.name[0] == '\xff') return 2134;
      if (at == model.end()) model[change.name] = {++last, std::nullopt};
      return 0;
    case TenantChange::Kind::kDelete:
      for (const auto& [name, entry] : model) {
        if (name >= change.name && name < change.argument && full.count(entry.id) != 0) return 2133;
      }
      std::erase_if(model, [&](const auto& each) {
        return each.first >= change.name && each.first < change.argument;
      });
      return 0;
    case TenantChange::Kind::kConfigure:
      if (at == model.end()) return 2131;
      if (change.argument != "tenant_group") return 2140;
      if (change.value && (*change.value)[0] == '\xff') return 2139;
      at->second.group = change.value;
      return 0;
    default: {
      if (at == model.end()) return 2131;
      if (model.count(change.argument) != 0) return 2132;
      Model entry = at->second;
      model.erase(at);
      model[change.argument] = entry;
      return 0;
    }
  }
}

TenantChange draw_change(Random& random) {
  const std::string name = random.below(20) == 0 ? "\xff" : name_of(random.below(6));
  switch (random.below(4)) {
    case 0:
      return {TenantChange::Kind::kCreate, name, {}, std::nullopt};
    case 1: {
      const std::string end = random.below(2) == 0 ? data::key_after(name) : name_of(7);
      return {TenantChange::Kind::kDelete, name, std::max(name, end), std::nullopt};
    }
    case 2: {
      std::optional<std::string> group;
      if (random.below(3) != 0) group = random.below(10) == 0 ? "\xff" : name_of(random.below(3));
      return {TenantChange::Kind::kConfigure, name, random.below(8) == 0 ? "other" : "tenant_group",
              group};
    }
    default:
      return {TenantChange::Kind::kRename, name, name_of(random.below(6)), std::nullopt};
  }
}

void tenants_do_as_a_map(Random& random) {
  Tenants tenants;
  std::map<std::string, Model> model;
  std::set<int64_t> full;
  int64_t last = kNoTenant;
  for (int step = 1; step <= 200; step++) {
    std::vector<TenantChange> changes;
    for (int i = random.below(3); i >= 0; i--) changes.push_back(draw_change(random));
    std::map<std::string, Model> after = model;
    int64_t last_after = last;
    int expected = 0;
    for (const TenantChange& change : changes) {
      if (expected == 0) expected = apply(after, change, last_after, full);
    }
    const uint64_t generation = tenants.generation();
    CHECK_EQ(int(tenants.apply(changes)), expected);
    CHECK_EQ(tenants.generation() == generation, expected != 0);
    if (expected == 0) {
      model = after;
      last = last_after;
    }
    CHECK_EQ(tenants.entries().size(), model.size());
    for (const auto& [name, entry] : model) {
      TenantTarget target{name, kUnknownTenant};
      CHECK(tenants.resolve(target));
      CHECK_EQ(target.id, entry.id);
      CHECK(tenants.entries().at(name).group == entry.group);
      CHECK(tenants.space(entry.id) != nullptr);
      if (random.below(20) == 0) {
        tenants.space(entry.id)->store.set("key", "value", step);
        full.insert(entry.id);
      }
      CHECK_EQ(tenants.space(entry.id)->store.live_keys() != 0, full.count(entry.id) != 0);
    }
    TenantTarget nobody{"nobody", kUnknownTenant};
    CHECK(!tenants.resolve(nobody));
    for (int64_t id = -3; id <= last; id++) {
      bool living = false;
      for (const auto& [name, entry] : model) living = living || entry.id == id;
      CHECK_EQ(tenants.space(id) != nullptr, living);
    }
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
    tenants_do_as_a_map(random);
    blob_ranges_do_as_a_list(random);
  });
}
