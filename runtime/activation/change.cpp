#include "runtime/activation/change.hpp"

#include <chrono>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "host/fault.hpp"
#include "host/files.hpp"
#include "runtime/agent/health.hpp"
#include "runtime/agent/launcher.hpp"
#include "runtime/agent/podman_calls.hpp"
#include "runtime/agent/provenance.hpp"
#include "runtime/agent/state.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::string_view k_empty_authfile = "{\"auths\":{}}\n";
constexpr std::uint64_t k_health_interval_ms = 250;
// In a row: what ends at once is seen running once.
constexpr int k_healthy_looks = 6;

class Change {
 public:
  Change(host::Host& host, ServiceBackend& backend, Transaction& transaction,
         const Candidate& candidate, const HostState& before, const ChangeSetting& setting)
      : host_(host), backend_(backend), transaction_(transaction), candidate_(candidate),
        before_(before), setting_(setting) {}

  [[nodiscard]] bool replaced() const { return replaced_; }

  Result<std::string> install() {
    const Declaration& d = candidate_.site.declaration;
    const bool same = before_.definition == bundle::sha256(candidate_.definition) &&
                      before_.launcher == bundle::sha256(candidate_.launcher);
    if (before_.definition && !same && setting_.target != Target::installed) {
      SOURCEOS_TRY(retire_old());
    }
    replaced_ = !same;
    SOURCEOS_TRY(make_surroundings(d));
    SOURCEOS_TRY(transaction_.make_directory(Step::install, Place::launcher_directory, 0755));
    SOURCEOS_TRY(write(Place::launcher, candidate_.launcher, 0755, "install.launcher"));
    SOURCEOS_TRY(write(Place::provenance, make_provenance(host_, d), 0600, {}));
    SOURCEOS_TRY(transaction_.make_directory(Step::install, Place::definition_directory, 0755));
    SOURCEOS_TRY(write(Place::definition, candidate_.definition, 0644, "install.definition"));
    if (same) {
      return std::string("unchanged");
    }
    SOURCEOS_TRY(reload());
    return before_.definition ? std::string("replaced an earlier version") : std::string("new");
  }

  Result<std::string> enable() {
    SOURCEOS_TRY(host::fault_point("enable.before"));
    if (backend_.status(candidate_.site.service).enabled) {
      transaction_.tell_skipped("enable", candidate_.site.service.unit, "it is enabled already");
      return std::string("unchanged");
    }
    const bool starts_too = backend_.platform() == Platform::macos &&
                            setting_.target != Target::running &&
                            candidate_.site.declaration.run_at_load;
    SOURCEOS_TRY(starts_too ? register_without_start() : give_enable());
    SOURCEOS_TRY(host::fault_point("enable.after"));
    return std::string("registered for start");
  }

  Result<std::string> start() {
    SOURCEOS_TRY(host::fault_point("start.before"));
    const Declaration& d = candidate_.site.declaration;
    const bool runs = backend_.status(candidate_.site.service).active;
    if (!runs || replaced_) {
      SOURCEOS_TRY(give({.step = Step::start, .action = Action::start, .undo = Undo::stop,
                         .give = [&]() -> OrderResult {
                           if (const Status fault = host::fault_point("start.command"); !fault) {
                             return failed_order("start-failed", fault.error());
                           }
                           return backend_.start(candidate_.site.service, d.startup_timeout_s * 1000);
                         },
                         .expected = {}}));
    }
    SOURCEOS_TRY(host::fault_point("start.after"));
    SOURCEOS_TRY(wait_for_health(d));
    return runs && !replaced_ ? std::string("unchanged") : std::string("running and healthy");
  }

 private:
  static OrderResult failed_order(std::string_view reason, const Error& error) {
    return {.ok = false, .reason = std::string(reason), .detail = error.message, .commands = {}};
  }

  Status give(const Transaction::Order& order) { return transaction_.give(order); }

