#include "engine/cluster/watch_registry.h"

#include <utility>

namespace fdbkit::engine {

Watch::Watch(WatchOwner& owner, std::string key, FutureRef future)
    : owner_(owner), key_(std::move(key)), future_(std::move(future)) {}

Watch::~Watch() { finish(Error::kTransactionCancelled); }

bool Watch::register_with_owner() {
  if (!owner_->count_watch()) return false;
  counted_ = true;
  return true;
}

void Watch::fire() {
  owner_->tell_of_change([self = shared_from_this()] { self->finish(Error::kSuccess); });
}

void Watch::finish(ErrorCode code) {
  if (done_) return;
  done_ = true;
  if (counted_) owner_->uncount_watch();
  counted_ = false;
  if (registry != nullptr) registry->remove(*this);
  FutureRef future = std::move(future_);
  if (code == Error::kSuccess) {
    future->send(Nothing{});
  } else {
    future->send_error(code);
  }
}

void WatchRegistry::add(WatchRef watch) {
  watch->registry = this;
  by_key_[watch->key()].push_back(std::move(watch));
}

void WatchRegistry::remove(const Watch& watch) {
  auto at = by_key_.find(watch.key());
  if (at == by_key_.end()) return;
  std::erase_if(at->second, [&](const WatchRef& each) { return each.get() == &watch; });
  if (at->second.empty()) by_key_.erase(at);
}

WatchRegistry::ByKey::iterator WatchRegistry::take_changed(ByKey::iterator at,
                                                           const data::VersionedStore& store,
                                                           data::Version version,
                                                           std::vector<WatchRef>& changed) {
  std::optional<data::Bytes> current = store.get(at->first, version);
  std::vector<WatchRef>& watches = at->second;
  std::size_t kept = 0;
  for (WatchRef& watch : watches) {
    bool same =
        watch->value.has_value() == current.has_value() && (!current || *watch->value == *current);
    if (same) {
      watches[kept++] = std::move(watch);
    } else {
      watch->registry = nullptr;
      changed.push_back(std::move(watch));
    }
  }
  watches.resize(kept);
  return watches.empty() ? by_key_.erase(at) : std::next(at);
}

void WatchRegistry::finish_all(ErrorCode code) {
  for (const auto& [key, watches] : std::exchange(by_key_, {})) {
    for (const WatchRef& watch : watches) {
      watch->registry = nullptr;
      watch->finish(code);
    }
  }
}

void WatchRegistry::check(data::Bytes begin, data::Bytes end, const data::VersionedStore& store,
                          data::Version version) {
  std::vector<WatchRef> changed;
  auto at = by_key_.lower_bound(begin);
  while (at != by_key_.end() && data::Bytes(at->first) < end)
    at = take_changed(at, store, version, changed);
  for (const WatchRef& watch : changed) watch->fire();
}

void WatchRegistry::check_key(data::Bytes key, const data::VersionedStore& store,
                              data::Version version) {
  auto at = by_key_.find(key);
  if (at == by_key_.end()) return;
  std::vector<WatchRef> changed;
  take_changed(at, store, version, changed);
  for (const WatchRef& watch : changed) watch->fire();
}

}  // namespace fdbkit::engine
