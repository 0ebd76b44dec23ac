#include "ring/completions/many_gets.h"

namespace fdbkit::ring {

ManyGets::~ManyGets() {
  for (const OneGet& get : gets_) api_.future_destroy(get.future);
}

void ManyGets::arm(Callback done, void* parameter) {
  done_ = done;
  parameter_ = parameter;
  const int count = static_cast<int>(gets_.size());
  pending_.store(count, std::memory_order_relaxed);
  shares_.fetch_add(count, std::memory_order_relaxed);
  for (OneGet& get : gets_) {
    const int error = api_.future_set_callback(get.future, on_ready, &get);
    if (error != 0) complete(get, error);
  }
}

void ManyGets::cancel() {
  for (const OneGet& get : gets_) api_.future_cancel(get.future);
}

void ManyGets::leave() {
  if (pending_.load(std::memory_order_acquire) != 0) cancel();
  give_back();
}

void ManyGets::give_back() {
  if (shares_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void ManyGets::on_ready(Future*, void* parameter) {
  OneGet& get = *static_cast<OneGet*>(parameter);
  get.all->complete(get, 0);
}

void ManyGets::complete(OneGet& get, int error) {
  int present = 0;
  if (error == 0) error = api_.future_get_value(get.future, &present, &get.value, &get.length);
  if (error != 0 || present == 0) get.length = kAbsent;
  // A failure is told before it counts as done: else another thread, with the last value, could
  // count to the end in between and say that all went well.
  if (error != 0) tell(get, error);
  // Whoever is last sees what all others have written.
  if (pending_.fetch_sub(1, std::memory_order_acq_rel) == 1) tell(get, error);
  // From here on the slot may be gone.
  give_back();
}

void ManyGets::tell(const OneGet& get, int error) {
  if (told_.exchange(true, std::memory_order_acq_rel)) return;
  error_ = error;
  failed_ = static_cast<uint32_t>(&get - gets_.data());
  done_(get.future, parameter_);
}

}  // namespace fdbkit::ring
