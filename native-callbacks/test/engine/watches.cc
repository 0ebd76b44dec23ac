// Watches through the C API: when they fire, when they don't, what ends them, and the limit of a
// database.

#include "test/support/engine_client.h"

using namespace fdbkit::test;

namespace {

// A watch that is pending cannot be told from one that is about to fire. A write and a second watch
// that does fire order the two: watches of one commit fire in it.
void settle(const Db& db, int round) {
  Txn txn = db.begin();
  FutureHandle probe = txn.watch("probe");
  CHECK_EQ(txn.commit().wait(), 0);
  db.put("probe", std::to_string(round));
  CHECK_EQ(probe.wait(), 0);
}

FutureHandle active_watch(const Db& db, const std::string& key) {
  Txn txn = db.begin();
  FutureHandle watch = txn.watch(key);
  CHECK_EQ(txn.commit().wait(), 0);
  return watch;
}

void fires_on_change_only() {
  Db db("change");
  db.put("key", "1");
  FutureHandle watch = active_watch(db, "key");
  db.put("other", "x");
  db.put("key", "1");
  settle(db, 1);
  CHECK(!watch.ready());
  db.put("key", "2");
  CHECK_EQ(watch.wait(), 0);
  FutureHandle cleared = active_watch(db, "key");
  Txn clearing = db.begin();
  clearing.clear_range("a", "z");
  CHECK_EQ(clearing.commit().wait(), 0);
  CHECK_EQ(cleared.wait(), 0);
}

void own_write_counts_as_the_value() {
  Db db("own");
  Txn txn = db.begin();
  txn.set("key", "mine");
  FutureHandle watch = txn.watch("key");
  CHECK_EQ(txn.commit().wait(), 0);
  settle(db, 1);
  CHECK(!watch.ready());
  db.put("key", "theirs");
  CHECK_EQ(watch.wait(), 0);
  // A write after the watch, in the same transaction, is a change at once.
  Txn later = db.begin();
  FutureHandle at_once = later.watch("key");
  later.set("key", "theirs");
  CHECK_EQ(later.get("key").wait(), 0);
  CHECK(!at_once.ready());
  later.set("key", "new");
  CHECK_EQ(at_once.wait(), 0);
}

void change_between_read_and_commit() {
  Db db("between");
  Txn txn = db.begin();
  FutureHandle watch = txn.watch("key");
  CHECK_EQ(txn.get("key").wait(), 0);
  db.put("key", "changed");
  // Read only, so it commits in spite of the change, and the watch fires as it becomes active.
  CHECK_EQ(txn.commit().wait(), 0);
  CHECK_EQ(watch.wait(), 0);
}

void ends_with_its_transaction() {
  Db db("ends");
  Txn txn = db.begin();
  FutureHandle reset = txn.watch("key");
  txn.reset();
  CHECK_EQ(reset.wait(), 1025);
  FutureHandle cancelled = txn.watch("key");
  txn.cancel();
  CHECK_EQ(cancelled.wait(), 1025);
  txn.reset();
  FutureHandle retried = txn.watch("key");
  CHECK_EQ(txn.on_error(1020).wait(), 0);
  CHECK_EQ(retried.wait(), 1025);
  FutureHandle destroyed = Txn(db.handle()).watch("key");
  CHECK_EQ(destroyed.wait(), 1025);
  // A failed commit hands its error on.
  Txn loser = db.begin();
  CHECK_EQ(loser.get("key").wait(), 0);
  FutureHandle failed = loser.watch("other");
  db.put("key", "x");
  loser.set("w", "");
  CHECK_EQ(loser.commit().wait(), 1020);
  CHECK_EQ(failed.wait(), 1020);
  // Active, it outlives its transaction, until it is cancelled itself.
  FutureHandle active = active_watch(db, "key");
  settle(db, 1);
  CHECK(!active.ready());
  fdb_future_cancel(active.get());
  CHECK_EQ(active.wait(), 1101);
}

void limit() {
  Db db("limit");
  CHECK_EQ(db.option(FDB_DB_OPTION_MAX_WATCHES, 2), 0);
  FutureHandle first = active_watch(db, "a");
  Txn txn = db.begin();
  FutureHandle second = txn.watch("b");
  CHECK_EQ(txn.watch("c").wait(), 1032);
  txn.reset();
  CHECK_EQ(second.wait(), 1025);
  // A place is free again, also after a destroyed future.
  { FutureHandle dropped = active_watch(db, "c"); }
  CHECK_EQ(txn.get("c").wait(), 0);
  FutureHandle third = txn.watch("d");
  CHECK_EQ(txn.commit().wait(), 0);
  db.put("d", "1");
  CHECK_EQ(third.wait(), 0);
  CHECK(!first.ready());
  CHECK_EQ(db.option(FDB_DB_OPTION_MAX_WATCHES, 0), 0);
  CHECK_EQ(db.begin().watch("e").wait(), 1032);
}

void illegal() {
  Db db("illegal");
  Txn txn = db.begin();
  CHECK_EQ(txn.watch("\xff/key").wait(), 2004);
  CHECK_EQ(txn.watch(std::string(10001, 'k')).wait(), 2102);
}

void many() {
  Db db("many");
  constexpr int kWatches = 2000;
  std::vector<FutureHandle> watches;
  Txn txn = db.begin();
  for (int i = 0; i < kWatches; ++i) watches.push_back(txn.watch("key" + std::to_string(i % 500)));
  CHECK_EQ(txn.commit().wait(), 0);
  Txn change = db.begin();
  for (int i = 0; i < 500; ++i) change.set("key" + std::to_string(i), "x");
  CHECK_EQ(change.commit().wait(), 0);
  for (const FutureHandle& watch : watches) CHECK_EQ(watch.wait(), 0);
}

}  // namespace

int main() {
  NetworkThread network;
  for (auto body :
       {fires_on_change_only, own_write_counts_as_the_value, change_between_read_and_commit,
        ends_with_its_transaction, limit, illegal, many}) {
    body();
  }
}
