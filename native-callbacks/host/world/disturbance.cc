#include "host/world/disturbance.h"

#include <algorithm>

#include "host/world/portable_math.h"

namespace fdbkit::host {

namespace {

// Mostly short, seldom as long as `longest`.
double mostly_short(Generator& generator, double longest) {
  return longest * exponential(-10 * generator.unit());
}

// Seconds between two strikes: a workload may be over in one second, or take a minute.
double any_pace(Generator& generator) { return 0.3 * power(30, generator.unit()); }

// Messages of a client are held up; with `swizzle`, of half of them, let go in another order.
class RandomClogging final : public Disturbance {
 public:
  RandomClogging(World& world, int clients, Options& options, std::string& problem)
      : Disturbance(world, clients) {
    duration_ = options.take_number("testDuration", 10, problem);
    scale_ = options.take_number("scale", 1, problem);
    const double clogginess = options.take_number("clogginess", 1, problem);
    swizzle_ = options.take_number("swizzle", 0, problem) != 0;
    if (clogginess <= 0 || scale_ <= 0) problem = "scale and clogginess are above 0";
    mean_pause_ = scale_ / clogginess;
  }
  RandomClogging(World& world, int clients) : Disturbance(world, clients) {
    Generator& generator = world.generator;
    duration_ = 60;
    scale_ = std::max(generator.unit(), 0.1);
    mean_pause_ = any_pace(generator);
    swizzle_ = generator.chance(0.3);
  }

 private:
  void strike() override {
    Generator& generator = world_.generator;
    const double longest = mostly_short(generator, (swizzle_ ? 10 : 20) * scale_);
    for (int client = 0; client < static_cast<int>(clients_); client++) {
      if (!generator.chance(swizzle_ ? 0.5 : 1.0 / static_cast<double>(clients_))) continue;
      world_.weather.clog(client, std::min(longest * generator.between(0.5, 1), left()));
    }
  }

  double scale_ = 1;
  bool swizzle_ = false;
};

// The transaction servers fail, with commits under way.
class Rollback final : public Disturbance {
 public:
  Rollback(World& world, int clients, Options& options, std::string& problem)
      : Disturbance(world, clients) {
    duration_ = options.take_number("testDuration", 10, problem);
    mean_pause_ = options.take_number("meanDelay", 20, problem);
    clog_ = options.take_number("clogDuration", 3, problem);
    multiple_ = options.take_flag("multiple", true);
    options.take_flag("enableFailures", false);
    if (mean_pause_ <= 0) problem = "meanDelay is above 0";
    // Once in the duration, at any time.
    if (!multiple_) mean_pause_ = duration_ * world.generator.unit();
  }
  Rollback(World& world, int clients) : Disturbance(world, clients) {
    mean_pause_ = any_pace(world.generator);
    duration_ = 60;
  }

 private:
  void strike() override {
    if (struck_ && !multiple_) return;
    struck_ = true;
    world_.weather.recover(clog_ * world_.generator.between(0.1, 1));
  }

  double clog_ = 3;
  bool multiple_ = true;
  bool struck_ = false;
};

// Machines are killed: the cluster recovers, or a client's machine stands still for a while.
class Attrition final : public Disturbance {
 public:
  Attrition(World& world, int clients, Options& options, std::string& problem)
      : Disturbance(world, clients) {
    duration_ = options.take_number("testDuration", 10, problem);
    const double kills = options.take_number("machinesToKill", 2, problem);
    suspend_ = options.take_number("suspendDuration", 1, problem);
    for (const char* number :
         {"machinesToLeave", "workersToKill", "workersToLeave", "liveDuration"}) {
      options.take_number(number, 0, problem);
    }
    for (const char* flag :
         {"reboot", "killDc", "killMachine", "killDatahall", "killProcess", "killZone", "killSelf",
          "killAll", "replacement", "waitForVersion", "allowFaultInjection"}) {
      options.take_flag(flag, false);
    }
    mean_pause_ = duration_ / std::max(1.0, kills);
  }
  Attrition(World& world, int clients) : Disturbance(world, clients) {
    duration_ = 60;
    mean_pause_ = any_pace(world.generator);
    suspend_ = 10 * world.generator.unit();
  }

 private:
  void strike() override {
    Generator& generator = world_.generator;
    if (generator.chance(0.5))
      return world_.weather.recover(4 * exponential(-5 * generator.unit()));
    const double seconds = generator.between(0.1, 1) * (suspend_ + 2);
    world_.weather.pause(any_client(), std::min(seconds, left()));
  }

  double suspend_ = 1;
};

// The whole cluster is away, from the first moment on and then again and again: docs/faults.md.
class Outages final : public Disturbance {
 public:
  Outages(World& world, int clients, Options& options, std::string& problem)
      : Disturbance(world, clients) {
    duration_ = options.take_number("testDuration", 60, problem);
    mean_pause_ = options.take_number("meanPause", 5, problem);
    longest_ = options.take_number("longest", 20, problem);
    if (mean_pause_ <= 0 || longest_ <= 0) problem = "meanPause and longest are above 0";
    at_once_ = true;
  }

 private:
  void strike() override {
    Weather& weather = world_.weather;
    const double seconds = std::min(mostly_short(world_.generator, longest_), left());
    switch (world_.generator.below(5)) {
      case 0:  // unreachable: what is under way arrives, and no more
        for (int client = 0; client < static_cast<int>(clients_); client++)
          weather.clog(client, seconds);
        return;
      case 1:
        return weather.freeze(seconds);
      case 2:  // killed: nothing answers until it is started again
        weather.freeze(seconds);
        return weather.recover(seconds);
      case 3:  // a full disk: nothing can be committed
        return weather.stall(seconds);
      default:  // other coordinators: a recovery, and no time without servers
        return weather.recover(0);
    }
  }

  double longest_ = 20;
};

}  // namespace

const char* const Disturbance::kNames[3] = {"RandomClogging", "Rollback", "Attrition"};

std::unique_ptr<Disturbance> Disturbance::make(const std::string& name, World& world, int clients,
                                               Options& options, std::string& problem) {
  options.take("testName", "");
  if (name == kNames[0]) return std::make_unique<RandomClogging>(world, clients, options, problem);
  if (name == kNames[1]) return std::make_unique<Rollback>(world, clients, options, problem);
  if (name == kNames[2]) return std::make_unique<Attrition>(world, clients, options, problem);
  if (name == "Outages") return std::make_unique<Outages>(world, clients, options, problem);
  return nullptr;
}

std::unique_ptr<Disturbance> Disturbance::draw(const std::string& name, World& world, int clients) {
  if (name == kNames[0]) return std::make_unique<RandomClogging>(world, clients);
  if (name == kNames[1]) return std::make_unique<Rollback>(world, clients);
  return std::make_unique<Attrition>(world, clients);
}

void Disturbance::start(Ended ended) {
  end_ = world_.loop.now() + duration_;
  if (at_once_) strike();
  schedule_strike();
  world_.loop.schedule(end_, [alive = alive_, ended = std::move(ended)] {
    if (!*alive) return;
    *alive = false;
    ended();
  });
}

void Disturbance::schedule_strike() {
  const double pause = -mean_pause_ * natural_log(1 - world_.generator.unit());
  world_.loop.schedule(world_.loop.now() + pause, [this, alive = alive_] {
    if (!*alive) return;
    strike();
    schedule_strike();
  });
}

}  // namespace fdbkit::host
