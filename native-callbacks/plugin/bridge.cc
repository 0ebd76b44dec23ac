#include "plugin/bridge.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "plugin/client_library.h"
#include "plugin/scopes.h"

namespace fdbkit::plugin {
namespace {

constexpr int kSliceMilliseconds = 100;
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
