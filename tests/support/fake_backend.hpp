// A service manager in memory: it models loading, enabling and restarting, counts starts, and fails
// or lies where a test says so.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/agent/backend.hpp"

namespace sourceos::tests {

class FakeBackend final : public runtime::ServiceBackend {
 public:
  struct Service {
    bool enabled = false;
    bool active = false;
    bool disabled_override = false;
    bool forbidden = false;
    std::uint64_t starts = 0;
    std::string state;  // what the manager calls it; empty: as it is
    std::filesystem::path loaded_from;  // empty: the agent's own definition
  };

  explicit FakeBackend(runtime::Platform platform = runtime::Platform::linux_systemd)
      : platform_(platform) {}

  std::map<std::string, Service> services;  // by unit
  std::set<std::string> failing;            // orders that end with an error: "enable", "start", ...
  std::set<std::string> lying;              // orders that say yes and do nothing
  std::vector<std::string> orders;          // "enable sourceos-agent@x.service", in order
  bool reachable = true;

  std::string_view name() const override {
    return platform_ == runtime::Platform::macos ? "launchd" : "systemd";
  }
  runtime::Platform platform() const override { return platform_; }

  runtime::ServiceStatus status(const runtime::ServiceRef& service) override {
    runtime::ServiceStatus status;
    status.reachable = reachable;
    if (!reachable) {
      status.unreachable_reason = "backend-unavailable";
      return status;
    }
    const Service& now = services[service.unit];
    status.active = now.active;
    status.enabled = now.enabled;
    status.disabled_override = now.disabled_override;
    status.known = now.active || now.enabled || std::filesystem::exists(service.definition);
    status.state = !now.state.empty() ? now.state : now.active ? "active" : "inactive";
    status.runs = now.starts;
    if (!now.loaded_from.empty() || std::filesystem::exists(service.definition)) {
      status.loaded_from = now.loaded_from.empty() ? service.definition : now.loaded_from;
    }
    return status;
  }

  runtime::OrderResult reload(const runtime::ServiceRef& s) override { return order("reload", s); }
  runtime::OrderResult enable(const runtime::ServiceRef& s) override {
    if (!std::filesystem::exists(s.definition)) {
      return refused("enable-failed", "there is no definition");
    }
    return order("enable", s, [](Service& now) {
      now.enabled = true;
      now.disabled_override = false;
    });
  }
  runtime::OrderResult start(const runtime::ServiceRef& s, std::uint64_t) override {
    if (services[s.unit].forbidden) {
      return refused("start-failed", "it must not start");
    }
    return order("start", s, [](Service& now) {
      now.starts += now.active ? 0 : 1;
      now.active = true;
    });
  }
  runtime::OrderResult stop(const runtime::ServiceRef& s, std::uint64_t) override {
    return order("stop", s, [](Service& now) { now.active = false; });
  }
  runtime::OrderResult disable(const runtime::ServiceRef& s) override {
    return order("disable", s, [this](Service& now) {
      now.enabled = false;
      now.disabled_override = platform_ == runtime::Platform::macos;
    });
  }
  runtime::OrderResult forbid(const runtime::ServiceRef& s) override {
    return order("forbid", s, [](Service& now) { now.forbidden = true; });
  }
  runtime::OrderResult allow(const runtime::ServiceRef& s) override {
    return order("allow", s, [](Service& now) { now.forbidden = false; });
  }
  runtime::OrderResult kill(const runtime::ServiceRef& s) override {
    return order("kill", s, [](Service& now) { now.active = false; });
  }

  Commands enable_commands(const runtime::ServiceRef& s) const override { return said("enable", s); }
  Commands start_commands(const runtime::ServiceRef& s) const override { return said("start", s); }
  Commands stop_commands(const runtime::ServiceRef& s) const override { return said("stop", s); }
  Commands disable_commands(const runtime::ServiceRef& s) const override {
    return said("disable", s);
  }
  Commands reload_commands(const runtime::ServiceRef& s) const override { return said("reload", s); }
  std::vector<std::string> override_fix(const runtime::ServiceRef& s) const override {
    return {"fakectl", "allow", s.unit};
  }

  // The process of a service ends with an error: whatever restarts it would do so now.
  void crash(const std::string& unit) { services[unit].active = false; }

 private:
  template <class Change>
  runtime::OrderResult order(const std::string& what, const runtime::ServiceRef& s, Change change) {
    orders.push_back(what + " " + s.unit);
    runtime::OrderResult result;
    runtime::CommandRun run;
    run.argv = {"fakectl", what, s.unit};
    run.status = failing.contains(what) ? 1 : 0;
    result.commands.push_back(run);
    if (failing.contains(what)) {
      result.ok = false;
      result.reason = what + "-failed";
      result.detail = "the test says so";
    } else if (!lying.contains(what)) {
      change(services[s.unit]);
    }
    return result;
  }
  runtime::OrderResult order(const std::string& what, const runtime::ServiceRef& s) {
    return order(what, s, [](Service&) {});
  }
  static runtime::OrderResult refused(std::string reason, std::string detail) {
    runtime::OrderResult result;
    result.ok = false;
    result.reason = std::move(reason);
    result.detail = std::move(detail);
    return result;
  }
  static Commands said(const std::string& what, const runtime::ServiceRef& s) {
    return {{"fakectl", what, s.unit}};
  }

  runtime::Platform platform_;
};

}  // namespace sourceos::tests
