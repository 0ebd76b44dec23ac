// Read versions, reads, commits and watches of a simulation, where each is a message to the cluster
// and another one back (wire.h).
//
// A transaction may be reset, cancelled, timed out or closed while a message is under way. So what
// arrives looks first whether it is still waited for. A commit that was sent is decided all the
// same.

#include <algorithm>

#include "engine/transaction/transaction.h"

namespace fdbkit::engine {

void Transaction::forget_version() {
  read_version_ = kNoVersion;
  version_waiters_.clear();
  ++version_round_;
}

void Transaction::with_version(std::function<void(ErrorCode)> then) {
  if (read_version_ != kNoVersion) return then(Error::kSuccess);
  version_waiters_.push_back(std::move(then));
  if (version_waiters_.size() > 1) return;
  const int client = database_->client();
  wire()->to_cluster(client, Message::kReadVersion,
                     [self = TransactionRef(*this), client, round = version_round_,
                      lock_aware = options_.lock_aware, risky = options_.causal_read_risky] {
                       Wire& wire = *self->wire();
                       Cluster& cluster = self->database_->cluster();
                       ErrorCode code = wire.refusal(client, Message::kReadVersion);
                       if (code == Error::kSuccess && cluster.locked() && !lock_aware)
                         code = Error::kDatabaseLocked;
                       Version version = kNoVersion;
                       if (code == Error::kSuccess) {
                         version = cluster.read_version();
                         if (risky) {
                           version =
                               std::max(version - wire.staleness(client), cluster.oldest_version());
                         }
                         if (wire.broken(Flaw::kVersionStale)) {
                           version = std::max(version - kFlawVersions, cluster.oldest_version());
                         }
                       }
                       wire.to_client(client, Message::kReadVersion, [self, round, code, version] {
                         self->version_arrived(round, code, version);
                       });
                     });
}

void Transaction::version_arrived(uint64_t round, ErrorCode code, Version version) {
  if (round != version_round_ || reset_error_ != Error::kSuccess) return;
  if (code == Error::kSuccess) read_version_ = version;
  // A callback of one may reset the transaction, by a task: after the last of them.
  for (auto& waiter : std::exchange(version_waiters_, {})) waiter(code);
}

std::shared_ptr<const data::WriteMap> Transaction::writes_so_far() {
  if (writes_copy_ == nullptr) writes_copy_ = std::make_shared<const data::WriteMap>(writes_);
  return writes_copy_;
}

void Transaction::send_read(const FutureRef& future, Read read, ReadKind kind) {
  ++waiting_reads_;
  pending_.push_back(future);
  with_version([self = TransactionRef(*this), future, read = std::move(read), kind,
                writes = writes_so_far(), generation = generation_](ErrorCode code) {
    if (code != Error::kSuccess) {
      std::erase_if(self->pending_, [&](const FutureRef& each) { return &*each == &*future; });
      self->fail_read(future, code, kind);
      return self->end_wait();
    }
    // One event for the way there and back: a read of a version has the same answer at any time.
    self->wire()->to_client(
        self->database_->client(), Message::kRead,
        [self, future, read, kind, writes, generation, version = self->read_version_] {
          const bool awaited = self->generation_ == generation && self->read_version_ == version &&
                               self->reset_error_ == Error::kSuccess;
          if (awaited) self->read_arrived(future, read, writes, kind);
        });
  });
}

void Transaction::read_arrived(const FutureRef& future, const Read& read,
                               const std::shared_ptr<const data::WriteMap>& writes, ReadKind kind) {
  std::erase_if(pending_, [&](const FutureRef& each) { return &*each == &*future; });
  const auto answer = [this, read, writes](const FutureRef& reply) {
    seen_writes_ = writes.get();
    if (wire()->broken(Flaw::kReadStale)) stale_by_ = kFlawVersions;
    read(reply);
    stale_by_ = 0;
    seen_writes_ = nullptr;
  };
  Cluster& cluster = database_->cluster();
  ErrorCode code = finds_tenant(kind) ? wire()->refusal(database_->client(), Message::kRead)
                                      : ErrorCode{Error::kTenantNotFound};
  if (code == Error::kSuccess && read_version_ < cluster.oldest_version())
    code = Error::kTransactionTooOld;
  if (code != Error::kSuccess) {
    fail_read(future, code, kind);
  } else if (read_version_ > cluster.reached_version()) {
    wait_for_version(future, answer, kind);
  } else if (sees_tenant(future, kind)) {
    answer(future);
  }
  end_wait();
}

void Transaction::transmit_commit(const FutureRef& future, CommitRequest request) {
  for (const data::Mutation& mutation : request.mutations) {
    wire()->note(mutation.param1);
    wire()->note(mutation.param2);
  }
  with_version([self = TransactionRef(*this), future, generation = generation_,
                sent = std::make_shared<CommitRequest>(std::move(request))](ErrorCode code) {
    if (code != Error::kSuccess) return self->commit_failed(future, code);
    Wire& wire = *self->wire();
    const int client = self->database_->client();
    const CommitFate fate = wire.fate_of_commit(client);
    sent->read_version = self->read_version_;
    wire.to_cluster(client, Message::kCommit,
                    [self, future, sent, fate, generation, era = wire.era()] {
                      self->commit_reached_cluster(future, std::move(*sent), fate, era, generation);
                    });
  });
}

// A commit that was sent before a recovery and arrives after it finds nobody. It is not decided
// later either: the real client makes sure of that before it tells of an unknown result.
void Transaction::commit_reached_cluster(const FutureRef& future, CommitRequest request,
                                         CommitFate fate, uint64_t era, uint64_t generation) {
  if (wire()->era() != era) fate = {Error::kCommitUnknownResult, false};
  if (!fate.arrives) {
    CommitReply reply;
    reply.error = fate.error;
    return commit_answered(future, request, std::move(reply), fate.error, generation);
  }
  database_->cluster().pipeline().submit(
      std::move(request), [self = TransactionRef(*this), future, fate, era, generation](
                              const CommitRequest& sent, const CommitReply& reply) {
        // A recovery meanwhile may have let the decision be, and the answer be lost.
        const bool lost = self->wire()->era() != era;
        const ErrorCode instead = lost ? ErrorCode{Error::kCommitUnknownResult} : fate.error;
        self->commit_answered(future, sent, reply, instead, generation);
      });
}

void Transaction::commit_answered(const FutureRef& future, const CommitRequest& request,
                                  CommitReply reply, ErrorCode instead, uint64_t generation) {
  const ErrorCode decided = reply.error;
  if (instead != Error::kSuccess) reply.error = instead;
  auto sent = std::make_shared<CommitRequest>(request);
  const uint64_t era = wire()->era();
  wire()->to_client(
      database_->client(), Message::kCommit,
      [self = TransactionRef(*this), future, sent, reply, decided, era, generation]() mutable {
        if (self->wire()->era() != era) reply.error = Error::kCommitUnknownResult;
        if (reply.error == Error::kCommitUnknownResult) {
          reply.error = self->outcome_of_lost(*sent, decided);
        }
        if (self->generation_ == generation && self->reset_error_ == Error::kSuccess) {
          self->finish_commit(future, *sent, reply);
        }
      });
}

// Of a commit whose answer is lost. By an idempotency id the real client finds out whether it was
// applied, and tells 1007 otherwise.
ErrorCode Transaction::outcome_of_lost(const CommitRequest& request, ErrorCode decided) {
  const bool applied = decided == Error::kSuccess;
  if (request.idempotent && !wire()->broken(Flaw::kIdForgotten))
    return applied ? Error::kSuccess : Error::kTransactionTooOld;
  wire()->outcome_unknown(database_->client(), applied);
  return Error::kCommitUnknownResult;
}

void Transaction::transmit_watch(const WatchRef& watch, Version version) {
  Wire& wire = *this->wire();
  const int client = database_->client();
  const double idle = wire.idle_firing(client);
  if (idle >= 0) {
    Loop& loop = database_->environment().loop;
    loop.schedule(loop.now() + idle, [watch] {
      if (!watch->done()) watch->fire();
    });
  }
  database_->add_reference();
  wire.to_cluster(
      client, Message::kWatch, [watch, version, database = database_, tenant = tenant_] {
        if (!watch->done())
          place_watch(watch, version, database->cluster().space_of(tenant.get(), watch->key()));
        database->drop_reference();
      });
}

}  // namespace fdbkit::engine
