// The C++ workload interface of fdbserver, in words of our own: 7.1 to 7.3 have no other, and 7.4
// has it beside the one in C, for `useCAPI = false`. The order of virtual functions and what they
// pass is the interface. Strings, vectors and shared pointers are those of the standard library
// that the server was built with: what includes this is compiled once for each.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugin/abi/workload_abi.h"

namespace fdbkit::plugin::cpp {

using Details = std::vector<std::pair<std::string, std::string>>;

// --- What the server has.

class Logger {
 public:
  virtual void trace(Severity severity, const std::string& name, const Details& details) = 0;

 protected:
  ~Logger() = default;
};

class Context : public Logger {
 public:
  virtual uint64_t get_process() const = 0;
  virtual void set_process(uint64_t process) = 0;
  virtual double now() const = 0;
  virtual uint32_t random() const = 0;
  virtual bool get_option(const std::string& name, bool fallback) = 0;
  virtual long get_option(const std::string& name, long fallback) = 0;
  virtual unsigned long get_option(const std::string& name, unsigned long fallback) = 0;
  virtual double get_option(const std::string& name, double fallback) = 0;
  virtual std::string get_option(const std::string& name, std::string fallback) = 0;
  virtual int client_id() const = 0;
  virtual int client_count() const = 0;
  virtual int64_t shared_random() const = 0;

 protected:
  ~Context() = default;
};

// Since 7.4.6.
class ContextWithDelay : public Context {
 public:
  virtual FDB_future* delay(double seconds) const = 0;

 protected:
  ~ContextWithDelay() = default;
};

// How a phase went: `value` points to a bool. Of one that goes unsent the promise is broken.
class Outcome {
 public:
  virtual ~Outcome() = default;
  virtual void send(void* value) = 0;
};

// Passed by value, which means by the address of a copy.
struct Promise {
  std::shared_ptr<Outcome> outcome;
};

// `format` is one of printf's.
struct Metric {
  std::string name;
  double value;
  bool averaged;
  std::string format;
};

// --- What the library has.

// Of 7.1 to 7.3: the table of a workload begins with this.
class Described {
 public:
  virtual std::string description() const { return "fdbkit"; }

 protected:
  ~Described() = default;
};

// Since 7.4.0.
class NotDescribed {};

template <class Beginning>
class Workload : public Beginning {
 public:
  virtual bool init(Context* context) = 0;
  virtual void setup(FDB_database* database, Promise done) = 0;
  virtual void start(FDB_database* database, Promise done) = 0;
  virtual void check(FDB_database* database, Promise done) = 0;
  virtual void get_metrics(std::vector<Metric>& out) const = 0;
  virtual double get_check_timeout() = 0;

 protected:
  ~Workload() = default;
};

template <class Beginning>
class Factory {
 public:
  virtual std::shared_ptr<Workload<Beginning>> create(const std::string& name) = 0;

 protected:
  ~Factory() = default;
};

}  // namespace fdbkit::plugin::cpp
