#pragma once

// The way between clients and the cluster, where it takes time and fails. The engine itself has
// none: it answers when a task runs. A simulation brings one, and then every read version, read,
// commit and watch travels by it (transaction/wire.cc).
//
// Loop thread only. An action that is handed over runs once, later, in an event of its own.

#include <cstdint>
#include <functional>
#include <string_view>

#include "engine/ground/errors.h"

namespace fdbkit::engine {

enum class Message { kReadVersion, kRead, kCommit, kWatch };

// What becomes of a commit that is about to be sent.
struct CommitFate {
  // What the client is told in place of the answer; 0: the answer.
  ErrorCode error = Error::kSuccess;
  // Whether the cluster gets to decide it all the same.
  bool arrives = true;
};

// What a cluster does that breaks its promises: only where a test asks for it, to see that it is
// noticed.
enum class Flaw {
  kConflictMissed,   // a commit is applied although a range that it had read was written
  kCommitTwice,      // applied, and then once more
  kCommitForgotten,  // acknowledged, and not applied
  kCommitTorn,       // its first mutation is left out
  kRefusedApplied,   // 1020, and applied
  kReadStale,        // a read of an earlier version than the transaction's
  kVersionStale,     // a read version from before commits that were acknowledged
  kStampStale,       // it is stamped as if it had been applied before others that are
  kCommitInvented,   // beside it another one is applied that nobody has sent
  kIdForgotten,      // 1021 in spite of an idempotency id, whether it is applied or not
  kCount,
};

class Wire {
 public:
  using Action = std::function<void()>;

  virtual ~Wire() = default;

  // Later messages may arrive earlier.
  virtual void to_cluster(int client, Message message, Action arrive) = 0;
  virtual void to_client(int client, Message message, Action arrive) = 0;

  // The error that the cluster answers with instead of doing what it was asked; 0: it does.
  virtual ErrorCode refusal(int client, Message message) = 0;
  virtual CommitFate fate_of_commit(int client) = 0;
  // Told whenever a client doesn't learn what became of its commit.
  virtual void outcome_unknown(int client, bool applied) = 0;
  // Grows with each recovery of the cluster: a commit that is under way then gets no answer.
  virtual uint64_t era() const = 0;

  // Seconds that the cluster gathers commits for, before it decides them as one batch.
  virtual double batch_window() = 0;
  // How many versions old a read version may be that was asked for as risky.
  virtual int64_t staleness(int client) = 0;
  // After how many seconds a watch that became active fires for no reason; below 0: it does not.
  virtual double idle_firing(int client) = 0;

  // Whether to do wrong now.
  virtual bool broken(Flaw) { return false; }

  // What a client asks and commits, so that two runs can be compared.
  virtual void note(std::string_view bytes) = 0;
};

}  // namespace fdbkit::engine
