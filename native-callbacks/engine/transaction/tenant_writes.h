#pragma once

// What one transaction wrote below \xff\xff/management/tenant/. A later write of a key takes the
// place of an earlier one, as with data; what they amount to is found when the transaction commits.

#include <map>
#include <optional>
#include <string>

#include "engine/cluster/tenants.h"
#include "engine/data/values/bytes.h"

namespace fdbkit::engine {

class TenantWrites {
 public:
  // Paths are what follows `management/tenant/` in a key.
  void set(data::Bytes path, data::Bytes value);
  void clear(data::Bytes begin, data::Bytes end);

  // Why the commit must fail with 2117; empty: it need not.
  std::string problem() const;
  // What the writes amount to, when there is no problem. None are left.
  Tenants::Changes take();

 private:
  // A key and its value, or a cleared range.
  struct Write {
    std::string end;
    std::optional<std::string> value;
  };

  void write(std::string begin, Write written);

  // By where each begins; none overlap.
  std::map<std::string, Write> writes_;
};

}  // namespace fdbkit::engine
