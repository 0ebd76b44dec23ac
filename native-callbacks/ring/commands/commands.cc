#include "ring/commands/commands.h"

#include <cstring>
#include <vector>

#include "ring/commands/codes.h"
#include "ring/commands/command_reader.h"
#include "ring/commands/granule_commands.h"
#include "ring/completions/ring.h"

namespace fdbkit::ring {
namespace {

constexpr int kClientInvalidOperation = 2000;

class Execution {
 public:
  Execution(Ring& ring, const int32_t* words, uint32_t count)
      : ring_(ring), api_(ring.api()), in_(words, count) {}

  int run() {
    while (!in_.at_end() && in_.good()) {
      const uint32_t head = static_cast<uint32_t>(in_.word());
      flags_ = head >> 8;
      const Code code = static_cast<Code>(head & 0xff);
      if (!has_function(code)) {
        in_.refuse();
      } else if (code >= Code::kGet) {
        submit(code);
      } else if (code >= Code::kArm) {
        slot_command(code);
      } else if (code >= Code::kSet) {
        transaction_command(code);
      } else {
        object_command(code);
      }
    }
    arm_commits();
    return in_.good() ? error_ : kMalformed;
  }

 private:
  bool flag(uint32_t which) const { return (flags_ & which) != 0; }
  uint32_t index() { return static_cast<uint32_t>(in_.word()); }

  // The handle of a live object of the type; nullptr leaves `problem` set.
  template <class Handle>
  Handle* handle(ObjectType type, uint32_t index, int& problem) {
    Object* object = ring_.object(index);
    if (object == nullptr || object->type != type) {
      problem = kClientInvalidOperation;
      return nullptr;
    }
    problem = object->error;
    return static_cast<Handle*>(object->handle);
  }

  // A commit and its versionstamp are armed behind the row: a later call of the same turn ends the
  // commit only as long as nobody was told of its success.
  void arm_commits() {
    for (Slot* slot : commits_) ring_.arm(*slot);
    commits_.clear();
  }

  bool has_function(Code code) const;
  void object_command(Code code);
  void transaction_command(Code code);
  void slot_command(Code code);
  void submit(Code code);
  void submit_gets(Slot& slot, uint32_t index);
  Future* start_transaction(Code code, Transaction* transaction, Kind& kind);
  Future* start_range(Transaction* transaction, bool mapped);
  Future* start_other(Code code, uint32_t object, Kind& kind, int& problem);
  Future* start_granules(Code code, const Object* object, Kind& kind, int& problem);