  Status write(Place place, std::string_view bytes, std::uint32_t mode, std::string_view fault) {
    SOURCEOS_TRY(transaction_.write_file(Step::install, place, bytes, mode, fault));
    return interrupted();
  }

  Status interrupted() const {
    return host_.is_interrupted() ? fail(ErrorKind::interrupted, "interrupted", "a signal came")
                                  : Status{};
  }

  Status retire_old() {
    const ServiceRef& service = candidate_.site.service;
    if (before_.service.active) {
      SOURCEOS_TRY(give({.step = Step::install, .action = Action::stop, .undo = Undo::start,
                         .give = [&] { return backend_.stop(service, stop_timeout_ms(candidate_.site.declaration)); },
                         .expected = [](const ServiceStatus& now) { return !now.active; }}));
      // A container outlives the client that was killed, and would pass for the new version.
      SOURCEOS_TRY(obey(stop_container(host_, candidate_.site.declaration)));
    }
    if (before_.service.enabled) {
      SOURCEOS_TRY(give({.step = Step::install, .action = Action::disable, .undo = Undo::enable,
                         .give = [&] { return backend_.disable(service); },
                         .expected = [](const ServiceStatus& now) { return !now.enabled; }}));
    }
    return interrupted();
  }

  // What the agent needs around it: the empty authfile and directories for its logs.
  Status make_surroundings(const Declaration& d) {
    SOURCEOS_TRY(host::fault_point("install.authfile"));
    if (d.runtime == AgentRuntime::podman && d.auth_mode == AuthMode::empty_authfile &&
        !host::describe(d.authfile)) {
      SOURCEOS_TRY(transaction_.make_directory(Step::install, Place::authfile_directory, 0700));
      SOURCEOS_TRY(write(Place::authfile, k_empty_authfile, 0600, {}));
    }
    SOURCEOS_TRY(host::fault_point("install.logdir"));
    for (const auto& [place, log] : {std::pair{Place::log_directory, &d.app_log},
                                     std::pair{Place::stdout_directory, &d.stdout_log},
                                     std::pair{Place::stderr_directory, &d.stderr_log}}) {
      if (!log->empty()) {
        SOURCEOS_TRY(transaction_.make_directory(Step::install, place, 0700));
      }
    }
    return {};
  }

  Status reload() {
    // Going back reloads by itself, after the definition is back.
    return give({.step = Step::install, .action = Action::reload, .undo = Undo::none,
                 .give = [&]() -> OrderResult {
                   if (const Status fault = host::fault_point("install.reload"); !fault) {
                     return failed_order("reload-failed", fault.error());
                   }
                   return backend_.reload(candidate_.site.service);
                 },
                 .expected = {}});
  }

  Status give_enable() {
    return give({.step = Step::enable, .action = Action::enable, .undo = Undo::disable,
                 .give = [&]() -> OrderResult {
                   if (const Status fault = host::fault_point("enable.command"); !fault) {
                     return failed_order("enable-failed", fault.error());
                   }
                   return backend_.enable(candidate_.site.service);
                 },
                 .expected = [](const ServiceStatus& now) { return now.enabled; }});
  }

  // launchd starts what it loads with RunAtLoad, and reads a plist only then: it loads one without,
  // and finds the real one at the next login.
  Status register_without_start() {
    AgentSite quiet = candidate_.site;
    quiet.declaration.run_at_load = false;
    SOURCEOS_TRY(transaction_.write_file(Step::enable, Place::definition, definition_of(host_, quiet),
                                         0644, {}));
    SOURCEOS_TRY(give_enable());
    return transaction_.write_file(Step::enable, Place::definition, candidate_.definition, 0644, {});
  }

