// What holds for a scope.
#pragma once

#include "plugin/client.h"

namespace fdbkit::plugin {

// The client's process is current in the scope; then again whichever was.
class InProcessOf {
 public:
  explicit InProcessOf(const Client& client)
      : context_(client.context), before_(context_.table->get_process(context_.inner)) {
    context_.table->set_process(context_.inner, client.process);
  }
  ~InProcessOf() { context_.table->set_process(context_.inner, before_); }
  InProcessOf(const InProcessOf&) = delete;
  InProcessOf& operator=(const InProcessOf&) = delete;

 private:
  const Context context_;
  const uint64_t before_;
};

// The flag is up in the scope.
class Mark {
 public:
  explicit Mark(bool& flag) : flag_(flag), before_(flag) { flag = true; }
  ~Mark() { flag_ = before_; }

 private:
  bool& flag_;
  const bool before_;
};

}  // namespace fdbkit::plugin
