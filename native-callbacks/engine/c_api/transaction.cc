// Transactions. Every call becomes one task, so the calls of one transaction act in the order they
// were made.

#include <algorithm>
#include <memory>

#include "engine/c_api/support.h"
#include "engine/options/option_table.h"

using namespace fdbkit::engine;
namespace data = fdbkit::data;

namespace {

// More than there are keys: an offset beyond it is off an end as well, and sums of some are an int.
constexpr int kMostOffset = 1 << 28;

data::KeySelector selector(const uint8_t* key, int length, fdb_bool_t or_equal, int offset) {
  return {bytes_of(key, length), or_equal != 0, std::clamp(offset, -kMostOffset, kMostOffset)};
}

// Asks for a range by `read(transaction, future, range)`, with the limits that the arguments make.
template <class Read>
FDBFuture* ask_range(FDBTransaction* transaction, data::RangeRequest range, int limit,
                     int target_bytes, FDBStreamingMode mode, int iteration, Read read) {
  if (ErrorCode code = data::streaming_limits(limit, target_bytes, mode, iteration, range.limits)) {
    return failed_future(code);
  }
  return ask(Transaction::of(transaction),
             [range = std::move(range), read = std::move(read)](
                 Transaction& t, FutureRef f) mutable { read(t, std::move(f), std::move(range)); });
}

// Tells how a commit ended. A call that follows the commit at once must be able to end it before
// anybody hears of its success.
Future* future_of_commit() {
  Future* future = Future::create();
  future->tell_in_turn();
  return future;
}

}  // namespace

