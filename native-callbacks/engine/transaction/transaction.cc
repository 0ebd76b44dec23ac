#include "engine/transaction/transaction.h"

#include <algorithm>
#include <cstdio>

#include "fdb_c_options.h"

namespace fdbkit::engine {

namespace {
// A storage server answers a read of a later version only if it reaches that version this soon.
constexpr double kFutureVersionWait = 1.0;
// A cluster takes about this long for a commit, in versions.
constexpr Version kCommitVersions = kVersionsPerSecond / 200;
}  // namespace

Transaction::~Transaction() { database_->drop_reference(); }

void Transaction::start(Database& database, TenantTargetRef tenant) {
  database_ = &database;
  database_->add_reference();
  tenant_ = std::move(tenant);
  creation_time_ = database_->environment().loop.now();
  persistent_options_ = database_->transaction_defaults();
  options_.snapshot_ryw_enabled = database_->snapshot_ryw_enabled();
  options_.include_port = api_at_least(630);
  apply_persistent_options();
}

void Transaction::close() {
  Loop& loop = database_->environment().loop;
  take_answer_back(Error::kTransactionCancelled);
  fail_all(Error::kTransactionCancelled);
  loop.cancel(timeout_timer_);
  loop.cancel(retry_timer_);
  ++generation_;
  forget_version();
  cancel_watches(Error::kTransactionCancelled);
  drop_reference();
}

ErrorCode Transaction::deferred_error() const {
  ErrorCode code = database_->deferred_error();
  return code != Error::kSuccess ? code : deferred_error_;
}

bool Transaction::failed_earlier(const FutureRef& future) const {
  ErrorCode code = deferred_error();
  if (code == Error::kSuccess) return false;
  future->send_error(code);
  return true;
}

bool Transaction::used_during_commit() {
  if (commit_started_ && !options_.used_during_commit_protection_disabled) {
    take_answer_back(Error::kUsedDuringCommit);
    fail_all(Error::kUsedDuringCommit);
  }
  return commit_started_;
}

// The engine answers a commit before a call that follows it at once arrives; a cluster takes
// longer, so there the call ends the commit. As long as nobody has seen the answer it can be taken
// back, and is, unless a fault lets the answer win: nothing then hangs on who is faster.
void Transaction::take_answer_back(ErrorCode code) {
  FutureRef commit = std::exchange(answered_commit_, {});
  FutureList stamps = std::exchange(answered_stamps_, {});
  if (!commit || reset_error_ != Error::kSuccess) return;
  if (database_->cluster().reached_version() > answered_at_ + kCommitVersions) return;
  // Nothing is drawn where it makes no difference: when this runs hangs on the caller's speed.
  if (commit->seen() || database_->faults().answer_wins()) return;
  // Who knows the versionstamp knows of the commit.
  if (std::any_of(stamps.begin(), stamps.end(), [](const FutureRef& each) { return each->seen(); }))
    return;
  if (!commit->retract(code)) return;
  committed_version_.store(kNoVersion, std::memory_order_relaxed);
  for (const FutureRef& each : stamps) each->retract(code);
}

// The checks that most calls begin with. True when the future was failed.
bool Transaction::refused(const FutureRef& future) {
  ErrorCode code =
      used_during_commit() ? static_cast<ErrorCode>(Error::kUsedDuringCommit) : reset_error_;
  if (code == Error::kSuccess) return false;
  future->send_error(code);
  return true;
}

void Transaction::set_option(int option, const OptionValue& value) {
  run_write([&] {
    if (ErrorCode code = apply_option(option, value)) return code;
    if (find_option(transaction_options(), option)->persistent)
      persistent_options_.emplace_back(option, value);
    return static_cast<ErrorCode>(Error::kSuccess);
  });
}

ErrorCode Transaction::apply_option(int option, const OptionValue& value) {
  switch (option) {
    case FDB_TR_OPTION_READ_YOUR_WRITES_DISABLE:
      if (ErrorCode code = require_no_value(value)) return code;
      if (any_read_ || !writes_.empty()) return Error::kClientInvalidOperation;
      options_.read_your_writes_disabled = true;
      return Error::kSuccess;
    case FDB_TR_OPTION_TIMEOUT:
      if (ErrorCode code = options_.apply(option, value)) return code;
      arm_timeout();
      return Error::kSuccess;
    case FDB_TR_OPTION_INITIALIZE_NEW_DATABASE:
      if (ErrorCode code = require_no_value(value)) return code;
      return read_version_ != kNoVersion || !version_waiters_.empty()
                 ? Error::kReadVersionAlreadySet
                 : Error::kSuccess;
    case FDB_TR_OPTION_USE_GRV_CACHE:
      // The cache belongs to the multi-version client's shared state, which the engine has none of.
      if (ErrorCode code = require_no_value(value)) return code;
      return api_at_least(720) ? Error::kInvalidOption : Error::kSuccess;
    case FDB_TR_OPTION_ACCESS_SYSTEM_KEYS:
    case FDB_TR_OPTION_READ_SYSTEM_KEYS:
    case FDB_TR_OPTION_RAW_ACCESS:
    case FDB_TR_OPTION_USE_PROVISIONAL_PROXIES:
      if (tenant_ != nullptr) return Error::kInvalidOption;
      return options_.apply(option, value);
    default:
      return options_.apply(option, value);
  }
}

void Transaction::apply_persistent_options() {
  // Only the last timeout counts, since setting one may end the transaction at once.
  const OptionValue* timeout = nullptr;
  for (const auto& [option, value] : persistent_options_) {
    if (option == FDB_TR_OPTION_TIMEOUT) {
      timeout = &value;
    } else if (ErrorCode code = apply_option(option, value)) {
      deferred_error_ = code;
    }
  }
  if (timeout == nullptr) return;
  if (ErrorCode code = apply_option(FDB_TR_OPTION_TIMEOUT, *timeout)) deferred_error_ = code;
}

void Transaction::arm_timeout() {
  Loop& loop = database_->environment().loop;
  loop.cancel(timeout_timer_);
  timeout_timer_ = Loop::kNoTimer;
  if (options_.timeout_ms == 0) return;
  double at = creation_time_ + static_cast<double>(options_.timeout_ms) / 1000.0;
  if (at <= loop.now()) {
    end(Error::kTransactionTimedOut);
    return;
  }
  timeout_timer_ = loop.schedule(at, [self = TransactionRef(*this)] {
    self->timeout_timer_ = Loop::kNoTimer;
    self->end(Error::kTransactionTimedOut);
  });
}

void Transaction::fail_all(ErrorCode code) {
  if (reset_error_ != Error::kSuccess) return;
  reset_error_ = code;
  FutureList failed = std::exchange(pending_, {});
  for (FutureRef& each : versionstamps_) failed.push_back(std::move(each));
  versionstamps_.clear();
  waiting_commit_ = {};
  for (const FutureRef& future : failed) future->send_error(code);
}

void Transaction::cancel() {
  take_answer_back(Error::kTransactionCancelled);
  end(Error::kTransactionCancelled);
}

// Ends the transaction from outside. Watches end with it, unless a commit that may make them active
// is under way.
void Transaction::end(ErrorCode code) {
  if (reset_error_ != Error::kSuccess) return;
  fail_all(code);
  if (!commit_started_) cancel_watches(code);
}

void Transaction::reset() {
  take_answer_back(Error::kTransactionCancelled);
  retries_ = 0;
  creation_time_ = database_->environment().loop.now();
  persistent_options_ = database_->transaction_defaults();
  retry_policy_.reset();
  span_.reset();
  reset_native();
  reset_read_your_writes();
}

// What a new attempt of the commit needs fresh: the read version and the watches that were not
// active yet.
void Transaction::reset_native() {
  forget_version();
  total_cost_ = 0;
  direct_mutations_.clear();
  direct_write_conflicts_.clear();
  direct_read_conflicts_.clear();
  cancel_watches(Error::kTransactionCancelled);
}

void Transaction::reset_read_your_writes() {
  Loop& loop = database_->environment().loop;
  loop.cancel(timeout_timer_);
  timeout_timer_ = Loop::kNoTimer;
  loop.cancel(retry_timer_);
  retry_timer_ = Loop::kNoTimer;
  fail_all(Error::kTransactionCancelled);
  ++generation_;
  reset_error_ = Error::kSuccess;
  deferred_error_ = Error::kSuccess;
  commit_started_ = false;
  any_read_ = false;
  waiting_reads_ = 0;
  failed_read_ = Error::kSuccess;
  writes_.reset();
  writes_copy_.reset();
  read_conflicts_.clear();
  added_read_conflicts_.clear();
  known_.own.clear();
  versionstamped_keys_.clear();
  watches_by_key_.clear();
  answered_commit_ = {};
  answered_stamps_.clear();
  special_key_error_.clear();
  special_write_refused_ = false;
  tenant_writes_ = {};
  tenants_read_.clear();
  approximate_size_ = 0;
  options_ = TransactionOptions();
  options_.snapshot_ryw_enabled = database_->snapshot_ryw_enabled();
  options_.include_port = api_at_least(630);
  apply_persistent_options();
}

Transaction::Span& Transaction::span() {
  if (!span_) {
    const unsigned long long first = draw();
    const unsigned long long second = draw();
    char identifier[33];
    std::snprintf(identifier, sizeof(identifier), "%016llx%016llx", first, second);
    span_ = Span{identifier, draw()};
  }
  return *span_;
}

void Transaction::on_error(FutureRef future, ErrorCode code) {
  if (reset_error_ != Error::kSuccess) {
    future->send_error(reset_error_);
    return;
  }
  bool limit_hit = options_.retry_limit != -1 && retries_ >= options_.retry_limit;
  ++retries_;
  if (code == Error::kSuccess) code = Error::kClientInvalidOperation;
  Environment& environment = database_->environment();
  std::optional<double> delay;
  if (!limit_hit) delay = retry_policy_.next_delay(code, options_.max_backoff, environment.random);
  if (!delay) {
    give_up();
    future->send_error(code);
    return;
  }
  reset_native();
  pending_.push_back(future);
  environment.loop.cancel(retry_timer_);
  retry_timer_ =
      environment.loop.schedule(environment.loop.now() + *delay,
                                [self = TransactionRef(*this), future, generation = generation_] {
                                  self->finish_retry(future, generation);
                                });
  future->on_cancel([self = TransactionRef(*this), generation = generation_] {
    if (self->generation_ == generation) self->give_up();
  });
}

void Transaction::finish_retry(const FutureRef& future, uint64_t generation) {
  if (generation != generation_ || reset_error_ != Error::kSuccess) return;
  retry_timer_ = Loop::kNoTimer;
  std::erase_if(pending_, [&](const FutureRef& each) { return &*each == &*future; });
  reset_read_your_writes();
  future->send(Nothing{});
}

// After an error that is not retried the transaction is dead until it is reset; before 610 it was
// reset at once.
void Transaction::give_up() {
  if (api_at_least(610)) {
    fail_all(Error::kTransactionCancelled);
  } else {
    reset_read_your_writes();
  }
}

void Transaction::set_read_version(Version version) {
  run_write([&]() -> ErrorCode {
    if (read_version_ != kNoVersion || !version_waiters_.empty())
      return Error::kReadVersionAlreadySet;
    if (version <= 0) return Error::kVersionInvalid;
    read_version_ = version;
    return Error::kSuccess;
  });
}

ErrorCode Transaction::ensure_read_version() {
  if (read_version_ != kNoVersion) return Error::kSuccess;
  if (ErrorCode code = database_->faults().of_read_version()) return code;
  Cluster& cluster = database_->cluster();
  if (cluster.locked() && !options_.lock_aware) return Error::kDatabaseLocked;
  read_version_ = cluster.read_version();
  return Error::kSuccess;
}

void Transaction::get_read_version(FutureRef future) {
  ErrorCode code = deferred_error();
  if (code == Error::kSuccess) code = reset_error_;
  if (code == Error::kSuccess && wire() != nullptr) {
    pending_.push_back(future);
    with_version([this, future](ErrorCode problem) {
      std::erase_if(pending_, [&](const FutureRef& each) { return &*each == &*future; });
      if (problem != Error::kSuccess) {
        future->send_error(problem);
      } else {
        future->send(int64_t{read_version_});
      }
    });
    return;
  }
  if (code == Error::kSuccess) code = ensure_read_version();
  if (code != Error::kSuccess) {
    future->send_error(code);
  } else {
    future->send(int64_t{read_version_});
  }
}

ErrorCode Transaction::prepare_read(bool& wait, ReadKind kind) {
  if (ErrorCode code = ensure_read_version()) return code;
  if (!finds_tenant(kind)) return Error::kTenantNotFound;
  if (ErrorCode code = database_->faults().of_read()) return code;
  Cluster& cluster = database_->cluster();
  if (read_version_ < cluster.oldest_version()) return Error::kTransactionTooOld;
  wait = read_version_ > cluster.reached_version();
  return Error::kSuccess;
}

void Transaction::wait_for_version(const FutureRef& future, Read read, ReadKind kind) {
  Loop& loop = database_->environment().loop;
  double distance = static_cast<double>(read_version_ - database_->cluster().reached_version()) /
                    kVersionsPerSecond;
  bool reachable = distance < kFutureVersionWait;
  ++waiting_reads_;
  pending_.push_back(future);
  loop.schedule(loop.now() + (reachable ? distance : kFutureVersionWait),
                [self = TransactionRef(*this), future, read = std::move(read), kind, reachable,
                 generation = generation_] {
                  if (self->generation_ != generation || self->reset_error_ != Error::kSuccess)
                    return;
                  std::erase_if(self->pending_,
                                [&](const FutureRef& each) { return &*each == &*future; });
                  if (!reachable) {
                    self->fail_read(future, Error::kFutureVersion, kind);
                  } else if (self->sees_tenant(future, kind)) {
                    read(future);
                  }
                  self->end_wait();
                });
}

// What is read is decided now, and told later: a write that is called in between is not in it.
void Transaction::answer_late(const FutureRef& future, FutureRef early, double delay) {
  Loop& loop = database_->environment().loop;
  ++waiting_reads_;
  pending_.push_back(future);
  loop.schedule(loop.now() + delay, [self = TransactionRef(*this), future, early = std::move(early),
                                     generation = generation_] {
    if (self->generation_ != generation || self->reset_error_ != Error::kSuccess) return;
    std::erase_if(self->pending_, [&](const FutureRef& each) { return &*each == &*future; });
    future->send_result_of(*early);
    self->end_wait();
  });
}

bool Transaction::sees_tenant(const FutureRef& future, ReadKind kind) {
  if (kind == ReadKind::kOfCluster || space_read() != nullptr) return true;
  fail_read(future, Error::kTenantNotFound, kind);
  return false;
}

void Transaction::fail_read(const FutureRef& future, ErrorCode code, ReadKind kind) {
  const bool fails_alone = kind == ReadKind::kOfWatch && !is_retryable_not_committed(code);
  if (failed_read_ == Error::kSuccess && !fails_alone) failed_read_ = code;
  future->send_error(code);
}

void Transaction::end_wait() {
  --waiting_reads_;
  if (waiting_reads_ != 0 || !waiting_commit_) return;
  FutureRef commit = std::exchange(waiting_commit_, {});
  send_commit(commit);
}

}  // namespace fdbkit::engine