  // How service and health stand, for someone who asks why it did not start.
  std::string what_is(const ServiceStatus& service, const Declaration& d) const {
    std::string words = fmt::format("the service is {}", service.state.empty() ? "not there" : service.state);
    if (!service.last_exit.empty() && !service.active) {
      words += fmt::format(", its last exit {}", service.last_exit);
    }
    const std::string health = judge_health(host_, d, find_container(host_, d)).detail;
    return health.empty() ? words : fmt::format("{}, {}", words, health);
  }

  Status wait_for_health(const Declaration& d) {
    using Clock = std::chrono::steady_clock;
    if (const Status fault = host::fault_point("health"); !fault) {
      return fail(ErrorKind::timeout, "health-timeout", fault.error().message);
    }
    const auto end = Clock::now() + std::chrono::seconds(d.startup_timeout_s);
    std::uint64_t waited_ms = 0;
    int healthy_looks = 0;
    for (;;) {
      SOURCEOS_TRY(interrupted());
      const ServiceStatus now = backend_.status(candidate_.site.service);
      healthy_looks = now.active && is_healthy(host_, d) ? healthy_looks + 1 : 0;
      if (healthy_looks == k_healthy_looks) {
        return {};
      }
      // Waiting to be restarted is failing too: more starts would only use up the bound.
      if (now.state.find("auto-restart") != std::string::npos ||
          (!now.active && now.state.starts_with("failed"))) {
        return fail(ErrorKind::unavailable, "start-failed",
                    fmt::format("it ended: {} {}", now.result, now.last_exit));
      }
      const bool is_time_up = Clock::now() >= end || waited_ms >= d.startup_timeout_s * 1000;
      if (is_time_up && healthy_looks == 0) {
        return fail(ErrorKind::timeout, "health-timeout",
                    fmt::format("not {} within {} s: {}", d.health_expected, d.startup_timeout_s,
                                what_is(now, d)));
      }
      setting_.sleep(k_health_interval_ms);
      waited_ms += k_health_interval_ms;
    }
  }

  host::Host& host_;
  ServiceBackend& backend_;
  Transaction& transaction_;
  const Candidate& candidate_;
  const HostState& before_;
  const ChangeSetting& setting_;
  bool replaced_ = false;
};

std::string reason_of(const Error& error, Step step) {
  if (error.kind == ErrorKind::interrupted) {
    return "interrupted";
  }
  if (error.reason == "no-space" ||
      (error.reason != "fault-injected" && error.kind != ErrorKind::io)) {
    return error.reason;
  }
  return step == Step::install ? "install-failed" : step == Step::enable ? "enable-failed" : "start-failed";
}

}  // namespace

bool is_unchanged(const Candidate& candidate, const HostState& before, Target target) {
  return before.notes.declaration_hash == candidate.declaration_hash &&
         before.definition == bundle::sha256(candidate.definition) &&
         before.launcher == bundle::sha256(candidate.launcher) && before.enabled &&
         (target != Target::running || before.running);
}

ChangeResult apply_change(host::Host& host, ServiceBackend& backend, Transaction& transaction,
                          const Candidate& candidate, const HostState& before, StepClock& clock,
                          const ChangeSetting& setting) {
  Change change(host, backend, transaction, candidate, before, setting);
  ChangeResult result;
  const auto run = [&](Step step, auto body) {
    Status done = clock.run(step, body);
    if (done && host.is_interrupted()) {
      done = fail(ErrorKind::interrupted, "interrupted", "a signal came");
    }
    if (!done) {
      result.failed_step = step;
      result.reason = reason_of(done.error(), step);
      result.detail = done.error().message;
    }
    return done.has_value();
  };
  const bool is_installed =
      setting.first != Step::install || run(Step::install, [&] { return change.install(); });
  const bool goes_on = is_installed && setting.target != Target::installed &&
                       run(Step::enable, [&] { return change.enable(); });
  if (goes_on && setting.target == Target::running) {
    (void)run(Step::start, [&] { return change.start(); });
  }
  result.replaced = change.replaced();
  return result;
}

}  // namespace sourceos::runtime
