// Transactions through the C API: isolation, errors and limits, options, retries, versions, special
// keys.

#include <cstring>
#include <memory>

#include "test/support/engine_client.h"

using namespace fdbkit::test;
using namespace std::string_literals;
using Maybe = std::optional<std::string>;

namespace {

std::string little_endian(int64_t number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof number);
}

void conflicts() {
  Db db("conflicts");
  db.put("a", "0");
  Txn first = db.begin();
  Txn second = db.begin();
  CHECK_EQ(first.get("a").value(), Maybe("0"));
  CHECK_EQ(second.get("a").value(), Maybe("0"));
  first.set("a", "1");
  second.set("b", "2");
  CHECK_EQ(first.commit().wait(), 0);
  CHECK_EQ(second.commit().wait(), 1020);
  CHECK_EQ(second.on_error(1020).wait(), 0);
  CHECK_EQ(second.get("a").value(), Maybe("1"));

  // A snapshot read does not conflict; an explicit range does; a blind write never does.
  Txn snapshot = db.begin();
  CHECK_EQ(snapshot.get("a", true).value(), Maybe("1"));
  Txn marked = db.begin();
  CHECK_EQ(marked.read_version().wait(), 0);
  CHECK_EQ(marked.conflict("a", "b", FDB_CONFLICT_RANGE_TYPE_READ), 0);
  Txn blind = db.begin();
  CHECK_EQ(blind.read_version().wait(), 0);
  db.put("a", "2");
  snapshot.set("s", "");
  marked.set("m", "");
  blind.set("a", "3");
  CHECK_EQ(snapshot.commit().wait(), 0);
  CHECK_EQ(marked.commit().wait(), 1020);
  CHECK_EQ(blind.commit().wait(), 0);

  // A phantom: the range was empty when it was read.
  Txn ranged = db.begin();
  CHECK(ranged.range("x", "y").rows().empty());
  db.put("xx", "phantom");
  ranged.set("r", "");
  CHECK_EQ(ranged.commit().wait(), 1020);

  // A write without a write conflict range makes no reader conflict.
  Txn reader = db.begin();
  CHECK_EQ(reader.get("q").wait(), 0);
  Txn quiet = db.begin();
  CHECK_EQ(quiet.option(FDB_TR_OPTION_NEXT_WRITE_NO_WRITE_CONFLICT_RANGE), 0);
  quiet.set("q", "");
  CHECK_EQ(quiet.commit().wait(), 0);
  reader.set("r", "");
  CHECK_EQ(reader.commit().wait(), 0);
}

void limits() {
  Db db("limits");
  std::string long_key(10001, 'k');
  std::string long_value(100001, 'v');
  {
    Txn txn = db.begin();
    txn.set(long_key, "");
    CHECK_EQ(txn.get("k").wait(), 2102);
    CHECK_EQ(txn.commit().wait(), 2102);
    txn.reset();
    txn.set("k", long_value);
    CHECK_EQ(txn.commit().wait(), 2103);
    txn.reset();
    txn.set("\xff/system", "");
    CHECK_EQ(txn.commit().wait(), 2004);
    txn.reset();
    CHECK_EQ(txn.get("\xff/system").wait(), 2004);
    CHECK_EQ(txn.option(FDB_TR_OPTION_READ_SYSTEM_KEYS), 0);
    CHECK_EQ(txn.get("\xff/system").wait(), 0);
    txn.clear_range("b", "a");
    CHECK_EQ(txn.commit().wait(), 2005);
    CHECK_EQ(txn.conflict("b", "a", FDB_CONFLICT_RANGE_TYPE_READ), 2005);
    txn.reset();
    txn.atomic(static_cast<FDBMutationType>(99), "k", "");
    CHECK_EQ(txn.commit().wait(), 2018);
    txn.reset();
    txn.atomic(FDB_MUTATION_TYPE_SET_VERSIONSTAMPED_KEY, "short", "");
    CHECK_EQ(txn.commit().wait(), 2000);
  }
  Txn large = db.begin();
  for (int i = 0; i < 101; ++i) large.set("large/" + std::to_string(i), std::string(100000, 'v'));
  CHECK_EQ(large.commit().wait(), 2101);
  large.reset();
  CHECK_EQ(large.option(FDB_TR_OPTION_SIZE_LIMIT, int64_t{100}), 0);
  large.set("k", std::string(100, 'v'));
  CHECK_EQ(large.commit().wait(), 2101);
  large.reset();
  CHECK_EQ(large.option(FDB_TR_OPTION_SIZE_LIMIT, int64_t{31}), 0);
  CHECK_EQ(large.commit().wait(), 2006);
  CHECK_EQ(FutureHandle(fdb_transaction_get_range(large.handle(),
                                                  FDB_KEYSEL_FIRST_GREATER_OR_EQUAL(bytes("a"), 1),
                                                  FDB_KEYSEL_FIRST_GREATER_OR_EQUAL(bytes("b"), 1),
                                                  0, 0, FDB_STREAMING_MODE_EXACT, 0, 0, 0))
               .wait(),
           2210);
}

