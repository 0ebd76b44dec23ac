// What the engine has beside the C API: the content of a database, saved and loaded, against a
// model; and the faults that a test plans.

#include "fdb_embedded.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "engine/data/values/bytes.h"
#include "test/support/engine_client.h"

using namespace fdbkit::test;
namespace data = fdbkit::data;

namespace {

constexpr char kMetadataVersion[] = "\xff/metadataVersion";

std::string save(const Db& db) { return FutureHandle(fdb_embedded_save(db.handle())).key(); }

fdb_error_t load(const Db& db, const std::string& content) {
  return FutureHandle(fdb_embedded_load(db.handle(), bytes(content), size(content))).wait();
}

class Tenant {
 public:
  Tenant(const Db& db, const std::string& name) {
    CHECK_EQ(fdb_database_open_tenant(db.handle(), bytes(name), size(name), &handle_), 0);
  }
  ~Tenant() { fdb_tenant_destroy(handle_); }
  Tenant(const Tenant&) = delete;
  Txn begin() const {
    FDBTransaction* transaction = nullptr;
    CHECK_EQ(fdb_tenant_create_transaction(handle_, &transaction), 0);
    return Txn(transaction);
  }

 private:
  FDBTenant* handle_ = nullptr;
};

void change_tenants(const Db& db, const std::string& name, bool there) {
  Txn txn = db.begin();
  CHECK_EQ(txn.option(FDB_TR_OPTION_SPECIAL_KEY_SPACE_ENABLE_WRITES), 0);
  const std::string key = "\xff\xff/management/tenant/map/" + name;
  if (there) {
    txn.set(key, "");
  } else {
    txn.clear(key);
  }
  CHECK_EQ(txn.commit().wait(), 0);
}

FutureHandle::Rows rows_of(Txn txn) { return txn.range("", "\xff").rows(); }

// What a database and each of its tenants have in them.
using Rows = std::map<std::string, std::string>;
struct Model {
  Rows root;
  std::map<std::string, Rows> tenants;
};

FutureHandle::Rows list(const Rows& rows) { return {rows.begin(), rows.end()}; }

void write(Txn txn, Rows& rows, Random& random) {
  for (int left = random.below(12); left > 0; left--) {
    const std::string key = "k" + random.bytes(2, "abc");
    if (random.one_in(3)) {
      txn.clear(key);
      rows.erase(key);
    } else {
      const std::string value = random.bytes(30, data::literal("ab\0\xff"));
      txn.set(key, value);
      rows[key] = value;
    }
  }
  CHECK_EQ(txn.commit().wait(), 0);
}

void change(const Db& db, Model& model, Random& random) {
  write(db.begin(), model.root, random);
  const std::string name(1, static_cast<char>('p' + random.below(3)));
  if (model.tenants.count(name) == 0) {
    change_tenants(db, name, true);
    model.tenants[name];
  } else if (random.one_in(3)) {
    Txn clearing = Tenant(db, name).begin();
    clearing.clear_range("", "\xff");
    CHECK_EQ(clearing.commit().wait(), 0);
    change_tenants(db, name, false);
    model.tenants.erase(name);
    return;
  }
  write(Tenant(db, name).begin(), model.tenants[name], random);
}

void check_equal(const Db& db, const Model& model) {
  CHECK(rows_of(db.begin()) == list(model.root));
  for (const char* name : {"p", "q", "r"}) {
    const auto at = model.tenants.find(name);
    Txn txn = Tenant(db, name).begin();
    if (at == model.tenants.end()) {
      CHECK_EQ(txn.get("a").wait(), 2131);
    } else {
      CHECK(rows_of(std::move(txn)) == list(at->second));
    }
  }
}

// Also into another database, and a content is the same however it came about.
void content_comes_back() {
  Random random(seed());
  Db db("content");
  Db other("content_elsewhere");
  Model model;
  for (int round = 0; round < 60; round++) {
    for (int steps = random.below(4); steps > 0; steps--) change(db, model, random);
    const std::string content = save(db);
    const Model then = model;
    for (int steps = random.below(6); steps > 0; steps--) change(db, model, random);
    CHECK_EQ(load(db, content), 0);
    model = then;
    check_equal(db, model);
    CHECK_EQ(save(db), content);
    CHECK_EQ(load(other, content), 0);
    check_equal(other, model);
  }
}

void other_bytes_change_nothing() {
  Db db("damaged");
  db.put("key", "saved");
  change_tenants(db, "t", true);
  const std::string content = save(db);
  db.put("key", "now");
  const std::string now = save(db);
  for (std::size_t length = 0; length < content.size(); length++)
    CHECK_EQ(load(db, content.substr(0, length)), 2000);
  for (std::size_t at = 0; at < content.size(); at++) {
    std::string damaged = content;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    CHECK_EQ(load(db, damaged), 2000);
  }
  CHECK_EQ(load(db, content + content), 2000);
  CHECK_EQ(save(db), now);
}

// One that has read sees what was there when it began, and conflicts, whatever came back.
void open_transactions_conflict() {
  Db db("open");
  db.put("key", "saved");
  const std::string content = save(db);
  db.put("key", "later");
  Txn reader = db.begin();
  CHECK_EQ(reader.get("key").value(), std::optional<std::string>("later"));
  Txn elsewhere = db.begin();
  CHECK_EQ(elsewhere.get("untouched").value(), std::optional<std::string>());
  CHECK_EQ(load(db, content), 0);
  CHECK_EQ(reader.get("key", true).value(), std::optional<std::string>("later"));
  for (Txn* each : {&reader, &elsewhere}) {
    each->set("written", "");
    CHECK_EQ(each->commit().wait(), 1020);
  }
  CHECK_EQ(db.read("key"), std::optional<std::string>("saved"));
  CHECK_EQ(db.read("written"), std::optional<std::string>());
  Txn before = db.begin();
  const int64_t version = before.read_version().int64();
  CHECK_EQ(load(db, content), 0);
  CHECK(db.begin().read_version().int64() > version);
}

// What was committed before the call is in it, or undone by it, though nobody has waited.
void commits_keep_their_turn() {
  Db db("turn");
  Txn first = db.begin();
  first.set("key", "1");
  FutureHandle committed = first.commit();
  const std::string content = save(db);
  CHECK_EQ(committed.wait(), 0);
  Txn second = db.begin();
  second.set("key", "2");
  FutureHandle undone = second.commit();
  CHECK_EQ(load(db, content), 0);
  CHECK_EQ(undone.wait(), 0);
  CHECK_EQ(db.read("key"), std::optional<std::string>("1"));
}

void watches_and_metadata_hear_of_it() {
  Db db("heard");
  db.put("same", "1");
  const std::string content = save(db);
  db.put("changed", "1");
  Txn txn = db.begin();
  FutureHandle same = txn.watch("same");
  FutureHandle changed = txn.watch("changed");
  CHECK_EQ(txn.commit().wait(), 0);
  const std::optional<std::string> metadata = db.read(kMetadataVersion);
  CHECK_EQ(load(db, content), 0);
  CHECK_EQ(changed.wait(), 0);
  CHECK(!same.ready());
  CHECK(db.read(kMetadataVersion) != metadata);
  db.put("same", "2");
  CHECK_EQ(same.wait(), 0);
  // The lock is data, too.
  CHECK_EQ(load(db, content), 0);
  Txn lock = db.begin();
  CHECK_EQ(lock.option(FDB_TR_OPTION_ACCESS_SYSTEM_KEYS), 0);
  lock.set("\xff/dbLocked", "locked");
  CHECK_EQ(lock.commit().wait(), 0);
  CHECK_EQ(db.begin().get("same").wait(), 1038);
  CHECK_EQ(load(db, content), 0);
  CHECK_EQ(db.read("same"), std::optional<std::string>("1"));
}

fdb_error_t plan(const Db& db, uint64_t from, int conflicts, int unknown, int slow, int old,
                 int overload) {
  return fdb_embedded_set_faults(db.handle(), from, conflicts, unknown, slow, old, overload);
}

// The error of a transaction that reads and writes; `blind`: that only writes.
fdb_error_t once(const Db& db, const std::string& value, bool blind = false) {
  Txn txn = db.begin();
  if (!blind) {
    if (fdb_error_t code = txn.get("key").wait()) return code;
  }
  txn.set("key", value);
  return txn.commit().wait();
}

void faults_are_those_of_the_plan() {
  Db db("planned");
  db.put("key", "");
  CHECK_EQ(plan(db, 1, 1001, 0, 0, 0, 0), 2006);
  CHECK_EQ(plan(db, 1, 0, 0, 0, -1, 0), 2006);
  CHECK_EQ(plan(db, 1, 1000, 0, 0, 0, 0), 0);
  CHECK_EQ(once(db, "conflict"), 1020);
  CHECK_EQ(once(db, "blind", true), 0);
  CHECK_EQ(plan(db, 1, 0, 0, 0, 1000, 0), 0);
  CHECK_EQ(once(db, "old"), 1007);
  CHECK_EQ(plan(db, 1, 0, 0, 0, 0, 1000), 0);
  const fdb_error_t overloaded = once(db, "overload");
  CHECK(overloaded == 1078 || overloaded == 1051);
  // Applied or not, and nothing says which.
  CHECK_EQ(plan(db, 1, 0, 1000, 0, 0, 0), 0);
  int applied = 0;
  for (int round = 0; round < 100; round++) {
    const std::string value = std::to_string(round);
    CHECK_EQ(once(db, value), 1021);
    applied += db.read("key") == value ? 1 : 0;
  }
  CHECK(applied > 20 && applied < 80);
  // Other handles of the same database meet none, and none is left when the plan is empty.
  Db calm("planned");
  CHECK_EQ(once(calm, "calm"), 0);
  CHECK_EQ(plan(db, 1, 0, 0, 0, 0, 0), 0);
  CHECK_EQ(once(db, "none"), 0);
}

std::vector<fdb_error_t> errors_from(uint64_t from) {
  Db db("same_seed");
  CHECK_EQ(plan(db, from, 200, 200, 200, 100, 100), 0);
  std::vector<fdb_error_t> errors;
  for (int round = 0; round < 200; round++) errors.push_back(once(db, "", round % 2 == 0));
  return errors;
}

void slow_reads_are_of_their_moment() {
  Db db("slow");
  db.put("key", "before");
  CHECK_EQ(plan(db, 1, 0, 0, 1000, 0, 0), 0);
  Txn txn = db.begin();
  FutureHandle value = txn.get("key");
  FutureHandle rows = txn.range("a", "z");
  txn.set("key", "after");
  FutureHandle commit = txn.commit();
  CHECK_EQ(commit.wait(), 0);
  // It waited for them.
  CHECK(value.ready());
  CHECK_EQ(value.value(), std::optional<std::string>("before"));
  CHECK_EQ(rows.rows()[0].second, std::string("before"));
  Txn ended = db.begin();
  FutureHandle late = ended.get("key");
  FutureHandle watch = ended.watch("key");
  ended.cancel();
  CHECK_EQ(late.wait(), 1025);
  CHECK_EQ(watch.wait(), 1025);
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) seed() = std::strtoull(arguments[1], nullptr, 10);
  NetworkThread network;
  for (auto body : {content_comes_back, other_bytes_change_nothing, open_transactions_conflict,
                    commits_keep_their_turn, watches_and_metadata_hear_of_it,
                    faults_are_those_of_the_plan, slow_reads_are_of_their_moment}) {
    body();
  }
  CHECK(errors_from(7) == errors_from(7));
  CHECK(errors_from(7) != errors_from(8));
}
