// A service manager that lives in a file, so that it outlasts a process that is killed: it models
// loading, enabling and restarting as systemd or launchd do, and counts starts.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "core/json/json.hpp"
#include "runtime/agent/backend.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sourceos::tests {

class ModelBackend final : public runtime::ServiceBackend {
 public:
  struct Job {
    bool registered = false;  // systemd: enabled; launchd: loaded
    bool active = false;
    bool disabled_override = false;
    std::uint64_t starts = 0;
    std::uint64_t orders = 0;   // that change something
    std::string running_text;   // the definition that was started
    bool masked = false;
  };

  ModelBackend(runtime::Platform platform, std::filesystem::path file)
      : platform_(platform), file_(std::move(file)) {}

  bool reachable = true;
  bool dies_at_once = false;  // what is started ends with an error

  [[nodiscard]] Job job() const {
    Job job;
    std::ifstream in(file_);
    const json::Value value = json::Value::parse(in, nullptr, false);
    if (value.is_object()) {
      job.registered = value.at("registered");
      job.active = value.at("active");
      job.disabled_override = value.at("override");
      job.starts = value.at("starts");
      job.orders = value.at("orders");
      job.running_text = value.at("text");
      job.masked = value.at("masked");
    }
    return job;
  }
  void set(const Job& job) const {
    std::ofstream(file_) << json::Value{{"registered", job.registered}, {"active", job.active},
                                        {"override", job.disabled_override}, {"starts", job.starts},
                                        {"orders", job.orders}, {"text", job.running_text},
                                        {"masked", job.masked}}
                                .dump();
  }

  std::string_view name() const override { return is_launchd() ? "launchd" : "systemd"; }
  runtime::Platform platform() const override { return platform_; }

  runtime::ServiceStatus status(const runtime::ServiceRef& service) override {
    runtime::ServiceStatus status;
    status.reachable = reachable;
    if (!reachable) {
      status.unreachable_reason = "backend-unavailable";
      return status;
    }
    const Job now = job();
    const bool has_file = std::filesystem::exists(service.definition);
    status.active = now.active;
    status.enabled = is_launchd() ? now.registered && !now.disabled_override
                                  : now.registered && has_file && !now.masked;
    status.disabled_override = now.disabled_override || now.masked;
    status.known = is_launchd() ? now.registered : has_file || now.active;
    status.state = now.active ? "active" : dies_at_once && now.starts > 0 ? "failed" : "inactive";
    status.runs = now.starts;
    if (status.known && has_file) {
      status.loaded_from = service.definition;
    }
    return status;
  }

  runtime::OrderResult reload(const runtime::ServiceRef& s) override {
    return order("reload", s, [](Job&) {});
  }
  runtime::OrderResult enable(const runtime::ServiceRef& s) override {
    if (!std::filesystem::exists(s.definition)) {
      return refused("enable-failed", "there is no definition");
    }
    return order("enable", s, [&](Job& now) {
      now.disabled_override = false;
      const bool was_loaded = now.registered;
      now.registered = true;
      const std::string text = read_file(s.definition);
      if (is_launchd() && !was_loaded && text.find("<key>RunAtLoad</key>\n\t<true/>") != std::string::npos) {
        begin(now, text);
      }
    });
  }
  runtime::OrderResult start(const runtime::ServiceRef& s, std::uint64_t) override {
    if (!std::filesystem::exists(s.definition) || (is_launchd() && !job().registered)) {
      return refused("start-failed", "it is not there");
    }
    return order("start", s, [&](Job& now) {
      if (!now.active) {
        begin(now, read_file(s.definition));
      }
    });
  }
  runtime::OrderResult stop(const runtime::ServiceRef& s, std::uint64_t) override {
    return order("stop", s, [&](Job& now) {
      now.active = false;
      now.registered = is_launchd() ? false : now.registered;
    });
  }
  runtime::OrderResult disable(const runtime::ServiceRef& s) override {
    return order("disable", s, [&](Job& now) {
      now.registered = false;
      now.active = is_launchd() ? false : now.active;
      now.disabled_override = is_launchd();
    });
  }
  runtime::OrderResult forbid(const runtime::ServiceRef& s) override {
    return order("forbid", s, [](Job& now) { now.masked = true; });
  }
  runtime::OrderResult allow(const runtime::ServiceRef& s) override {
    return order("allow", s, [](Job& now) { now.masked = false; });
  }
  runtime::OrderResult kill(const runtime::ServiceRef& s) override {
    return order("kill", s, [](Job& now) { now.active = false; });
  }

  Commands enable_commands(const runtime::ServiceRef& s) const override { return said("enable", s); }
  Commands start_commands(const runtime::ServiceRef& s) const override { return said("start", s); }
  Commands stop_commands(const runtime::ServiceRef& s) const override { return said("stop", s); }
  Commands disable_commands(const runtime::ServiceRef& s) const override { return said("disable", s); }
  Commands reload_commands(const runtime::ServiceRef& s) const override { return said("reload", s); }
  std::vector<std::string> override_fix(const runtime::ServiceRef& s) const override {
    return {"modelctl", "allow", s.unit};
  }

 private:
  [[nodiscard]] bool is_launchd() const { return platform_ == runtime::Platform::macos; }

  void begin(Job& now, const std::string& text) const {
    now.starts += 1;
    now.active = !dies_at_once;
    now.running_text = text;
  }
  template <class Change>
  runtime::OrderResult order(const std::string& what, const runtime::ServiceRef& s, Change change) {
    Job now = job();
    change(now);
    now.orders += 1;
    set(now);
    runtime::OrderResult result;
    runtime::CommandRun run;
    run.argv = {"modelctl", what, s.unit};
    result.commands.push_back(run);
    return result;
  }
  static runtime::OrderResult refused(std::string reason, std::string detail) {
    runtime::OrderResult result;
    result.ok = false;
    result.reason = std::move(reason);
    result.detail = std::move(detail);
    return result;
  }
  static Commands said(const std::string& what, const runtime::ServiceRef& s) {
    return {{"modelctl", what, s.unit}};
  }

  runtime::Platform platform_;
  std::filesystem::path file_;
};

}  // namespace sourceos::tests