  Ring& ring_;
  const ClientApi& api_;
  CommandReader in_;
  std::vector<Slot*> commits_;
  uint32_t flags_ = 0;
  int error_ = 0;
};

// Of those that came with a later release. JavaScript asks first, and says which one is missing.
bool Execution::has_function(Code code) const {
  switch (code) {
    case Code::kOpenDatabase:
      return !flag(kFlagConnectionString) || api_.create_database_from_connection_string != nullptr;
    case Code::kOpenTenant:
      return api_.database_open_tenant != nullptr && api_.tenant_destroy != nullptr;
    case Code::kOpenTenantTransaction:
      return api_.tenant_create_transaction != nullptr;
    case Code::kBusyness:
      return api_.database_get_main_thread_busyness != nullptr;
    case Code::kGetMappedRange:
      return api_.transaction_get_mapped_range != nullptr;
    case Code::kGetApproximateSize:
      return api_.transaction_get_approximate_size != nullptr;
    case Code::kGetTotalCost:
      return api_.transaction_get_total_cost != nullptr;
    case Code::kGetTagThrottledDuration:
      return api_.transaction_get_tag_throttled_duration != nullptr;
    case Code::kGetEstimatedRangeSize:
      return api_.transaction_get_estimated_range_size_bytes != nullptr;
    case Code::kGetRangeSplitPoints:
      return api_.transaction_get_range_split_points != nullptr;
    case Code::kGetClientStatus:
      return api_.database_get_client_status != nullptr;
    case Code::kGetServerProtocol:
      return api_.database_get_server_protocol != nullptr;
    case Code::kRebootWorker:
      return api_.database_reboot_worker != nullptr;
    case Code::kForceRecovery:
      return api_.database_force_recovery_with_data_loss != nullptr;
    case Code::kCreateSnapshot:
      return api_.database_create_snapshot != nullptr;
    case Code::kGetTenantId:
      return api_.tenant_get_id != nullptr;
    case Code::kSaveEmbedded:
      return api_.embedded_save != nullptr;
    case Code::kLoadEmbedded:
      return api_.embedded_load != nullptr;
    default:
      return true;
  }
}

void Execution::object_command(Code code) {
  const uint32_t index = this->index();
  int problem = 0;
  if (code <= Code::kOpenTenantTransaction && !ring_.is_free(index)) return in_.refuse();
  switch (code) {
    case Code::kOpenDatabase: {
      const int length = in_.word();
      const char* text = reinterpret_cast<const char*>(in_.optional_bytes(length));
      if (text != nullptr && (length == 0 || text[length - 1] != '\0')) in_.refuse();
      if (!in_.good()) return;
      Database* database = nullptr;
      error_ = flag(kFlagConnectionString)
                   ? api_.create_database_from_connection_string(text, &database)
                   : api_.create_database(text, &database);
      if (error_ == 0) ring_.make(index, ObjectType::kDatabase, database, 0);
      return;
    }
    case Code::kOpenTenant: {
      Database* database = handle<Database>(ObjectType::kDatabase, this->index(), problem);
      const int length = in_.word();
      const Bytes name = in_.bytes(length);
      if (!in_.good()) return;
      Tenant* tenant = nullptr;
      error_ = database == nullptr ? problem
                                   : api_.database_open_tenant(database, name, length, &tenant);
      if (error_ == 0) ring_.make(index, ObjectType::kTenant, tenant, 0);
      return;
    }
    case Code::kOpenTransaction: {
      Database* database = handle<Database>(ObjectType::kDatabase, this->index(), problem);
      if (!in_.good()) return;
      Transaction* made = nullptr;
      if (database != nullptr) problem = api_.database_create_transaction(database, &made);
      ring_.make(index, ObjectType::kTransaction, made, problem);
      return;
    }
    case Code::kOpenTenantTransaction: {
      Tenant* tenant = handle<Tenant>(ObjectType::kTenant, this->index(), problem);
      if (!in_.good()) return;
      Transaction* made = nullptr;
      if (tenant != nullptr) problem = api_.tenant_create_transaction(tenant, &made);
      ring_.make(index, ObjectType::kTransaction, made, problem);
      return;
    }
    case Code::kDestroy: {
      Object* object = ring_.object(index);
      if (object != nullptr) ring_.destroy(*object);
      return;
    }
    case Code::kSetDatabaseOption: {
      Database* database = handle<Database>(ObjectType::kDatabase, index, problem);
      const int option = in_.word();
      const int length = in_.word();
      const Bytes value = in_.optional_bytes(length);
      if (!in_.good()) return;
      error_ = database == nullptr ? problem
                                   : api_.database_set_option(database, option, value,
                                                              value == nullptr ? 0 : length);
      return;
    }
    case Code::kBusyness: {
      Database* database = handle<Database>(ObjectType::kDatabase, index, problem);
      error_ = problem;
      if (database == nullptr) return;
      const double busyness = api_.database_get_main_thread_busyness(database);
      memcpy(&ring_.control().answer, &busyness, sizeof busyness);
      return;
    }
    default:
      in_.refuse();
  }
}

// A transaction that could not be made says so where an answer is due; commands without an answer
// pass it by, and the next future or answer tells.
void Execution::transaction_command(Code code) {
  int problem = 0;
  Transaction* transaction = handle<Transaction>(ObjectType::kTransaction, index(), problem);
  // Asked once its operands are read: they may be malformed.
  const auto there = [&] { return transaction != nullptr && in_.good(); };
  switch (code) {
    case Code::kSet: {
      const int key_length = in_.word();
      const int value_length = in_.word();
      const Bytes key = in_.bytes(key_length);
      const Bytes value = in_.bytes(value_length);
      if (there()) api_.transaction_set(transaction, key, key_length, value, value_length);
      return;
    }
    case Code::kClear: {
      const int length = in_.word();
      const Bytes key = in_.bytes(length);
      if (there()) api_.transaction_clear(transaction, key, length);
      return;
    }
    case Code::kClearRange: {
      const int begin_length = in_.word();
      const int end_length = in_.word();
      const Bytes begin = in_.bytes(begin_length);
      const Bytes end = in_.bytes(end_length);
      if (there()) api_.transaction_clear_range(transaction, begin, begin_length, end, end_length);
      return;
    }
    case Code::kAtomicOp: {
      const int key_length = in_.word();
      const int param_length = in_.word();
      const int mutation = in_.word();
      const Bytes key = in_.bytes(key_length);
      const Bytes param = in_.bytes(param_length);
      if (!there()) return;
      return api_.transaction_atomic_op(transaction, key, key_length, param, param_length,
                                        mutation);
    }
    case Code::kSetReadVersion: {
      const int32_t low = in_.word();
      const int32_t high = in_.word();
      if (there()) api_.transaction_set_read_version(transaction, wide(low, high));
      return;
    }
    case Code::kReset:
      if (there()) api_.transaction_reset(transaction);
      return;
    case Code::kCancelTransaction:
      if (there()) api_.transaction_cancel(transaction);
      return;
    case Code::kAddConflictRange: {
      const int begin_length = in_.word();
      const int end_length = in_.word();
      const int type = in_.word();
      const Bytes begin = in_.bytes(begin_length);
      const Bytes end = in_.bytes(end_length);
      if (!in_.good()) return;
      error_ = transaction == nullptr
                   ? problem
                   : api_.transaction_add_conflict_range(transaction, begin, begin_length, end,
                                                         end_length, type);
      return;
    }
    case Code::kSetTransactionOption: {
      const int option = in_.word();
      const int length = in_.word();
      const Bytes value = in_.optional_bytes(length);
      if (!in_.good()) return;
      error_ = transaction == nullptr ? problem
                                      : api_.transaction_set_option(transaction, option, value,
                                                                    value == nullptr ? 0 : length);
      return;
    }
    case Code::kCommittedVersion:
      if (!in_.good()) return;
      error_ = transaction == nullptr
                   ? problem
                   : api_.transaction_get_committed_version(transaction, &ring_.control().answer);
      return;
    default:
      in_.refuse();
  }
}

void Execution::slot_command(Code code) {
  Slot* slot = ring_.slot(index());
  if (slot == nullptr) return;
  switch (code) {
    case Code::kArm:
      return ring_.arm(*slot);
    case Code::kRelease:
      // What is armed comes back by itself, with its completion.
      arm_commits();
      if (!slot->armed) ring_.release(*slot);
      return;
    case Code::kCancel:
      return ring_.cancel(*slot);
    default:
      in_.refuse();
  }
}

void Execution::submit(Code code) {
  Slot* slot = ring_.slot(index());
  const uint32_t index = this->index();
  Object* object = ring_.object(index);
  Kind kind = Kind::kNothing;
  int problem = 0;
  Future* future = nullptr;
  if (slot == nullptr || slot->taken) return in_.refuse();
  if (code == Code::kGetMany) return submit_gets(*slot, index);
  if (code >= Code::kPurgeGranules) {
    future = start_granules(code, object, kind, problem);
  } else if (code < Code::kGetClientStatus) {
    Transaction* transaction = handle<Transaction>(ObjectType::kTransaction, index, problem);
    future = start_transaction(code, transaction, kind);
  } else {
    future = start_other(code, index, kind, problem);
  }
  if (!in_.good()) return;
  const bool listed = object != nullptr && object->type != ObjectType::kFree;
  ring_.take(*slot, listed ? index : kNone, kind, future, future == nullptr ? problem : 0);
  if (!flag(kFlagArm)) return;
  if ((code == Code::kCommit || code == Code::kGetVersionstamp) && slot->taken) {
    commits_.push_back(slot);
  } else {
    ring_.arm(*slot);
  }
}

// All are measured before the first is asked for, so that a malformed command leaves none behind.
void Execution::submit_gets(Slot& slot, uint32_t index) {
  int problem = 0;
  Transaction* transaction = handle<Transaction>(ObjectType::kTransaction, index, problem);
  const int count = in_.word();
  if (count < 1 || count > ManyGets::kMost) return in_.refuse();
  const int32_t* lengths = in_.run(static_cast<uint32_t>(count));
  if (lengths == nullptr || !in_.has_bytes(lengths, count)) return in_.refuse();
  ManyGets* gets = transaction == nullptr ? nullptr : new ManyGets(api_, count);
  for (int i = 0; i < count; i++) {
    const Bytes key = in_.bytes(lengths[i]);
    if (gets == nullptr) continue;
    gets->add(api_.transaction_get(transaction, key, lengths[i], flag(kFlagSnapshot)));
  }
  if (gets != nullptr) {
    ring_.take(slot, index, gets);
  } else {
    const Object* object = ring_.object(index);
    const bool listed = object != nullptr && object->type != ObjectType::kFree;
    ring_.take(slot, listed ? index : kNone, Kind::kValues, nullptr, problem);
  }
  if (flag(kFlagArm)) ring_.arm(slot);
}

// Reads its operands even when there is no transaction: the next command lies behind them.
Future* Execution::start_transaction(Code code, Transaction* transaction, Kind& kind) {
  const auto there = [&] { return transaction != nullptr && in_.good(); };
  switch (code) {
    case Code::kGet: {
      const int length = in_.word();
      const Bytes key = in_.bytes(length);
      kind = Kind::kValue;
      return there() ? api_.transaction_get(transaction, key, length, flag(kFlagSnapshot))
                     : nullptr;
    }
    case Code::kGetKey: {
      const int length = in_.word();
      const int offset = in_.word();
      const Bytes key = in_.bytes(length);
      kind = Kind::kKey;
      return there() ? api_.transaction_get_key(transaction, key, length, flag(kFlagBeginOrEqual),
                                                offset, flag(kFlagSnapshot))
                     : nullptr;
    }
    case Code::kGetRange:
      kind = Kind::kKeyValues;
      return start_range(transaction, false);
    case Code::kGetMappedRange:
      kind = Kind::kMappedKeyValues;
      return start_range(transaction, true);
    case Code::kGetReadVersion:
      kind = Kind::kInt64;
      return there() ? api_.transaction_get_read_version(transaction) : nullptr;
    case Code::kCommit:
      return there() ? api_.transaction_commit(transaction) : nullptr;
    case Code::kGetVersionstamp:
      kind = Kind::kKey;
      return there() ? api_.transaction_get_versionstamp(transaction) : nullptr;
    case Code::kOnError: {
      const int error = in_.word();
      return there() ? api_.transaction_on_error(transaction, error) : nullptr;
    }
    case Code::kWatch: {
      const int length = in_.word();
      const Bytes key = in_.bytes(length);
      return there() ? api_.transaction_watch(transaction, key, length) : nullptr;
    }
    case Code::kGetApproximateSize:
      kind = Kind::kInt64;
      return there() ? api_.transaction_get_approximate_size(transaction) : nullptr;
    case Code::kGetTotalCost:
      kind = Kind::kInt64;
      return there() ? api_.transaction_get_total_cost(transaction) : nullptr;
    case Code::kGetTagThrottledDuration:
      kind = Kind::kDouble;
      return there() ? api_.transaction_get_tag_throttled_duration(transaction) : nullptr;
    case Code::kGetEstimatedRangeSize: {
      const int begin_length = in_.word();
      const int end_length = in_.word();
      const Bytes begin = in_.bytes(begin_length);
      const Bytes end = in_.bytes(end_length);
      kind = Kind::kInt64;
      return there() ? api_.transaction_get_estimated_range_size_bytes(
                           transaction, begin, begin_length, end, end_length)
                     : nullptr;
    }
    case Code::kGetRangeSplitPoints: {
      const int begin_length = in_.word();
      const int end_length = in_.word();
      const int32_t low = in_.word();
      const int32_t high = in_.word();
      const Bytes begin = in_.bytes(begin_length);
      const Bytes end = in_.bytes(end_length);
      kind = Kind::kKeys;
      return there() ? api_.transaction_get_range_split_points(transaction, begin, begin_length,
                                                               end, end_length, wide(low, high))
                     : nullptr;
    }
    case Code::kGetAddressesForKey: {
      const int length = in_.word();
      const Bytes key = in_.bytes(length);
      kind = Kind::kStrings;
      return there() ? api_.transaction_get_addresses_for_key(transaction, key, length) : nullptr;
    }
    default:
      in_.refuse();
      return nullptr;
  }
}

Future* Execution::start_range(Transaction* transaction, bool mapped) {
  const int begin_length = in_.word();
  const int end_length = in_.word();
  const int begin_offset = in_.word();
  const int end_offset = in_.word();
  const int limit = in_.word();
  const int target_bytes = in_.word();
  const int mode = in_.word();
  const int iteration = in_.word();
  const int mapper_length = mapped ? in_.word() : 0;
  const Bytes begin = in_.bytes(begin_length);
  const Bytes end = in_.bytes(end_length);
  const Bytes mapper = in_.bytes(mapper_length);
  if (transaction == nullptr || !in_.good()) return nullptr;
  const bool begin_or_equal = flag(kFlagBeginOrEqual);
  const bool end_or_equal = flag(kFlagEndOrEqual);
  const bool snapshot = flag(kFlagSnapshot);
  const bool reverse = flag(kFlagReverse);
  if (mapped) {
    return api_.transaction_get_mapped_range(transaction, begin, begin_length, begin_or_equal,
                                             begin_offset, end, end_length, end_or_equal,
                                             end_offset, mapper, mapper_length, limit, target_bytes,
                                             mode, iteration, snapshot, reverse);
  }
  return api_.transaction_get_range(transaction, begin, begin_length, begin_or_equal, begin_offset,
                                    end, end_length, end_or_equal, end_offset, limit, target_bytes,
                                    mode, iteration, snapshot, reverse);
}

Future* Execution::start_other(Code code, uint32_t object, Kind& kind, int& problem) {
  if (code == Code::kGetTenantId) {
    Tenant* tenant = handle<Tenant>(ObjectType::kTenant, object, problem);
    kind = Kind::kInt64;
    return tenant != nullptr && in_.good() ? api_.tenant_get_id(tenant) : nullptr;
  }
  Database* database = handle<Database>(ObjectType::kDatabase, object, problem);
  const auto there = [&] { return database != nullptr && in_.good(); };
  switch (code) {
    case Code::kGetClientStatus:
      kind = Kind::kKey;
      return there() ? api_.database_get_client_status(database) : nullptr;
    case Code::kGetServerProtocol: {
      const int32_t low = in_.word();
      const int32_t high = in_.word();
      kind = Kind::kUint64;
      return there() ? api_.database_get_server_protocol(database,
                                                         static_cast<uint64_t>(wide(low, high)))
                     : nullptr;
    }
    case Code::kRebootWorker: {
      const int length = in_.word();
      const int check = in_.word();
      const int seconds = in_.word();
      const Bytes address = in_.bytes(length);
      kind = Kind::kInt64;
      return there() ? api_.database_reboot_worker(database, address, length, check, seconds)
                     : nullptr;
    }
    case Code::kForceRecovery: {
      const int length = in_.word();
      const Bytes dcid = in_.bytes(length);
      return there() ? api_.database_force_recovery_with_data_loss(database, dcid, length)
                     : nullptr;
    }
    case Code::kCreateSnapshot: {
      const int uid_length = in_.word();
      const int command_length = in_.word();
      const Bytes uid = in_.bytes(uid_length);
      const Bytes command = in_.bytes(command_length);
      return there()
                 ? api_.database_create_snapshot(database, uid, uid_length, command, command_length)
                 : nullptr;
    }
    case Code::kSaveEmbedded:
      kind = Kind::kKey;
      return there() ? api_.embedded_save(database) : nullptr;
    case Code::kLoadEmbedded: {
      const int length = in_.word();
      const Bytes bytes = in_.bytes(length);
      return there() ? api_.embedded_load(database, bytes, length) : nullptr;
    }
    default:
      in_.refuse();
      return nullptr;
  }
}

Future* Execution::start_granules(Code code, const Object* object, Kind& kind, int& problem) {
  GranuleCall call;
  if (!read_granule_call(in_, code, call)) return nullptr;
  problem = object == nullptr || object->error == 0 ? kClientInvalidOperation : object->error;
  if (object == nullptr || object->handle == nullptr) return nullptr;
  return start_granule_call(api_, object->type, object->handle, call, kind);
}

}  // namespace

int execute(Ring& ring, const int32_t* words, uint32_t count) {
  return Execution(ring, words, count).run();
}

}  // namespace fdbkit::ring