void approximate_size() {
  Db db("size");
  Txn txn = db.begin();
  CHECK_EQ(txn.approximate_size().int64(), 0);
  txn.set("key", "value");
  CHECK_EQ(txn.approximate_size().int64(), 3 + 5 + 44 + 24 + 7);
  CHECK_EQ(txn.get("other").wait(), 0);
  CHECK_EQ(txn.approximate_size().int64(), 83 + 11 + 24);
  txn.reset();
  CHECK_EQ(txn.approximate_size().int64(), 0);
}

void versions() {
  Db db("versions");
  Txn txn = db.begin();
  int64_t read_version = txn.read_version().int64();
  CHECK_EQ(txn.committed_version(), -1);
  txn.set("key", "1");
  FutureHandle stamp = txn.versionstamp();
  CHECK_EQ(txn.commit().wait(), 0);
  CHECK(txn.committed_version() > read_version);
  std::string bytes_of_stamp = stamp.key();
  CHECK_EQ(size(bytes_of_stamp), 10);
  int64_t stamped = 0;
  for (int i = 0; i < 8; ++i)
    stamped =
        stamped << 8 | static_cast<unsigned char>(bytes_of_stamp[static_cast<std::size_t>(i)]);
  CHECK_EQ(stamped, txn.committed_version());

  // After its commit a transaction is used up.
  CHECK_EQ(txn.get("key").wait(), 2017);
  CHECK_EQ(txn.commit().wait(), 2017);
  txn.reset();

  // Read only: no version, and no stamp.
  FutureHandle none = txn.versionstamp();
  CHECK_EQ(txn.get("key").value(), Maybe("1"));
  CHECK_EQ(txn.commit().wait(), 0);
  CHECK_EQ(none.wait(), 2021);
  CHECK_EQ(txn.committed_version(), -1);

  txn.reset();
  fdb_transaction_set_read_version(txn.handle(), 1);
  CHECK_EQ(txn.get("key").wait(), 1007);
  txn.set("key", "2");
  CHECK_EQ(txn.commit().wait(), 1007);
  txn.reset();
  fdb_transaction_set_read_version(txn.handle(), 0);
  CHECK_EQ(txn.get("key").wait(), 2011);
  txn.reset();
  CHECK_EQ(txn.read_version().wait(), 0);
  fdb_transaction_set_read_version(txn.handle(), read_version);
  CHECK_EQ(txn.get("key").wait(), 2010);
  txn.reset();
  // The state as of a version.
  fdb_transaction_set_read_version(txn.handle(), read_version);
  CHECK_EQ(txn.get("key").value(), Maybe());
  // A version that is far ahead never comes; one that is near does.
  txn.reset();
  fdb_transaction_set_read_version(txn.handle(), read_version + 3600LL * 1000000);
  CHECK_EQ(txn.get("key").wait(), 1009);
  txn.reset();
  fdb_transaction_set_read_version(txn.handle(), Txn(db.handle()).read_version().int64() + 1000);
  CHECK_EQ(txn.get("key").value(), Maybe("1"));
}

