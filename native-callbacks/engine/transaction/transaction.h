#pragma once

// An FDBTransaction: pending writes, conflict ranges, options and the state of its commit. Each
// call of the C API becomes one task on the network thread and ends up in one method here, in the
// order of the calls.
//
// A transaction whose reset_error_ is set (cancelled, timed out, used during its commit, or given
// up by on_error) answers everything with that error until it is reset.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/cluster/watch_registry.h"
#include "engine/data/steps/stepwise.h"
#include "engine/data/values/range_set.h"
#include "engine/data/view/ryw_view.h"
#include "engine/data/view/write_map.h"
#include "engine/database/database.h"
#include "engine/future/future.h"
#include "engine/options/option_table.h"
#include "engine/transaction/retry_policy.h"
#include "engine/transaction/tenant_writes.h"
#include "engine/transaction/transaction_options.h"

namespace fdbkit::engine {

// What is asked about the blob granules of a range: which there are, or what is in them.
enum class GranuleRead { kRanges, kSummary, kFiles };

class Transaction;
using TransactionRef = Ref<Transaction>;

// What a read is beside what it asks for. The metadata version is the cluster's, whatever becomes
// of the transaction's tenant. A watch that could not read its value has failed, and the commit
// only where trying again helps.
enum class ReadKind { kPlain, kOfCluster, kOfWatch };

// What a conflict range and a mutation count beside their bytes, in sizes as the real client
// reports them.
inline constexpr int64_t kRangeBytes = 24;
inline constexpr int64_t kMutationBytes = 44;

class Transaction {
 public:
  // Any thread: the handle exists at once, start() follows on the network thread.
  Transaction() = default;
  static Transaction* of(FDBTransaction* handle) { return reinterpret_cast<Transaction*>(handle); }
  FDBTransaction* handle() { return reinterpret_cast<FDBTransaction*>(this); }

  // Any thread, by contract after the commit's future was ready.
  Version committed_version() const { return committed_version_.load(std::memory_order_relaxed); }

  // All below: network thread.
  // `tenant`: whose keys these are; nullptr: the cluster's own.
  void start(Database& database, TenantTargetRef tenant);
  // The client is done with the handle: what is pending fails with 1025.
  void close();
  void add_reference() { ++references_; }
  void drop_reference() {
    if (--references_ == 0) delete this;
  }

  void set_option(int option, const OptionValue& value);
  void set_read_version(Version version);
  void get_read_version(FutureRef future);

  void get(FutureRef future, std::string key, bool snapshot);
  void get_key(FutureRef future, data::KeySelector selector, bool snapshot);
  void get_range(FutureRef future, data::RangeRequest range);
  void get_mapped_range(FutureRef future, data::RangeRequest range, std::string mapper);
  void get_addresses_for_key(FutureRef future, std::string key);
  void get_estimated_range_size(FutureRef future, std::string begin, std::string end);
  void get_range_split_points(FutureRef future, std::string begin, std::string end,
                              int64_t chunk_size);
  void read_granules(FutureRef future, data::KeyRange range, GranuleRead read);

  void set(std::string key, std::string value);
  void clear(std::string key);
  void clear_range(std::string begin, std::string end);
  void atomic_op(std::string key, std::string operand, int type);
  void add_conflict_range(std::string begin, std::string end, bool write);

  void watch(FutureRef future, std::string key);
  void commit(FutureRef future);
  void get_versionstamp(FutureRef future);
  void get_approximate_size(FutureRef future);
  void get_total_cost(FutureRef future);
  void get_tag_throttled_duration(FutureRef future);
  void on_error(FutureRef future, ErrorCode code);
  void reset();
  void cancel();

