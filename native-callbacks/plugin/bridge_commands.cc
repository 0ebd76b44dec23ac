// What Node asks for: a batch of commands, carried out in order, and the answers to them.
#include <algorithm>
#include <cstring>

#include "plugin/bridge.h"
#include "plugin/scopes.h"
#include "ring/commands/commands.h"
#include "ring/completions/payload.h"

namespace fdbkit::plugin {
namespace {

constexpr size_t kMostDetails = 24;

}  // namespace

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

// --- Results.

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

}  // namespace fdbkit::plugin