void versionstamped() {
  Db db("stamped");
  Txn txn = db.begin();
  auto write = [&] {
    txn.atomic(FDB_MUTATION_TYPE_SET_VERSIONSTAMPED_VALUE, "value",
               std::string(10, 'x') + "tail"s + "\0\0\0\0"s);
    txn.atomic(FDB_MUTATION_TYPE_SET_VERSIONSTAMPED_KEY, "k"s + std::string(10, 'x') + "\1\0\0\0"s,
               "here");
  };
  write();
  CHECK_EQ(txn.get("value").wait(), 1036);
  // A commit fails with the error of a read before it.
  CHECK_EQ(txn.commit().wait(), 1036);
  txn.reset();
  write();
  FutureHandle stamp = txn.versionstamp();
  CHECK_EQ(txn.commit().wait(), 0);
  CHECK_EQ(db.read("value"), Maybe(stamp.key() + "tail"));
  CHECK_EQ(db.read("k" + stamp.key()), Maybe("here"));
}

void retries() {
  Db db("retries");
  Txn txn = db.begin();
  CHECK_EQ(txn.option(FDB_TR_OPTION_RETRY_LIMIT, int64_t{2}), 0);
  CHECK_EQ(txn.option(FDB_TR_OPTION_MAX_RETRY_DELAY, int64_t{1}), 0);
  CHECK_EQ(txn.on_error(1020).wait(), 0);
  CHECK_EQ(txn.on_error(1007).wait(), 0);
  CHECK_EQ(txn.on_error(1020).wait(), 1020);
  // Given up: dead until reset.
  CHECK_EQ(txn.get("a").wait(), 1025);
  CHECK_EQ(txn.on_error(1020).wait(), 1025);
  txn.reset();
  CHECK_EQ(txn.get("a").wait(), 0);
  CHECK_EQ(txn.on_error(2004).wait(), 2004);
  CHECK_EQ(txn.get("a").wait(), 1025);
  txn.reset();
  CHECK_EQ(txn.on_error(0).wait(), 2000);

  // What survives a retry: the persistent options, and nothing that was written.
  Txn kept = db.begin();
  CHECK_EQ(kept.option(FDB_TR_OPTION_RETRY_LIMIT, int64_t{1}), 0);
  CHECK_EQ(kept.option(FDB_TR_OPTION_ACCESS_SYSTEM_KEYS), 0);
  kept.set("\xff/x", "");
  kept.set("k", "");
  CHECK_EQ(kept.on_error(1020).wait(), 0);
  CHECK_EQ(kept.get("k").value(), Maybe());
  CHECK_EQ(kept.get("\xff/x").wait(), 2004);
  CHECK_EQ(kept.on_error(1020).wait(), 1020);

  // Defaults of the database hold for transactions begun after them.
  Db limited("limited");
  CHECK_EQ(limited.option(FDB_DB_OPTION_TRANSACTION_RETRY_LIMIT, 0), 0);
  CHECK_EQ(limited.begin().on_error(1020).wait(), 1020);
}

void timeouts() {
  Db db("timeouts");
  Txn txn = db.begin();
  CHECK_EQ(txn.option(FDB_TR_OPTION_TIMEOUT, int64_t{1}), 0);
  // A read version that never comes keeps the read pending until the timeout.
  fdb_transaction_set_read_version(txn.handle(), int64_t{1} << 60);
  CHECK_EQ(txn.get("a").wait(), 1031);
  CHECK_EQ(txn.get("a").wait(), 1031);
  CHECK_EQ(txn.commit().wait(), 1031);
  CHECK_EQ(txn.on_error(1020).wait(), 1031);
  txn.reset();
  CHECK_EQ(txn.get("a").wait(), 0);
  CHECK_EQ(txn.option(FDB_TR_OPTION_TIMEOUT, int64_t{-1}), 0);
  CHECK_EQ(txn.get("a").wait(), 2006);
}

