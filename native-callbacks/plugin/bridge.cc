#include "plugin/bridge.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "plugin/client_library.h"
#include "ring/commands/commands.h"
#include "ring/completions/payload.h"

namespace fdbkit::plugin {
namespace {

constexpr int kSliceMilliseconds = 100;
constexpr size_t kLongestDetail = 400;
constexpr size_t kMostDetails = 24;
constexpr int kCancelled = 1101;

constexpr ring::Sizes kRingSizes = {
    .slots = 1 << 16,
    .entries = 16,
    .data_bytes = 4096,
    .command_bytes = 64,
    .release_count = 16,
    .objects = 1 << 14,
    .bell = 0,
};

double seconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

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

class Mark {
 public:
  explicit Mark(bool& flag) : flag_(flag), before_(flag) { flag = true; }
  ~Mark() { flag_ = before_; }

 private:
  bool& flag_;
  const bool before_;
};

}  // namespace

Bridge& Bridge::instance() {
  static Bridge* const bridge = new Bridge();
  return *bridge;
}

Client* Bridge::find(int32_t number) const {
  for (Client* client : clients_) {
    if (client->number == number) return client;
  }
  return nullptr;
}

// --- What fdbserver calls.

Client* Bridge::make_client(const char* name, const Context& context) {
  Client* client =
      new Client{this, next_number_++, context, name, context.table->get_process(context.inner)};
  clients_.push_back(client);
  if (!started_) start();
  if (broken_) {
    report(broken_because_, "");
    return client;
  }
  client->ring = ring::Ring::open(api_, kRingSizes, client->number);
  if (client->ring == nullptr) {
    fail("no memory or file descriptor for a client", "");
    return client;
  }
  const auto& table = *context.table;
  Event& event = write_event(EventKind::kFactory, *client, table.client_id(context.inner),
                             table.client_count(context.inner));
  std::string data(sizeof(int64_t), '\0');
  const int64_t shared = table.shared_random(context.inner);
  memcpy(data.data(), &shared, sizeof shared);
  data += name;
  put_data(event, data.data(), data.size());
  step();
  pump();
  return client;
}

void Bridge::free_client(Client& client) {
  if (!broken_) {
    write_event(EventKind::kFree, client, 0, 0);
    step();
  }
  if (client.has_promise) settle(client, false);
  clients_.erase(std::find(clients_.begin(), clients_.end(), &client));
  queue_.erase(std::remove_if(queue_.begin(), queue_.end(),
                              [&](const Completion& item) { return item.client == &client; }),
               queue_.end());
  if (client.ring != nullptr) {
    const InProcessOf current(client);
    const Mark pumping(pumping_);  // callbacks of what is cancelled
    client.delays.reset();
    client.ring->close();
  }
  delete &client;
  if (clients_.empty()) print_stats();
  pump();
}

void Bridge::run_phase(Client& client, int phase, FDB_database* database, Promise promise) {
  client.promise = promise;
  client.has_promise = true;
  client.decided = false;
  if (broken_) return settle(client, false);
  client.database = database;
  write_event(EventKind::kPhase, client, phase, 0);
  step();
  pump();
}

void Bridge::read_metrics(Client& client, Metrics metrics) {
  if (broken_) return;
  client.metrics = &metrics;
  write_event(EventKind::kMetrics, client, 0, 0);
  step();
  client.metrics = nullptr;
  pump();
}

// --- Completions.

void Bridge::on_settled(void* slot) {
  // The slot may be gone with its ring, when its client was freed: it is compared, not read.
  Bridge& bridge = instance();
  for (Client* client : bridge.clients_) {
    if (client->ring == nullptr) continue;
    const auto* first = client->ring->slot(0);
    if (slot < first || slot >= first + kRingSizes.slots) continue;
    bridge.collect(*client);
    return bridge.pump();
  }
}

// On this thread every completion goes to the ring's overflow list, in order of arrival.
void Bridge::collect(Client& client) {
  const ring::Places places = client.ring->places();
  const auto* window = reinterpret_cast<const ring::Entry*>(places.base + places.window);
  for (;;) {
    const uint32_t count = client.ring->take_overflow();
    if (count == 0) return;
    for (uint32_t i = 0; i < count; i++) queue_.push_back({&client, window[i].slot});
  }
}

void Bridge::pump() {
  if (pumping_ || busy_) return;
  const Mark pumping(pumping_);
  while (!queue_.empty() && !broken_) {
    const Completion next = queue_.front();
    queue_.pop_front();
    deliver(next);
  }
  if (broken_) queue_.clear();
}

void Bridge::deliver(const Completion& completion) {
  Client& client = *completion.client;
  ring::Slot& slot = *client.ring->slot(completion.slot);
  const bool is_delay = client.delays != nullptr && client.delays->has(slot.index);
  if (is_delay && goes_on(client, slot)) return;
  Event& event =
      write_event(EventKind::kCompletion, client, static_cast<int32_t>(slot.index), slot.error);
  if (!put_result(event, slot, event.b)) return;
  // Its time-out is its time.
  if (is_delay && event.b != kCancelled) event.b = 0;
  client.ring->release(slot);
  step();
}

// Something ended a delay of ours before its time: there is another for the rest of it.
bool Bridge::goes_on(Client& client, ring::Slot& slot) {
  const double now = client.context.table->now(client.context.inner);
  const double left = client.delays->left(slot.index, now);
  const int error = slot.future == nullptr ? slot.error : api_.future_get_error(slot.future);
  if (left <= 0 || error == kCancelled) {
    client.delays->end(slot.index);
    return false;
  }
  if (client.delays->begun(slot.index) == now) {
    fail("a delay ends at once, with error " + std::to_string(error),
         "this fdbserver has no delays for workloads: each is a transaction that times out");
    return true;
  }
  const uint32_t number = slot.index;
  client.ring->release(slot);
  const InProcessOf current(client);
  begin_delay(client, number, left);
  return true;
}

// The result of a slot that has completed, or its error.
bool Bridge::put_result(Event& event, const ring::Slot& slot, int32_t& error) {
  error = slot.error;
  if (!slot.holds() || error != 0) return true;
  const ring::Payload payload = slot.ring->payload(slot);
  error = payload.error();
  if (error != 0) return true;
  const int64_t size = payload.size();
  if (size > bells_.event_capacity()) {
    fail("a result is larger than 64 MiB", "");
    return false;
  }
  event.length = payload.absent() ? ring::kAbsent : static_cast<int32_t>(size);
  payload.write(bells_.event_data());
  return true;
}

void Bridge::collect_one(Client& client, CommandReader& in) {
  ring::Slot* slot = client.ring->slot(static_cast<uint32_t>(in.word()));
  const bool waits = slot != nullptr && slot->taken && !slot->armed;
  const bool ready = waits && (slot->future == nullptr || api_.future_is_ready(slot->future) != 0);
  Event& event = write_event(EventKind::kAnswer, client, 0, ready ? 1 : 0);
  answered_ = true;
  if (ready && put_result(event, *slot, event.a)) client.ring->release(*slot);
}

// --- Steps.

Event& Bridge::write_event(EventKind kind, Client& client, int32_t a, int32_t b) {
  Event& event = bells_.event();
  const double now = client.context.table->now(client.context.inner);
  event = Event{kind, client.number, a, b, 0, 0, now};
  return event;
}

bool Bridge::put_data(Event& event, const void* data, size_t length) {
  if (length > bells_.event_capacity()) return false;
  memcpy(bells_.event_data(), data, length);
  event.length = static_cast<int32_t>(length);
  return true;
}

void Bridge::launch() {
  launched_ = true;
  if (!bells_.open()) {
    launch_problem_ = "there is no memory for the bridge";
    return;
  }
  child_.start(bells_.descriptor(), launch_problem_);
  bells_.close_descriptor();
}

void Bridge::start() {
  started_ = true;
  std::string problem;
  const char* limit = getenv("FDBKIT_SIM_STEP_LIMIT");
  if (limit != nullptr && atof(limit) > 0) step_limit_ = atof(limit);
  if (!load_client_library(api_, on_settled, problem)) return fail(problem, "");
  const bool pinned = child_.pin();
  if (!launched_) launch();
  if (!launch_problem_.empty()) return fail(launch_problem_, "");
  bells_.header().no_spin = pinned ? 1 : 0;
  const Mark busy(busy_);
  if (await_reply(step_limit_)) execute_batch();
  // The start of Node is no round trip.
  start_seconds_ = trip_seconds_;
  trips_ = 0;
  trip_seconds_ = 0;
}

void Bridge::step() {
  if (broken_) return;
  {
    const Mark busy(busy_);
    bells_.ring();
    while (!broken_ && await_reply(step_limit_)) {
      const bool call = static_cast<Reply>(bells_.header().reply_kind) == Reply::kCall;
      answered_ = false;
      execute_batch();
      if (!call || broken_) break;
      // A batch that was carried out early, because it was full.
      if (!answered_ && !clients_.empty()) answer(*clients_.back(), 0, 0, "", 0);
      bells_.ring();
    }
  }
  send_decided();
}

bool Bridge::await_reply(double limit) {
  const double begin = seconds();
  const bool replied = bells_.wait(true, kSliceMilliseconds) || await_slowly(begin, limit);
  trips_++;
  trip_seconds_ += seconds() - begin;
  return replied;
}

void Bridge::print_stats() const {
  if (getenv("FDBKIT_SIM_STATS") == nullptr) return;
  fprintf(stderr,
          "fdbkit: start %.3f s, %llu round trips, %.3f s, %.1f us each; node took %.3f s of "
          "processor time\n",
          start_seconds_, static_cast<unsigned long long>(trips_), trip_seconds_,
          1e6 * trip_seconds_ / static_cast<double>(trips_), child_.processor_seconds());
}

bool Bridge::await_slowly(double begin, double limit) {
  for (;;) {
    std::string problem;
    if (!child_.lives(problem)) {
      // It may have replied before it ended.
      if (bells_.wait(false, 0)) return true;
      fail("the workload process has ended: " + problem, "its standard error may say why");
      return false;
    }
    if (seconds() - begin > limit) {
      fail("a step took longer than " + std::to_string(static_cast<int>(limit)) +
               " real seconds, or blocked",
           "FDBKIT_SIM_STEP_LIMIT sets the limit");
      return false;
    }
    if (bells_.wait(false, kSliceMilliseconds)) return true;
  }
}

void Bridge::execute_batch() {
  const uint32_t words = bells_.header().reply_words;
  if (words > kCommandBytes / sizeof(int32_t)) return fail("a batch is larger than its area", "");
  CommandReader batch(bells_.commands(), words);
  while (!batch.at_end() && !broken_) {
    const Op op = static_cast<Op>(batch.word());
    const int32_t number = batch.word();
    CommandReader in = batch.part(static_cast<uint32_t>(batch.word()));
    if (!batch.good()) return fail("a batch is malformed", "");
    if (op == Op::kFatal) {
      const std::string reason = in.text();
      return fail(reason, in.text());
    }
    Client* client = find(number);
    if (client == nullptr) continue;  // freed: what it still does has no effect
    const InProcessOf current(*client);
    execute(op, *client, in);
    if (!in.good()) return fail("a command is malformed", "");
  }
}

void Bridge::execute(Op op, Client& client, CommandReader& in) {
  switch (op) {
    case Op::kRow:
      return execute_row(client, in);
    case Op::kAdopt: {
      const uint32_t object = static_cast<uint32_t>(in.word());
      if (client.database == nullptr) {
        return fail("a database was asked for outside of a phase", "");
      }
      if (client.ring->make(object, ring::ObjectType::kDatabase, client.database, 0)) return;
      return fail("a database has no free number", "");
    }
    case Op::kDelay:
      return delay(client, in);
    case Op::kTrace:
      return trace(client, in);
    case Op::kPromise:
      client.decided = client.has_promise;
      client.verdict = in.word() != 0;
      return;
    case Op::kMetric: {
      const double value = in.number();
      const bool average = in.word() != 0;
      const std::string name = in.text();
      if (client.metrics == nullptr) return;
      return client.metrics->table->push(client.metrics->inner,
                                         Metric{name.c_str(), nullptr, value, average});
    }
    case Op::kCheckTimeout:
      client.check_timeout = in.number();
      return;
    case Op::kGetOption: {
      const std::string name = in.text();
      const std::string fallback = in.text();
      const OwnedText value =
          client.context.table->get_option(client.context.inner, name.c_str(), fallback.c_str());
      answer(client, 0, 0, value.text, strlen(value.text));
      return value.table->free(value.text);
    }
    case Op::kRandom:
      return answer(client, 0, client.context.table->random(client.context.inner), "", 0);
    case Op::kCollect:
      return collect_one(client, in);
    default:
      fail("there is no command " + std::to_string(static_cast<int>(op)), "");
  }
}

void Bridge::execute_row(Client& client, CommandReader& in) {
  const int error = ring::execute(*client.ring, in.words(), in.left());
  if (error == ring::kMalformed) return fail("a row of commands is malformed", "");
  collect(client);
  answer(client, error, client.ring->control().answer, "", 0);
}

void Bridge::delay(Client& client, CommandReader& in) {
  const uint32_t slot = static_cast<uint32_t>(in.word());
  const double length = in.number();
  if (client.ring->slot(slot) == nullptr) return fail("a delay has no slot", "");
  begin_delay(client, slot, length);
}

void Bridge::begin_delay(Client& client, uint32_t number, double seconds) {
  ring::Slot& slot = *client.ring->slot(number);
  const auto& [table, inner] = std::pair(client.context.table, client.context.inner);
  ring::Future* future = nullptr;
  if (table->delay != nullptr) {
    future = table->delay(inner, seconds);
  } else {
    if (client.database == nullptr) {
      return fail("a delay outside of setup, start and check",
                  "this fdbserver has no delays for workloads: each needs the database of a phase");
    }
    if (client.delays == nullptr) client.delays = std::make_unique<Delays>(api_);
    int error = 0;
    future = client.delays->begin(number, client.database, table->now(inner), seconds, error);
    if (future == nullptr) return fail("no delay: error " + std::to_string(error), "");
  }
  if (!client.ring->take(slot, ring::kNone, ring::Kind::kNothing, future, 0)) {
    return fail("a delay has no free slot", "");
  }
  client.ring->arm(slot);
  collect(client);
}

void Bridge::trace(Client& client, CommandReader& in) {
  const int32_t severity =
      std::clamp(in.word(), static_cast<int32_t>(kDebug), static_cast<int32_t>(kError));
  const size_t count =
      std::min(static_cast<size_t>(static_cast<uint32_t>(in.word())), kMostDetails);
  const std::string name = in.text();
  std::vector<std::string> texts(2 * count);
  for (std::string& text : texts) {
    text = in.text();
    if (text.size() > kLongestDetail) text.resize(kLongestDetail);
  }
  std::vector<Detail> details;
  for (size_t i = 0; i < count; i++) {
    details.push_back(Detail{texts[2 * i].c_str(), texts[2 * i + 1].c_str()});
  }
  client.context.table->trace(client.context.inner, severity, name.c_str(), details.data(),
                              static_cast<int>(count));
}

// Leaves the answer in the event area: the child looks there only if it has made a call.
void Bridge::answer(Client& client, int32_t error, int64_t number, const char* text,
                    size_t length) {
  Event& event = write_event(EventKind::kAnswer, client, error, 0);
  memcpy(bells_.event_data(), &number, sizeof number);
  const size_t room = bells_.event_capacity() - sizeof number;
  length = std::min(length, room);
  memcpy(bells_.event_data() + sizeof number, text, length);
  event.length = static_cast<int32_t>(sizeof number + length);
  answered_ = true;
}

// --- Promises.

void Bridge::send_decided() {
  // Sending runs fdbserver's code, which may make or free clients.
  for (;;) {
    const auto next =
        std::find_if(clients_.begin(), clients_.end(), [](Client* item) { return item->decided; });
    if (next == clients_.end()) return;
    settle(**next, (*next)->verdict);
  }
}

void Bridge::settle(Client& client, bool value) {
  const Promise promise = client.promise;
  client.decided = false;
  client.has_promise = false;
  client.database = nullptr;
  const InProcessOf current(client);
  promise.table->send(promise.inner, value);
  promise.table->free(promise.inner);
}

// --- Failure.

void Bridge::fail(const std::string& reason, const std::string& detail) {
  if (broken_) return;
  broken_ = true;
  broken_because_ = reason;
  child_.kill();
  report(reason, detail);
  for (Client* client : clients_) {
    client->decided = client->has_promise;
    client->verdict = false;
  }
  // Inside a step the promises are sent when it ends.
  if (!busy_) send_decided();
}

void Bridge::report(const std::string& reason, const std::string& detail) {
  if (clients_.empty()) return;
  const Client& client = *clients_.back();
  const std::string first = reason.substr(0, kLongestDetail);
  std::vector<std::string> pieces;
  for (size_t at = 0; at < detail.size() && pieces.size() < 4; at += kLongestDetail) {
    pieces.push_back(detail.substr(at, kLongestDetail));
  }
  static const char* const names[] = {"Stack", "Stack1", "Stack2", "Stack3"};
  std::vector<Detail> details = {{"Reason", first.c_str()}, {"Workload", client.name.c_str()}};
  for (size_t i = 0; i < pieces.size(); i++) details.push_back({names[i], pieces[i].c_str()});
  client.context.table->trace(client.context.inner, kError, "FdbkitFailure", details.data(),
                              static_cast<int>(details.size()));
}

}  // namespace fdbkit::plugin
