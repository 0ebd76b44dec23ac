#pragma once

// Watches that are active on a cluster. A watch fires when the value of its key, after some commit,
// differs from the value that its transaction left there.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/store/versioned_store.h"
#include "engine/data/values/bytes.h"
#include "engine/future/future.h"
#include "engine/ground/ref.h"

namespace fdbkit::engine {

class WatchRegistry;

// Whose a watch is: there it is counted, and there the client hears of the change. A watch holds a
// reference.
class WatchOwner {
 public:
  // False when there are too many.
  virtual bool count_watch() = 0;
  virtual void uncount_watch() = 0;
  // Runs `heard` when the client hears of a change: at once, or when a message has arrived.
  virtual void tell_of_change(std::function<void()> heard) = 0;
  virtual void add_reference() = 0;
  virtual void drop_reference() = 0;

 protected:
  ~WatchOwner() = default;
};

// One watch, from the call to its end. It counts against the limit of its owner once it is
// registered.
class Watch : public std::enable_shared_from_this<Watch> {
 public:
  Watch(WatchOwner& owner, std::string key, FutureRef future);
  ~Watch();

  const std::string& key() const { return key_; }
  bool done() const { return done_; }
  // Begins to count. False when the owner has too many.
  bool register_with_owner();
  // Its key has changed: it ends with success once the client hears of that.
  void fire();
  // Ends the watch: with success (0), or an error.
  void finish(ErrorCode code);
  // Set while a registry holds the watch; a watch that ends for another reason leaves the registry
  // itself.
  WatchRegistry* registry = nullptr;

  // What the transaction read, and what it wrote itself after that. See
  // Transaction::trigger_watches.
  bool value_known = false;
  std::optional<std::string> value;
  bool set_known = false;
  std::optional<std::string> set_value;

 private:
  Ref<WatchOwner> owner_;
  std::string key_;
  FutureRef future_;
  bool counted_ = false;
  bool done_ = false;
};

using WatchRef = std::shared_ptr<Watch>;

class WatchRegistry {
 public:
  void add(WatchRef watch);
  void remove(const Watch& watch);
  bool empty() const { return by_key_.empty(); }
  // Ends all watches.
  void finish_all(ErrorCode code);

  // Fires the watches in [begin, end) whose value in the store at `version` differs from theirs.
  void check(data::Bytes begin, data::Bytes end, const data::VersionedStore& store,
             data::Version version);
  void check_key(data::Bytes key, const data::VersionedStore& store, data::Version version);

 private:
  using ByKey = std::map<std::string, std::vector<WatchRef>, std::less<>>;
  // Takes the watches to fire out of `at`; erases it when none is left.
  ByKey::iterator take_changed(ByKey::iterator at, const data::VersionedStore& store,
                               data::Version version, std::vector<WatchRef>& changed);

  ByKey by_key_;
};

}  // namespace fdbkit::engine