void cancelling() {
  Db db("cancelling");
  Txn txn = db.begin();
  fdb_transaction_set_read_version(txn.handle(), int64_t{1} << 60);
  FutureHandle pending = txn.get("a");
  txn.cancel();
  CHECK_EQ(pending.wait(), 1025);
  CHECK_EQ(txn.get("a").wait(), 1025);
  txn.reset();
  CHECK_EQ(txn.get("a").wait(), 0);

  auto destroyed = std::make_unique<Txn>(db.handle());
  fdb_transaction_set_read_version(destroyed->handle(), int64_t{1} << 60);
  FutureHandle outlives = destroyed->get("a");
  FutureHandle stamp = destroyed->versionstamp();
  FutureHandle commit = destroyed->commit();
  destroyed.reset();
  CHECK_EQ(outlives.wait(), 1025);
  CHECK_EQ(stamp.wait(), 1025);
  CHECK_EQ(commit.wait(), 1025);

  // A future can be cancelled by itself.
  txn.reset();
  fdb_transaction_set_read_version(txn.handle(), int64_t{1} << 60);
  FutureHandle alone = txn.get("a");
  fdb_future_cancel(alone.get());
  CHECK_EQ(alone.wait(), 1101);
  // Cancelled while it waits to retry, the transaction is given up.
  txn.reset();
  CHECK_EQ(txn.option(FDB_TR_OPTION_MAX_RETRY_DELAY, int64_t{1000000}), 0);
  for (int i = 0; i < 3; ++i) CHECK_EQ(txn.on_error(1007).wait(), 0);
}

void options_and_errors() {
  Db db("options");
  Txn txn = db.begin();
  CHECK_EQ(txn.option(static_cast<FDBTransactionOption>(12345)), 2007);
  CHECK_EQ(fdb_database_set_option(db.handle(), static_cast<FDBDatabaseOption>(12345), nullptr, 0),
           2007);
  CHECK_EQ(txn.option(FDB_TR_OPTION_ACCESS_SYSTEM_KEYS, "value"), 0);
  CHECK_EQ(txn.get("a").wait(), 2006);
  txn.reset();
  CHECK_EQ(txn.option(FDB_TR_OPTION_TAG, std::string(256, 't')), 0);
  CHECK_EQ(txn.get("a").wait(), 2110);
  txn.reset();
  for (int i = 0; i < 6; ++i) CHECK_EQ(txn.option(FDB_TR_OPTION_TAG, std::to_string(i)), 0);
  CHECK_EQ(txn.get("a").wait(), 2109);
  txn.reset();
  CHECK_EQ(txn.get("a").wait(), 0);
  CHECK_EQ(txn.option(FDB_TR_OPTION_READ_YOUR_WRITES_DISABLE), 0);
  CHECK_EQ(txn.get("a").wait(), 2000);
  txn.reset();
  CHECK_EQ(txn.option(FDB_TR_OPTION_READ_YOUR_WRITES_DISABLE), 0);
  txn.set("a", "1");
  CHECK_EQ(txn.get("a").value(), Maybe());
  CHECK_EQ(txn.watch("a").wait(), 1034);
  CHECK_EQ(txn.commit().wait(), 0);
  CHECK_EQ(db.read("a"), Maybe("1"));
  txn.reset();
  CHECK_EQ(txn.option(FDB_TR_OPTION_READ_LOCK_AWARE), 0);
  txn.set("a", "2");
  CHECK_EQ(txn.commit().wait(), 2023);
  // An error of a database option stays with the database.
  Db broken("broken");
  CHECK_EQ(broken.option(FDB_DB_OPTION_MAX_WATCHES, -1), 0);
  CHECK_EQ(broken.begin().get("a").wait(), 2006);
}

void atomic_operations() {
  Db db("atomics");
  Txn txn = db.begin();
  txn.atomic(FDB_MUTATION_TYPE_ADD, "counter", little_endian(5));
  CHECK_EQ(txn.get("counter").value(), Maybe(little_endian(5)));
  CHECK_EQ(txn.commit().wait(), 0);
  Txn again = db.begin();
  again.atomic(FDB_MUTATION_TYPE_ADD, "counter", little_endian(-3));
  CHECK_EQ(again.commit().wait(), 0);
  CHECK_EQ(db.read("counter"), Maybe(little_endian(2)));
  Txn clearing = db.begin();
  clearing.atomic(FDB_MUTATION_TYPE_COMPARE_AND_CLEAR, "counter", little_endian(2));
  CHECK_EQ(clearing.commit().wait(), 0);
  CHECK_EQ(db.read("counter"), Maybe());
}

