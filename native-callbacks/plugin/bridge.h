// All clients of the process, the Node process behind them, and what passes between.
//
// One thread: fdbserver's. A step is an event for the child and its reply; meanwhile fdbserver
// stands still. The reply's commands are carried out in order, each with its client's simulated
// process current. Callbacks of futures only queue; the pump delivers them, one step each, once the
// batch is done. A pump inside a pump returns at once.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "plugin/client.h"
#include "plugin/command_reader.h"
#include "plugin/node/child.h"
#include "plugin/node/doorbells.h"

namespace fdbkit::plugin {

class Bridge {
 public:
  // Never destroyed: fdbserver closes the library while clients still use it.
  static Bridge& instance();

  // Starts Node, which the first client otherwise does. What is wrong is told then.
  void launch();

  Client* make_client(const char* name, const Context& context);
  void free_client(Client& client);
  void run_phase(Client& client, int phase, FDB_database* database, Promise promise);
  void read_metrics(Client& client, Metrics metrics);

 private:
  // Bytes of one detail of a trace event; the rest is cut off.
  static constexpr size_t kLongestDetail = 400;

  struct Completion {
    Client* client;
    uint32_t slot;
  };

  void start();
  static void on_settled(void* slot);
  void collect(Client& client);
  void pump();
  void deliver(const Completion& completion);
  bool goes_on(Client& client, ring::Slot& slot);

  Event& write_event(EventKind kind, Client& client, int32_t a, int32_t b);
  bool put_data(Event& event, const void* data, size_t length);
  // The event that is written goes to the child; what it replies is carried out.
  void step();
  bool await_reply(double limit);
  bool await_slowly(double begin, double limit);
  void execute_batch();
  void execute(Op op, Client& client, CommandReader& in);
  void execute_row(Client& client, CommandReader& in);
  void delay(Client& client, CommandReader& in);
  void begin_delay(Client& client, uint32_t number, double seconds);
  void collect_one(Client& client, CommandReader& in);
  bool put_result(Event& event, const ring::Slot& slot, int32_t& error);
  void trace(Client& client, CommandReader& in);
  void answer(Client& client, int32_t error, int64_t number, const char* text, size_t length);
  void print_stats() const;
  void send_decided();
  void settle(Client& client, bool value);

  Client* find(int32_t number) const;
  // Nothing is left to trust: an error event, false on every promise, and no more steps.
  void fail(const std::string& reason, const std::string& detail);
  void report(const std::string& reason, const std::string& detail);

  Doorbells bells_;
  Child child_;
  ring::ClientApi api_;
  bool started_ = false;
  bool launched_ = false;
  std::string launch_problem_;
  bool broken_ = false;
  std::string broken_because_;
  double step_limit_ = 60;
  // Round trips so far, and the seconds they took: told at the end when FDBKIT_SIM_STATS is set.
  double start_seconds_ = 0;
  uint64_t trips_ = 0;
  double trip_seconds_ = 0;
  // In a step, or carrying out a batch.
  bool busy_ = false;
  bool pumping_ = false;
  // The batch left an answer.
  bool answered_ = false;
  int32_t next_number_ = 0;
  std::vector<Client*> clients_;
  std::deque<Completion> queue_;
};

}  // namespace fdbkit::plugin
