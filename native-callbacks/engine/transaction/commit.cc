#include <algorithm>

#include "engine/data/values/atomic_ops.h"
#include "engine/transaction/key_limits.h"
#include "engine/transaction/transaction.h"

namespace fdbkit::engine {

void Transaction::watch(FutureRef future, std::string key) {
  if (failed_earlier(future)) return;
  if (refused(future)) return;
  ErrorCode code = Error::kSuccess;
  if (options_.read_your_writes_disabled) {
    code = Error::kWatchesDisabled;
  } else if (key >= data::kSystemKeysEnd || (key >= max_read_key() && key != kMetadataVersionKey)) {
    code = Error::kKeyOutsideLegalRange;
  } else if (key.size() > longest_write_key(key, options_.raw_access)) {
    code = Error::kKeyTooLarge;
  }
  if (code != Error::kSuccess) {
    future->send_error(code);
    return;
  }
  auto watch = std::make_shared<Watch>(*database_, key, future);
  future->on_cancel([weak = std::weak_ptr<Watch>(watch)] {
    if (WatchRef held = weak.lock()) held->finish(Error::kOperationCancelled);
  });
  watches_by_key_[key].push_back(watch);
  any_read_ = true;
  auto read = [this, watch](const FutureRef&) {
    if (watch->done()) return;
    data::GetResult result;
    data::read_value(key_context(false, watch->key()), watch->key(), result);
    add_read_conflicts(result.conflicts);
    if (result.error != data::kOk) {
      watch->finish(result.error);
      return;
    }
    watch->value_known = true;
    if (result.value) watch->value = *result.value;
    if (watch->set_known && watch->set_value != watch->value) {
      watch->finish(Error::kSuccess);
    } else if (!watch->register_with_owner()) {
      watch->finish(Error::kTooManyWatches);
    } else {
      watches_.push_back(watch);
    }
  };
  with_read_version(future, std::move(read), ReadKind::kOfWatch);
}

void Transaction::place_watch(const WatchRef& watch, Version version, KeySpace* space) {
  // The tenant went before the watch came.
  if (space == nullptr) return watch->finish(Error::kTenantNotFound);
  space->watches.add(watch);
  // Another commit may have changed the key between the read and now.
  space->watches.check_key(watch->key(), space->store, std::max(version, space->store.latest()));
}

void Transaction::activate_watches(Version version) {
  for (WatchRef& watch : std::exchange(watches_, {})) {
    if (watch->done()) continue;
    if (wire() != nullptr) {
      transmit_watch(watch, version);
      continue;
    }
    place_watch(watch, version, space_of(watch->key()));
  }
  watches_by_key_.clear();
}

void Transaction::cancel_watches(ErrorCode code) {
  for (WatchRef& watch : std::exchange(watches_, {})) watch->finish(code);
}

void Transaction::commit(FutureRef future) {
  if (failed_earlier(future)) return;
  if (refused(future)) return;
  commit_started_ = true;
  if (std::string problem = tenant_writes_.problem(); !problem.empty()) {
    refuse_special_write(std::move(problem));
    // The real client has begun to read by then.
    if (wire() == nullptr) ensure_read_version();
  }
  if (special_write_refused_) {
    future->send_error(Error::kSpecialKeysApiFailure);
    return;
  }
  pending_.push_back(future);
  if (waiting_reads_ > 0) {
    waiting_commit_ = future;
  } else {
    send_commit(future);
  }
}

CommitRequest Transaction::build_request() {
  CommitRequest request;
  if (options_.read_your_writes_disabled) {
    // Kept here too: the special keys show the conflict ranges after the commit.
    request.mutations = std::move(direct_mutations_);
    request.write_conflicts = direct_write_conflicts_;
    request.read_conflicts = direct_read_conflicts_;
  } else {
    request.mutations = std::move(direct_mutations_);
    request.write_conflicts = std::move(direct_write_conflicts_);
    direct_write_conflicts_.clear();
    writes_.emit(request.mutations, request.write_conflicts);
    for (const data::Mutation& mutation : request.mutations) count_write(mutation);
    request.read_conflicts = read_conflict_ranges();
  }
  direct_mutations_.clear();
  request.self_conflicting = !options_.causal_write_risky;
  request.report_conflicting_keys = options_.report_conflicting_keys;
  request.lock_aware = options_.lock_aware;
  request.idempotent = options_.idempotent;
  if (tenant_ != nullptr) {
    database_->cluster().tenants().resolve(*tenant_);
    request.tenant = tenant_->id;
  }
  request.tenant_changes = tenant_writes_.take();
  request.tenants_read = tenants_read_;
  return request;
}

int64_t Transaction::size_of(const CommitRequest& request) const {
  int64_t size = 0;
  for (const data::Mutation& mutation : request.mutations) {
    size += kMutationBytes + static_cast<int64_t>(mutation.param1.size() + mutation.param2.size());
  }
  for (const auto* ranges : {&request.read_conflicts, &request.write_conflicts}) {
    for (const data::KeyRange& range : *ranges) {
      size += kRangeBytes + static_cast<int64_t>(range.begin.size() + range.end.size());
    }
  }
  return size;
}

ErrorCode Transaction::check_request(const CommitRequest& request) {
  if (options_.read_only) return Error::kTransactionReadOnly;
  if (size_of(request) > options_.size_limit) return Error::kTransactionTooLarge;
  if (space() == nullptr) return Error::kTenantNotFound;
  if (ErrorCode code = database_->faults().of_commit(request.has_reads())) return code;
  return wire() != nullptr ? ErrorCode{Error::kSuccess} : ensure_read_version();
}

void Transaction::send_commit(const FutureRef& future) {
  if (failed_read_ != Error::kSuccess) {
    // As in the real client, watches and versionstamps go on waiting, for a reset.
    std::erase_if(pending_, [&](const FutureRef& each) { return &*each == &*future; });
    FutureRef(future)->send_error(failed_read_);
    return;
  }
  CommitRequest request = build_request();
  if (request.mutations.empty() && request.write_conflicts.empty() &&
      request.tenant_changes.empty()) {
    return commit_succeeded(FutureRef(future), {});
  }
  if (ErrorCode code = check_request(request)) {
    commit_failed(future, code);
    return;
  }
  if (wire() != nullptr) return transmit_commit(future, std::move(request));
  request.read_version = read_version_;
  database_->cluster().pipeline().submit(
      std::move(request), [self = TransactionRef(*this), future, generation = generation_](
                              const CommitRequest& sent, const CommitReply& reply) {
        if (self->generation_ == generation) self->finish_commit(future, sent, reply);
      });
}

// With a wire the calls that end a commit take their time, too.
void Transaction::note_answer(const FutureRef& future) {
  if (wire() != nullptr) return;
  answered_commit_ = future;
  answered_stamps_ = versionstamps_;
  answered_at_ = database_->cluster().latest_version();
}

void Transaction::finish_commit(const FutureRef& future, const CommitRequest& request,
                                const CommitReply& reply) {
  note_answer(future);
  if (reply.error == Error::kSuccess) {
    Faults& faults = database_->faults();
    if (faults.loses_answer()) {
      commit_failed(future, Error::kCommitUnknownResult);
    } else if (options_.timeout_ms > 0 && faults.loses_answer_to_timeout()) {
      fail_all(Error::kTransactionTimedOut);
    } else {
      commit_succeeded(future, reply);
    }
    return;
  }
  if (reply.error == Error::kNotCommitted) set_conflicting_keys(request, reply);
  commit_failed(future, reply.error);
}

// A reply without a version: nothing was written.
void Transaction::commit_succeeded(const FutureRef& future, const CommitReply& reply) {
  committed_version_.store(reply.version, std::memory_order_relaxed);
  if (reply.version == kNoVersion) {
    settle_versionstamps(Error::kNoCommitVersion, {});
    activate_watches(read_version_);
  } else {
    data::Versionstamp stamp = data::make_versionstamp(reply.version, reply.batch_index);
    settle_versionstamps(Error::kSuccess, std::string(stamp.data(), stamp.size()));
    activate_watches(reply.version);
  }
  if (!api_at_least(700)) reset_native();
  std::erase_if(pending_, [&](const FutureRef& each) { return &*each == &*future; });
  future->send(Nothing{});
}

void Transaction::commit_failed(const FutureRef& future, ErrorCode code) {
  cancel_watches(code);
  settle_versionstamps(Error::kTransactionInvalidVersion, {});
  if (!api_at_least(700)) reset_native();
  std::erase_if(pending_, [&](const FutureRef& each) { return &*each == &*future; });
  future->send_error(code);
}

void Transaction::set_conflicting_keys(const CommitRequest& request, const CommitReply& reply) {
  conflicting_keys_.reset();
  if (!options_.report_conflicting_keys) return;
  conflicting_keys_.emplace();
  for (std::size_t index : reply.conflicting) {
    const data::KeyRange& range = request.read_conflicts[index];
    conflicting_keys_->add(range.begin, range.end);
  }
}

void Transaction::get_versionstamp(FutureRef future) {
  if (failed_earlier(future)) return;
  if (!refused(future)) versionstamps_.push_back(std::move(future));
}

void Transaction::settle_versionstamps(ErrorCode code, const std::string& stamp) {
  for (const FutureRef& future : std::exchange(versionstamps_, {})) {
    if (code == Error::kSuccess) {
      future->send(stamp);
    } else {
      future->send_error(code);
    }
  }
}

void Transaction::get_approximate_size(FutureRef future) {
  if (failed_earlier(future)) return;
  future->send(int64_t{approximate_size_});
}

void Transaction::get_total_cost(FutureRef future) {
  if (failed_earlier(future)) return;
  future->send(int64_t{total_cost_});
}

void Transaction::get_tag_throttled_duration(FutureRef future) {
  if (failed_earlier(future)) return;
  future->send(0.0);
}

std::vector<data::KeyRange> Transaction::read_conflict_ranges() const {
  if (options_.read_your_writes_disabled) return direct_read_conflicts_;
  if (added_read_conflicts_.empty()) return read_conflicts_.ranges();
  data::RangeSet all = read_conflicts_;
  for (const data::KeyRange& range : added_read_conflicts_.ranges())
    all.add(range.begin, range.end);
  return all.ranges();
}

std::vector<data::KeyRange> Transaction::write_conflict_ranges() const {
  std::vector<data::KeyRange> ranges = direct_write_conflicts_;
  std::vector<data::Mutation> ignored;
  writes_.emit(ignored, ranges);
  std::optional<Version> known;
  if (read_version_ != kNoVersion) known = read_version_;
  for (const std::string& param : versionstamped_keys_) {
    ranges.push_back(data::versionstamp_key_range(param, known, max_read_key()));
  }
  return ranges;
}

}  // namespace fdbkit::engine