extern "C" {

void fdb_transaction_destroy(FDBTransaction* transaction) {
  tell(Transaction::of(transaction), [](Transaction& t) { t.close(); });
}

void fdb_transaction_cancel(FDBTransaction* transaction) {
  tell(Transaction::of(transaction), [](Transaction& t) { t.cancel(); });
}

void fdb_transaction_reset(FDBTransaction* transaction) {
  tell(Transaction::of(transaction), [](Transaction& t) { t.reset(); });
}

fdb_error_t fdb_transaction_set_option(FDBTransaction* transaction, FDBTransactionOption option,
                                       const uint8_t* value, int value_length) {
  int number = option;
  if (find_option(transaction_options(), number) == nullptr)
    return fdbkit::engine::Error::kInvalidOption;
  tell(Transaction::of(transaction), [number, value = option_value(value, value_length)](
                                         Transaction& t) { t.set_option(number, value); });
  return fdbkit::engine::Error::kSuccess;
}

void fdb_transaction_set_read_version(FDBTransaction* transaction, int64_t version) {
  tell(Transaction::of(transaction), [version](Transaction& t) { t.set_read_version(version); });
}

FDBFuture* fdb_transaction_get_read_version(FDBTransaction* transaction) {
  return ask(Transaction::of(transaction),
             [](Transaction& t, FutureRef f) { t.get_read_version(std::move(f)); });
}

FDBFuture* fdb_transaction_get(FDBTransaction* transaction, const uint8_t* key, int key_length,
                               fdb_bool_t snapshot) {
  return ask(Transaction::of(transaction),
             [key = bytes_of(key, key_length), snapshot](Transaction& t, FutureRef f) mutable {
               t.get(std::move(f), std::move(key), snapshot != 0);
             });
}

FDBFuture* fdb_transaction_get_key(FDBTransaction* transaction, const uint8_t* key, int key_length,
                                   fdb_bool_t or_equal, int offset, fdb_bool_t snapshot) {
  return ask(Transaction::of(transaction), [wanted = selector(key, key_length, or_equal, offset),
                                            snapshot](Transaction& t, FutureRef f) mutable {
    t.get_key(std::move(f), std::move(wanted), snapshot != 0);
  });
}

FDBFuture* fdb_transaction_get_addresses_for_key(FDBTransaction* transaction, const uint8_t* key,
                                                 int key_length) {
  return ask(Transaction::of(transaction),
             [key = bytes_of(key, key_length)](Transaction& t, FutureRef f) mutable {
               t.get_addresses_for_key(std::move(f), std::move(key));
             });
}

FDBFuture* fdb_transaction_get_range(FDBTransaction* transaction, const uint8_t* begin,
                                     int begin_length, fdb_bool_t begin_or_equal, int begin_offset,
                                     const uint8_t* end, int end_length, fdb_bool_t end_or_equal,
                                     int end_offset, int limit, int target_bytes,
                                     FDBStreamingMode mode, int iteration, fdb_bool_t snapshot,
                                     fdb_bool_t reverse) {
  return ask_range(transaction,
                   {selector(begin, begin_length, begin_or_equal, begin_offset),
                    selector(end, end_length, end_or_equal, end_offset),
                    {},
                    snapshot != 0,
                    reverse != 0},
                   limit, target_bytes, mode, iteration,
                   [](Transaction& t, FutureRef f, data::RangeRequest range) {
                     t.get_range(std::move(f), std::move(range));
                   });
}

FDBFuture* fdb_transaction_get_mapped_range(FDBTransaction* transaction, const uint8_t* begin,
                                            int begin_length, fdb_bool_t begin_or_equal,
                                            int begin_offset, const uint8_t* end, int end_length,
                                            fdb_bool_t end_or_equal, int end_offset,
                                            const uint8_t* mapper, int mapper_length, int limit,
                                            int target_bytes, FDBStreamingMode mode, int iteration,
                                            fdb_bool_t snapshot, fdb_bool_t reverse) {
  return ask_range(transaction,
                   {selector(begin, begin_length, begin_or_equal, begin_offset),
                    selector(end, end_length, end_or_equal, end_offset),
                    {},
                    snapshot != 0,
                    reverse != 0},
                   limit, target_bytes, mode, iteration,
                   [mapper = bytes_of(mapper, mapper_length)](Transaction& t, FutureRef f,
                                                              data::RangeRequest range) mutable {
                     t.get_mapped_range(std::move(f), std::move(range), std::move(mapper));
                   });
}

void fdb_transaction_set(FDBTransaction* transaction, const uint8_t* key, int key_length,
                         const uint8_t* value, int value_length) {
  tell(Transaction::of(transaction),
       [key = bytes_of(key, key_length), value = bytes_of(value, value_length)](
           Transaction& t) mutable { t.set(std::move(key), std::move(value)); });
}

void fdb_transaction_atomic_op(FDBTransaction* transaction, const uint8_t* key, int key_length,
                               const uint8_t* param, int param_length,
                               FDBMutationType operation_type) {
  tell(Transaction::of(transaction),
       [key = bytes_of(key, key_length), operand = bytes_of(param, param_length),
        type = int{operation_type}](Transaction& t) mutable {
         t.atomic_op(std::move(key), std::move(operand), type);
       });
}

void fdb_transaction_clear(FDBTransaction* transaction, const uint8_t* key, int key_length) {
  tell(Transaction::of(transaction),
       [key = bytes_of(key, key_length)](Transaction& t) mutable { t.clear(std::move(key)); });
}

void fdb_transaction_clear_range(FDBTransaction* transaction, const uint8_t* begin,
                                 int begin_length, const uint8_t* end, int end_length) {
  tell(Transaction::of(transaction),
       [begin = bytes_of(begin, begin_length), end = bytes_of(end, end_length)](
           Transaction& t) mutable { t.clear_range(std::move(begin), std::move(end)); });
}

fdb_error_t fdb_transaction_add_conflict_range(FDBTransaction* transaction, const uint8_t* begin,
                                               int begin_length, const uint8_t* end, int end_length,
                                               FDBConflictRangeType type) {
  std::string from = bytes_of(begin, begin_length);
  std::string to = bytes_of(end, end_length);
  if (from > to) return fdbkit::engine::Error::kInvertedRange;
  int number = type;
  if (number != FDB_CONFLICT_RANGE_TYPE_READ && number != FDB_CONFLICT_RANGE_TYPE_WRITE) {
    return fdbkit::engine::Error::kClientInvalidOperation;
  }
  tell(Transaction::of(transaction), [from = std::move(from), to = std::move(to),
                                      number](Transaction& t) mutable {
    t.add_conflict_range(std::move(from), std::move(to), number == FDB_CONFLICT_RANGE_TYPE_WRITE);
  });
  return fdbkit::engine::Error::kSuccess;
}

FDBFuture* fdb_transaction_watch(FDBTransaction* transaction, const uint8_t* key, int key_length) {
  return ask(Transaction::of(transaction),
             [key = bytes_of(key, key_length)](Transaction& t, FutureRef f) mutable {
               t.watch(std::move(f), std::move(key));
             });
}

FDBFuture* fdb_transaction_commit(FDBTransaction* transaction) {
  return ask(Transaction::of(transaction), future_of_commit(),
             [](Transaction& t, FutureRef f) { t.commit(std::move(f)); });
}

fdb_error_t fdb_transaction_get_committed_version(FDBTransaction* transaction,
                                                  int64_t* out_version) {
  *out_version = Transaction::of(transaction)->committed_version();
  return fdbkit::engine::Error::kSuccess;
}

FDBFuture* fdb_transaction_get_tag_throttled_duration(FDBTransaction* transaction) {
  return ask(Transaction::of(transaction),
             [](Transaction& t, FutureRef f) { t.get_tag_throttled_duration(std::move(f)); });
}

FDBFuture* fdb_transaction_get_total_cost(FDBTransaction* transaction) {
  return ask(Transaction::of(transaction),
             [](Transaction& t, FutureRef f) { t.get_total_cost(std::move(f)); });
}

FDBFuture* fdb_transaction_get_approximate_size(FDBTransaction* transaction) {
  return ask(Transaction::of(transaction),
             [](Transaction& t, FutureRef f) { t.get_approximate_size(std::move(f)); });
}

FDBFuture* fdb_transaction_get_versionstamp(FDBTransaction* transaction) {
  return ask(Transaction::of(transaction), future_of_commit(),
             [](Transaction& t, FutureRef f) { t.get_versionstamp(std::move(f)); });
}

FDBFuture* fdb_transaction_on_error(FDBTransaction* transaction, fdb_error_t error) {
  bool known = error >= 0 && error <= kHighestErrorCode;
  ErrorCode code = known ? error : ErrorCode{fdbkit::engine::Error::kUnknownError};
  return ask(Transaction::of(transaction),
             [code](Transaction& t, FutureRef f) { t.on_error(std::move(f), code); });
}

FDBFuture* fdb_transaction_get_estimated_range_size_bytes(FDBTransaction* transaction,
                                                          const uint8_t* begin, int begin_length,
                                                          const uint8_t* end, int end_length) {
  std::string from = bytes_of(begin, begin_length);
  std::string to = bytes_of(end, end_length);
  if (from > to) return failed_future(fdbkit::engine::Error::kInvertedRange);
  return ask(Transaction::of(transaction),
             [from = std::move(from), to = std::move(to)](Transaction& t, FutureRef f) mutable {
               t.get_estimated_range_size(std::move(f), std::move(from), std::move(to));
             });
}

FDBFuture* fdb_transaction_get_range_split_points(FDBTransaction* transaction, const uint8_t* begin,
                                                  int begin_length, const uint8_t* end,
                                                  int end_length, int64_t chunk_size) {
  std::string from = bytes_of(begin, begin_length);
  std::string to = bytes_of(end, end_length);
  if (from > to) return failed_future(fdbkit::engine::Error::kInvertedRange);
  return ask(Transaction::of(transaction), [from = std::move(from), to = std::move(to), chunk_size](
                                               Transaction& t, FutureRef f) mutable {
    t.get_range_split_points(std::move(f), std::move(from), std::move(to), chunk_size);
  });
}

}  // extern "C"