  // For the special key space.
  const Database& database() const { return *database_; }
  const TransactionOptions& options() const { return options_; }
  bool in_tenant() const { return tenant_ != nullptr; }
  bool api_at_least(int version) const { return database_->api_version() >= version; }
  std::vector<data::KeyRange> read_conflict_ranges() const;
  std::vector<data::KeyRange> write_conflict_ranges() const;
  // Nothing: the last commit reported no conflicting keys.
  const std::optional<data::RangeSet>& conflicting_keys() const { return conflicting_keys_; }
  const std::string& special_key_error() const { return special_key_error_; }
  // What went wrong last.
  void note_special_problem(std::string message) { special_key_error_ = std::move(message); }
  // The same, of a write: the commit will fail with 2117.
  void refuse_special_write(std::string message) {
    note_special_problem(std::move(message));
    special_write_refused_ = true;
  }
  // What the transaction is called in traces.
  struct Span {
    std::string identifier;
    uint64_t token;
  };
  Span& span();
  uint64_t draw() { return database_->environment().random.next(); }
  // Whether anything was written, or added to the conflict ranges.
  bool has_size() const { return approximate_size_ > 0; }
  ErrorCode reset_error() const { return reset_error_; }
  // What fails a look at the conflicts of its reads.
  ErrorCode reading_error() const {
    return reset_error_ != Error::kSuccess ? reset_error_ : failed_read_;
  }
  TenantWrites& tenant_writes() { return tenant_writes_; }
  // The tenants that its reads see, of which it reads a range of names. Only within read_at().
  const Tenants::ByName& read_tenants(data::KeyRange names) {
    tenants_read_.push_back(std::move(names));
    return database_->cluster().tenants().entries(read_version_);
  }
  using Read = std::function<void(const FutureRef&)>;
  // Reads once there is a read version; nothing else does it for a special key. Not in a
  // transaction that has ended.
  void read_at_version(const FutureRef& future, Read read) {
    if (reset_error_ != Error::kSuccess) {
      future->send_error(reset_error_);
    } else {
      with_read_version(future, std::move(read));
    }
  }

 private:
  using FutureList = std::vector<FutureRef>;

  ~Transaction();

  // transaction.cc: life cycle.
  ErrorCode deferred_error() const;
  // Fails the future with the error that a call before this one left. False: there is none.
  bool failed_earlier(const FutureRef& future) const;
  bool used_during_commit();
  void take_answer_back(ErrorCode code);
  bool refused(const FutureRef& future);
  ErrorCode apply_option(int option, const OptionValue& value);
  void apply_persistent_options();
  void arm_timeout();
  void fail_all(ErrorCode code);
  void end(ErrorCode code);
  void reset_read_your_writes();
  void reset_native();
  void finish_retry(const FutureRef& future, uint64_t generation);
  void give_up();

  // Runs `read` now, or when the loop reaches a read version that lies ahead, or fails the future.
  template <class Read>
  void with_read_version(const FutureRef& future, Read read, ReadKind kind = ReadKind::kPlain) {
    if (wire() != nullptr) return send_read(future, std::move(read), kind);
    bool wait = false;
    if (ErrorCode code = prepare_read(wait, kind)) {
      fail_read(future, code, kind);
    } else if (wait) {
      wait_for_version(future, read, kind);
    } else if (sees_tenant(future, kind)) {
      const double delay = database_->faults().read_delay();
      if (delay == 0) return read(future);
      FutureRef early = FutureRef::adopt(Future::create_inner());
      read(early);
      // A watch reads, and is not answered by it.
      if (early->is_ready()) answer_late(future, std::move(early), delay);
    }
  }
  // Whether the transaction's tenant is there at the read version; else the read fails with 2131.
  bool sees_tenant(const FutureRef& future, ReadKind kind);
  ErrorCode prepare_read(bool& wait, ReadKind kind);
  ErrorCode ensure_read_version();
  void wait_for_version(const FutureRef& future, Read read, ReadKind kind);
  void end_wait();
  void answer_late(const FutureRef& future, FutureRef early, double delay);

