#include "host/world/virtual_loop.h"

#include <algorithm>

namespace fdbkit::host {

void VirtualLoop::post_task(engine::Task* task) {
  tasks_.push_back({std::unique_ptr<engine::Task>(task), process_});
  if (immediate_) drain();
}

engine::Loop::TimerId VirtualLoop::schedule(double at, std::function<void()> action) {
  const TimerId id = next_timer_++;
  const Place place{std::max(at, now_), generator_.next(), id};
  timeline_.emplace(place, std::move(action));
  places_.emplace(id, place);
  return id;
}

void VirtualLoop::cancel(TimerId timer) {
  const auto found = places_.find(timer);
  if (found == places_.end()) return;
  timeline_.erase(found->second);
  places_.erase(found);
}

void VirtualLoop::drain() {
  if (draining_) return;
  draining_ = true;
  while (!tasks_.empty()) {
    const Posted next = std::move(tasks_.front());
    tasks_.pop_front();
    caller_ = next.process;
    next.task->run();
  }
  caller_ = 0;
  draining_ = false;
}

bool VirtualLoop::step() {
  drain();
  if (timeline_.empty()) return false;
  const auto first = timeline_.begin();
  const auto [at, drawn, id] = first->first;
  const std::function<void()> action = std::move(first->second);
  timeline_.erase(first);
  places_.erase(id);
  now_ = at;
  events_++;
  digest_.add(at);
  digest_.add(id);
  action();
  drain();
  return true;
}

}  // namespace fdbkit::host
