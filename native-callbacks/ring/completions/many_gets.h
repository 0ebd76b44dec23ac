// Several reads of values that complete as one: a slot has them in place of a future.
//
// Shares. The slot has one, and each read has one from its callback's setting until that has fired.
// Whoever gives the last one back destroys the futures: so each is destroyed once, and none while
// its callback may still come. By then the ring may be gone.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "ring/client/client_api.h"
#include "ring/completions/layout.h"

namespace fdbkit::ring {

class ManyGets;

struct OneGet {
  ManyGets* all;
  Future* future;
  Bytes value = nullptr;
  // kAbsent: there is no value.
  int length = kAbsent;
};

class ManyGets {
 public:
  // More are asked by more commands.
  static constexpr int kMost = 256;

  ManyGets(const ClientApi& api, int count) : api_(api) {
    gets_.reserve(static_cast<size_t>(count));
  }

  // The future is destroyed with these. As many as were announced, before they are armed.
  void add(Future* future) { gets_.push_back(OneGet{this, future}); }
  // Calls fdb_future_set_callback of each. `done` is called once: with the last of them, or with
  // the first that fails.
  void arm(Callback done, void* parameter);
  void cancel();
  // The slot gives its share back: what is in flight is cancelled.
  void leave();
  // The same when all were cancelled.
  void give_back();

  // Of those that have completed.
  const std::vector<OneGet>& gets() const { return gets_; }
  int error() const { return error_; }
  // Which one failed.
  uint32_t failed() const { return failed_; }

 private:
  ~ManyGets();
  static void on_ready(Future*, void* get);
  void complete(OneGet& get, int error);
  // Once, whoever comes first.
  void tell(const OneGet& get, int error);

  const ClientApi& api_;
  std::vector<OneGet> gets_;
  Callback done_ = nullptr;
  void* parameter_ = nullptr;
  std::atomic<int> shares_{1};
  std::atomic<int> pending_{0};
  std::atomic<bool> told_{false};
  // Written by whoever tells.
  int error_ = 0;
  uint32_t failed_ = 0;
};

}  // namespace fdbkit::ring