  // wire.cc: the same when messages take time.
  Wire* wire() const { return database_->environment().wire; }
  void note_read(data::Bytes key) const {
    if (wire() != nullptr) wire()->note(key);
  }
  void with_version(std::function<void(ErrorCode)> then);
  void version_arrived(uint64_t round, ErrorCode code, Version version);
  void forget_version();
  void send_read(const FutureRef& future, Read read, ReadKind kind);
  void read_arrived(const FutureRef& future, const Read& read,
                    const std::shared_ptr<const data::WriteMap>& writes, ReadKind kind);
  // The writes as they are now, for reads that are answered after later writes.
  std::shared_ptr<const data::WriteMap> writes_so_far();
  void transmit_commit(const FutureRef& future, CommitRequest request);
  void commit_reached_cluster(const FutureRef& future, CommitRequest request, CommitFate fate,
                              uint64_t era, uint64_t generation);
  void commit_answered(const FutureRef& future, const CommitRequest& request, CommitReply reply,
                       ErrorCode instead, uint64_t generation);
  ErrorCode outcome_of_lost(const CommitRequest& request, ErrorCode decided);
  void transmit_watch(const WatchRef& watch, Version version);

  // Whether its tenant, if it has one, was ever found.
  bool tenant_exists() const {
    return tenant_ == nullptr || database_->cluster().tenants().resolve(*tenant_);
  }
  bool finds_tenant(ReadKind kind) const { return kind == ReadKind::kOfCluster || tenant_exists(); }
  // The data that this transaction is about; nullptr when its tenant does not exist.
  KeySpace* space() const { return database_->cluster().space(tenant_.get()); }
  KeySpace* space_of(data::Bytes key) const {
    return database_->cluster().space_of(tenant_.get(), key);
  }
  // The same, as its reads see it.
  const KeySpace* space_read() const {
    return database_->cluster().space_at(tenant_.get(), read_version_);
  }

  // reads.cc
  data::Bytes max_read_key() const;
  data::ReadContext read_context(bool snapshot) const {
    return read_context(snapshot, space_read());
  }
  data::ReadContext read_context(bool snapshot, const KeySpace* space) const;
  // What a read of one key looks at, which need not be in the tenant.
  data::ReadContext key_context(bool snapshot, data::Bytes key) const {
    return read_context(snapshot, key == kMetadataVersionKey ? space_of(key) : space_read());
  }
  void add_read_conflicts(const std::vector<data::KeyRange>& ranges);
  // What every range read begins with, before and after a look at the special keys. True: the
  // future has its answer.
  bool failed_range(const FutureRef& future, data::RangeRequest& range) const;
  bool answered_range(const FutureRef& future, data::RangeRequest& range,
                      ArrayResult::Element element);
  bool is_special_read(const data::RangeRequest& range) const;
  // Whether the transaction's own writes alone say what a get answers.
  bool decided_by_writes(data::Bytes key, bool snapshot) const;
  // Whether a read of the database has to wait or would fail: what can be answered without it is.
  bool offline() const;
  void send_key(const FutureRef& future, data::GetKeyResult result, bool snapshot);
  void send_range(const FutureRef& future, const data::RangeResult& result, bool snapshot);
  void answer_get(const FutureRef& reply, const std::string& key, bool snapshot);
  void count_read(std::size_t bytes);
  // A write costs once it is among the mutations of the commit.
  void count_write(const data::Mutation& mutation);
  // A commit fails with the error of the first read that failed.
  void fail_read(const FutureRef& future, ErrorCode code, ReadKind kind = ReadKind::kPlain);

  // writes.cc
  data::Bytes max_write_key() const;
  bool take_conflict_option();
  // Skips the write after an earlier error, and keeps its own error for the next call that can
  // return one.
  template <class Write>
  void run_write(Write write) {
    if (deferred_error_ != Error::kSuccess) return;
    writes_copy_.reset();
    std::size_t before = direct_mutations_.size();
    deferred_error_ = write();
    if (!options_.read_your_writes_disabled) return;
    for (std::size_t i = before; i < direct_mutations_.size(); i++) {
      count_write(direct_mutations_[i]);
    }
  }
  ErrorCode do_set(std::string& key, std::string& value);
  ErrorCode do_clear(std::string& key);
  ErrorCode do_clear_range(std::string& begin, std::string& end);
  ErrorCode do_atomic_op(std::string& key, std::string& operand, int code);
  ErrorCode do_add_conflict_range(std::string& begin, std::string& end, bool write);
  void add_versionstamped_key(std::string param, std::string operand);
  void trigger_watches(data::Bytes begin, data::Bytes end, const std::optional<std::string>& value,
                       bool value_known);

