// The shared memory, and the bells in it.
#pragma once

#include "plugin/node/layout.h"

namespace fdbkit::plugin {

class Doorbells {
 public:
  // False: no memory. The descriptor is closed by close_descriptor().
  bool open();
  int descriptor() const { return descriptor_; }
  void close_descriptor();

  Header& header() { return *header_; }
  Event& event() { return *reinterpret_cast<Event*>(base_ + kHeaderBytes); }
  uint8_t* event_data() { return base_ + kHeaderBytes + sizeof(Event); }
  static constexpr uint32_t event_capacity() { return kEventBytes - sizeof(Event); }
  const int32_t* commands() const {
    return reinterpret_cast<const int32_t*>(base_ + kHeaderBytes + kEventBytes);
  }

  // Rings the child.
  void ring();
  // Waits until the child has rung once more than at the last call, a slice at a time. False: the
  // slice is over. The first call of a wait spins a while, if that has paid lately.
  bool wait(bool first, int milliseconds);

 private:
  bool spin();
  bool rung() const { return header_->reply.load(std::memory_order_seq_cst) != seen_; }

  int descriptor_ = -1;
  uint8_t* base_ = nullptr;
  Header* header_ = nullptr;
  uint32_t seen_ = 0;
  uint32_t misses_ = 0;
  uint32_t waits_ = 0;
};

}  // namespace fdbkit::plugin
