#pragma once

// Room c_api: the exported functions, and nothing that decides anything.
//
// Shared by the files that export the C API: turning arguments into the engine's types, and calls
// into tasks.

#include <string>
#include <utility>

#include "engine/data/values/bytes.h"
#include "engine/future/future.h"
#include "engine/network/network.h"
#include "engine/transaction/transaction.h"
#include "fdb_c.h"

namespace fdbkit::engine {

// Bytes of an argument. A null pointer or a negative length is empty.
inline std::string bytes_of(const uint8_t* bytes, int length) {
  if (bytes == nullptr || length <= 0) return {};
  return std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

inline Loop& network_loop() { return Network::instance().loop(); }

inline FDBFuture* failed_future(ErrorCode code) { return Future::failed(code)->handle(); }

// Runs `call(object, future)` on the network thread; returns the future at once. The object is
// alive then: its handle is destroyed by a later task.
template <class Object, class Call>
FDBFuture* ask(Object* object, Future* future, Call call) {
  network_loop().post([object, future = FutureRef::adopt(future),
                       call = std::move(call)]() mutable { call(*object, std::move(future)); });
  return future->handle();
}

template <class Object, class Call>
FDBFuture* ask(Object* object, Call call) {
  return ask(object, Future::create(), std::move(call));
}

template <class Object, class Call>
void tell(Object* object, Call call) {
  network_loop().post([object, call = std::move(call)]() mutable { call(*object); });
}

}  // namespace fdbkit::engine