  // commit.cc
  void send_commit(const FutureRef& future);
  CommitRequest build_request();
  ErrorCode check_request(const CommitRequest& request);
  int64_t size_of(const CommitRequest& request) const;
  void finish_commit(const FutureRef& future, const CommitRequest& request,
                     const CommitReply& reply);
  void commit_succeeded(const FutureRef& future, const CommitReply& reply);
  void commit_failed(const FutureRef& future, ErrorCode code);
  void settle_versionstamps(ErrorCode code, const std::string& stamp);
  void note_answer(const FutureRef& future);
  static void place_watch(const WatchRef& watch, Version version, KeySpace* space);
  void activate_watches(Version version);
  void cancel_watches(ErrorCode code);
  void set_conflicting_keys(const CommitRequest& request, const CommitReply& reply);

  int references_ = 1;
  Database* database_ = nullptr;
  TenantTargetRef tenant_;
  TransactionOptions options_;
  PersistentOptions persistent_options_;
  RetryPolicy retry_policy_;
  int64_t retries_ = 0;
  double creation_time_ = 0;
  Loop::TimerId timeout_timer_ = Loop::kNoTimer;
  Loop::TimerId retry_timer_ = Loop::kNoTimer;

  ErrorCode deferred_error_ = Error::kSuccess;
  ErrorCode reset_error_ = Error::kSuccess;
  bool commit_started_ = false;
  uint64_t generation_ =
      0;  // grows with each reset: answers that come later are not for this round

  Version read_version_ = kNoVersion;
  // With a wire: who waits for the read version, and which request for one counts.
  std::vector<std::function<void(ErrorCode)>> version_waiters_;
  uint64_t version_round_ = 0;
  std::atomic<Version> committed_version_{kNoVersion};
  bool any_read_ = false;  // of its data: special keys and mapped ranges do not count

  data::WriteMap writes_;
  // With a wire: what the read that is being answered sees, and the newest copy for reads to come.
  const data::WriteMap* seen_writes_ = nullptr;
  std::shared_ptr<const data::WriteMap> writes_copy_;
  // How many versions that read lies behind its transaction: 0, but for a flaw.
  Version stale_by_ = 0;
  data::RangeSet read_conflicts_;        // of reads
  data::RangeSet added_read_conflicts_;  // that the caller asked for
  data::KnownKeys known_{&read_conflicts_, {}};
  // Sent before what the write map holds: with read-your-writes off everything, else what
  // versionstamped keys pushed out of the map.
  std::vector<data::Mutation> direct_mutations_;
  std::vector<data::KeyRange> direct_write_conflicts_;
  std::vector<data::KeyRange> direct_read_conflicts_;
  std::vector<std::string> versionstamped_keys_;
  int64_t approximate_size_ = 0;
  int64_t total_cost_ = 0;

  std::map<std::string, std::vector<WatchRef>, std::less<>> watches_by_key_;
  std::vector<WatchRef> watches_;

  FutureList pending_;  // futures that fail when the transaction is reset, cancelled or times out
  FutureList versionstamps_;
  int waiting_reads_ = 0;  // a commit waits for them
  ErrorCode failed_read_ = Error::kSuccess;
  FutureRef waiting_commit_;
  // What the cluster's answer settled, and as of when: see take_answer_back().
  FutureRef answered_commit_;
  FutureList answered_stamps_;
  Version answered_at_ = kNoVersion;
  std::optional<data::RangeSet> conflicting_keys_;
  std::string special_key_error_;
  bool special_write_refused_ = false;
  std::optional<Span> span_;
  TenantWrites tenant_writes_;
  std::vector<data::KeyRange> tenants_read_;
};

}  // namespace fdbkit::engine