void special_keys() {
  Db db("special");
  Txn txn = db.begin();
  CHECK(txn.get("\xff\xff/status/json").value()->starts_with("{"));
  CHECK_EQ(txn.get("\xff\xff/nothing").wait(), 2113);
  CHECK_EQ(txn.range("\xff\xff/management/", "\xff\xff/transaction/").wait(), 2112);
  CHECK_EQ(txn.option(FDB_TR_OPTION_SPECIAL_KEY_SPACE_RELAXED), 0);
  // All of it begins with what only processes could answer.
  CHECK_EQ(txn.range("\xff\xff/", "\xff\xff\xff").wait(), 2117);
  CHECK(!txn.range("\xff\xff/cluster_file_path", "\xff\xff\xff").rows().empty());
  txn.set("\xff\xff/management/db_locked", "");
  CHECK_EQ(txn.get("a").wait(), 2114);
  txn.reset();
  CHECK_EQ(txn.option(FDB_TR_OPTION_SPECIAL_KEY_SPACE_ENABLE_WRITES), 0);
  txn.set("\xff\xff/connection_string", "");
  CHECK_EQ(txn.get("a").wait(), 2115);
  txn.reset();
  CHECK_EQ(txn.option(FDB_TR_OPTION_SPECIAL_KEY_SPACE_ENABLE_WRITES), 0);
  txn.set("\xff\xff/management/db_locked", "");
  CHECK_EQ(txn.commit().wait(), 2117);
  CHECK(txn.get("\xff\xff/error_message").value().has_value());

  // The keys that made a commit conflict, on request.
  Txn reported = db.begin();
  CHECK_EQ(reported.option(FDB_TR_OPTION_REPORT_CONFLICTING_KEYS), 0);
  CHECK_EQ(reported.get("read").wait(), 0);
  CHECK_EQ(reported.get("also").wait(), 0);
  db.put("read", "1");
  reported.set("w", "");
  FutureHandle::Rows expected_reads = {{"\xff\xff/transaction/read_conflict_range/also", "1"},
                                       {"\xff\xff/transaction/read_conflict_range/also\0"s, "0"},
                                       {"\xff\xff/transaction/read_conflict_range/read", "1"},
                                       {"\xff\xff/transaction/read_conflict_range/read\0"s, "0"}};
  CHECK(reported
            .range("\xff\xff/transaction/read_conflict_range/",
                   "\xff\xff/transaction/read_conflict_range/\xff")
            .rows() == expected_reads);
  CHECK_EQ(reported.commit().wait(), 1020);
  FutureHandle::Rows expected = {{"\xff\xff/transaction/conflicting_keys/read", "1"},
                                 {"\xff\xff/transaction/conflicting_keys/read\0"s, "0"}};
  CHECK(reported
            .range("\xff\xff/transaction/conflicting_keys/",
                   "\xff\xff/transaction/conflicting_keys/\xff")
            .rows() == expected);
}

