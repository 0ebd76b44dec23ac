// What changes with the API version, and arguments that no careful caller passes. One child process
// a case.

#include <cstring>

#include "test/support/engine_client.h"

using namespace fdbkit::test;
using namespace std::string_literals;
using Maybe = std::optional<std::string>;

namespace {

std::string packed_text(const std::string& text) { return "\x02" + text + "\0"s; }

void version_510() {
  NetworkThread network(510);
  Db db("old");
  // Versionstamped parameters in their short form: two bytes of offset for a key, the stamp first
  // in a value.
  Txn txn = db.begin();
  txn.atomic(FDB_MUTATION_TYPE_SET_VERSIONSTAMPED_KEY, "k"s + std::string(10, 'x') + "\1\0"s,
             "here");
  txn.atomic(FDB_MUTATION_TYPE_SET_VERSIONSTAMPED_VALUE, "value", std::string(10, 'x') + "tail");
  FutureHandle stamp = txn.versionstamp();
  CHECK_EQ(txn.commit().wait(), 0);
  CHECK_EQ(db.read("k" + stamp.key()), Maybe("here"));
  CHECK_EQ(db.read("value"), Maybe(stamp.key() + "tail"));
  // An error that is not retried resets the transaction, so it can be used on.
  Txn again = db.begin();
  again.set("dropped", "");
  CHECK_EQ(again.on_error(2004).wait(), 2004);
  CHECK_EQ(again.get("dropped").value(), Maybe());
  // The legacy special keys, and no special key space beside them.
  CHECK(again.get("\xff\xff/status/json").value().has_value());
  CHECK_EQ(again.get("\xff\xff/cluster_id").wait(), 2004);
  again.set("\xff\xff/management/db_locked", "");
  CHECK_EQ(again.get("a").wait(), 2004);
}

// Up to 630 a commit drops the read version, so the transaction can tell the time after it.
void version_630() {
  NetworkThread network(630);
  Db db("middle");
  Txn txn = db.begin();
  txn.set("a", "");
  CHECK_EQ(txn.commit().wait(), 0);
  CHECK(txn.read_version().int64() >= txn.committed_version());
  CHECK_EQ(txn.on_error(2004).wait(), 2004);
  CHECK_EQ(txn.get("a").wait(), 2017);
}

// The space is there from 630 on, what the management and tracing modules say of themselves from
// 700 on: before it they are empty, and nothing is refused.
void modules_of(int version) {
  NetworkThread network(version);
  Db db("modules");
  const bool managed = version >= 700;
  Txn txn = db.begin();
  for (const char* path : {"configuration/coordinators/processes", "tracing/token"})
    CHECK_EQ(txn.get("\xff\xff/"s + path).value().has_value(), managed);
  CHECK(txn.get("\xff\xff/cluster_id").value().has_value());
  CHECK(txn.get("\xff\xff/metrics/health/aggregate").value().has_value());
  CHECK_EQ(txn.get("\xff\xff/actor_lineage/state").wait(), managed ? 2117 : 0);
  CHECK_EQ(txn.get("\xff\xff/error_message").value().has_value(), managed);
}

void modules_of_630() { modules_of(630); }
void modules_of_700() { modules_of(700); }

void mapped_range() {
  NetworkThread network;
  Db db("mapped");
  db.put(packed_text("index") + packed_text("row"), "");
  db.put(packed_text("record") + packed_text("row") + packed_text("a"), "1");
  db.put(packed_text("record") + packed_text("row") + packed_text("b"), "2");
  Txn txn = db.begin();
  std::string begin = packed_text("index");
  std::string end = begin + "\xff";
  std::string mapper = packed_text("record") + packed_text("{K[1]}") + packed_text("{...}");
  FutureHandle future(fdb_transaction_get_mapped_range(
      txn.handle(), FDB_KEYSEL_FIRST_GREATER_OR_EQUAL(bytes(begin), size(begin)),
      FDB_KEYSEL_FIRST_GREATER_OR_EQUAL(bytes(end), size(end)), bytes(mapper), size(mapper), 0, 0,
      FDB_STREAMING_MODE_WANT_ALL, 1, 0, 0));
  CHECK_EQ(future.wait(), 0);
  const FDBMappedKeyValue* rows = nullptr;
  int count = 0;
  fdb_bool_t more = 1;
  CHECK_EQ(fdb_future_get_mappedkeyvalue_array(future.get(), &rows, &count, &more), 0);
  CHECK_EQ(count, 1);
  CHECK_EQ(more, 0);
  CHECK_EQ(rows[0].getRange.m_size, 2);
  FDBKeyValue second = rows[0].getRange.data[1];
  CHECK_EQ(second.value_length, 1);
  CHECK_EQ(static_cast<char>(*second.value), '2');
}

// Nothing is read through a null pointer, whatever its length; a negative length is no bytes.
void careless_arguments() {
  NetworkThread network;
  Db db("careless");
  Txn txn = db.begin();
  fdb_transaction_set(txn.handle(), nullptr, 5, nullptr, -1);
  fdb_transaction_set(txn.handle(), bytes("key"), -3, bytes("value"), 5);
  CHECK_EQ(txn.get("").value(), Maybe("value"));
  fdb_transaction_atomic_op(txn.handle(), nullptr, 0, nullptr, 3, FDB_MUTATION_TYPE_ADD);
  fdb_transaction_clear(txn.handle(), nullptr, -1);
  fdb_transaction_clear_range(txn.handle(), nullptr, 1, nullptr, 1);
  CHECK_EQ(txn.get("").value(), Maybe());
  CHECK_EQ(FutureHandle(fdb_transaction_get_range(txn.handle(), nullptr, 0, 0, 1, nullptr, -1, 0, 1,
                                                  0, 0, FDB_STREAMING_MODE_WANT_ALL, 0, 0, 0))
               .wait(),
           0);
  CHECK_EQ(
      FutureHandle(fdb_transaction_get_range(txn.handle(), bytes("a"), 1, 0, 1, bytes("b"), 1, 0, 1,
                                             -5, 0, FDB_STREAMING_MODE_WANT_ALL, 0, 0, 0))
          .wait(),
      2012);
  CHECK_EQ(FutureHandle(fdb_transaction_get_range(txn.handle(), bytes("a"), 1, 0, 1, bytes("b"), 1,
                                                  0, 1, 0, 0, FDB_STREAMING_MODE_ITERATOR, 0, 0, 0))
               .wait(),
           2000);
  // As in the real client, a size without sense cuts nothing.
  CHECK_EQ(FutureHandle(fdb_transaction_get_range_split_points(txn.handle(), bytes("a"), 1,
                                                               bytes("b"), 1, 0))
               .wait(),
           0);
  CHECK_EQ(fdb_transaction_set_option(txn.handle(), FDB_TR_OPTION_TIMEOUT, nullptr, 8), 0);
  CHECK_EQ(txn.get("a").wait(), 2006);
  FDBDatabase* database = nullptr;
  CHECK_EQ(fdb_create_database_from_connection_string(nullptr, &database), 0);
  CHECK_EQ(Txn(database).get("a").wait(), 2104);
  fdb_database_destroy(database);
}

}  // namespace

int main() {
  for (auto body :
       {version_510, version_630, modules_of_630, modules_of_700, mapped_range, careless_arguments})
    in_child(body);
}