void other_calls() {
  Db db("other");
  db.put("key", std::string(1000, 'v'));
  Txn txn = db.begin();
  FutureHandle addresses(fdb_transaction_get_addresses_for_key(txn.handle(), bytes("key"), 3));
  CHECK_EQ(addresses.wait(), 0);
  const char** strings = nullptr;
  int count = 0;
  CHECK_EQ(fdb_future_get_string_array(addresses.get(), &strings, &count), 0);
  CHECK_EQ(count, 1);
  CHECK_EQ(std::string(strings[0]), std::string("127.0.0.1:4500"));
  FutureHandle estimate(
      fdb_transaction_get_estimated_range_size_bytes(txn.handle(), bytes("a"), 1, bytes("z"), 1));
  CHECK_EQ(estimate.int64(), 1003);
  CHECK_EQ(FutureHandle(fdb_transaction_get_range_split_points(txn.handle(), bytes("a"), 1,
                                                               bytes("z"), 1, 500))
               .wait(),
           0);
  CHECK(FutureHandle(fdb_database_get_client_status(db.handle()))
            .key()
            .starts_with("{\"Healthy\":true"));
  CHECK(fdb_database_get_main_thread_busyness(db.handle()) >= 0);
  FutureHandle protocol(fdb_database_get_server_protocol(db.handle(), 0));
  CHECK_EQ(protocol.wait(), 0);
  uint64_t version = 0;
  CHECK_EQ(fdb_future_get_uint64(protocol.get(), &version), 0);
  FutureHandle changed(fdb_database_get_server_protocol(db.handle(), version));
  CHECK(!changed.ready());
  // A result of another kind than asked for.
  int64_t number = 0;
  CHECK_EQ(fdb_future_get_int64(addresses.get(), &number), 2000);
  // Memory given back is gone, as often as it was taken.
  fdb_future_release_memory(addresses.get());
  CHECK_EQ(fdb_future_get_string_array(addresses.get(), &strings, &count), 1102);

  FDBTenant* tenant = nullptr;
  CHECK_EQ(fdb_database_open_tenant(db.handle(), bytes("t"), 1, &tenant), 0);
  FDBTransaction* in_tenant = nullptr;
  CHECK_EQ(fdb_tenant_create_transaction(tenant, &in_tenant), 0);
  CHECK_EQ(FutureHandle(fdb_transaction_get(in_tenant, bytes("a"), 1, 0)).wait(), 2131);
  CHECK_EQ(FutureHandle(fdb_tenant_get_id(tenant)).wait(), 2131);
  fdb_transaction_destroy(in_tenant);
  fdb_tenant_destroy(tenant);
  FutureHandle noted(fdb_database_blobbify_range(db.handle(), bytes("a"), 1, bytes("b"), 1));
  fdb_bool_t done = 0;
  CHECK_EQ(noted.wait(), 0);
  CHECK_EQ(fdb_future_get_bool(noted.get(), &done), 0);
  CHECK_EQ(done, 1);
  FDBResult* result = fdb_transaction_read_blob_granules(txn.handle(), bytes("a"), 1, bytes("b"), 1,
                                                         0, -2, FDBReadBlobGranuleContext{});
  const FDBKeyValue* rows = nullptr;
  fdb_bool_t more = 0;
  CHECK_EQ(fdb_result_get_keyvalue_array(result, &rows, &count, &more), 2108);
  fdb_result_destroy(result);
}

void error_texts() {
  CHECK_EQ(std::string(fdb_get_error(0)), std::string("Success"));
  CHECK(std::strlen(fdb_get_error(1020)) > 0);
  CHECK_EQ(std::string(fdb_get_error(29999)), std::string("UNKNOWN_ERROR"));
  CHECK_EQ(fdb_error_predicate(FDB_ERROR_PREDICATE_RETRYABLE, 1020), 1);
  CHECK_EQ(fdb_error_predicate(FDB_ERROR_PREDICATE_RETRYABLE, 1021), 1);
  CHECK_EQ(fdb_error_predicate(FDB_ERROR_PREDICATE_MAYBE_COMMITTED, 1020), 0);
  CHECK_EQ(fdb_error_predicate(FDB_ERROR_PREDICATE_MAYBE_COMMITTED, 1021), 1);
  CHECK_EQ(fdb_error_predicate(FDB_ERROR_PREDICATE_RETRYABLE_NOT_COMMITTED, 1021), 0);
  CHECK_EQ(fdb_error_predicate(FDB_ERROR_PREDICATE_RETRYABLE, 2004), 0);
}

}  // namespace

int main() {
  NetworkThread network;
  for (auto body : {conflicts, limits, approximate_size, versions, versionstamped, retries,
                    timeouts, cancelling, options_and_errors, atomic_operations, special_keys,
                    other_calls, error_texts}) {
    body();
  }
}
