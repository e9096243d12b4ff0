// systemd: the user's manager for user scope, the system's for system scope.
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tools/systemd.hpp"
#include "runtime/agent/backend_common.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

// A mask in the runtime directory is weaker than a file in the configuration directory, a drop-in
// is not: with it every start is skipped and nothing restarts.
constexpr std::string_view k_freeze_name = "00-sourceos-quarantine.conf";
constexpr std::string_view k_freeze_text =
    "[Unit]\nConditionPathExists=!/\n\n[Service]\nRestart=no\n";

std::string_view scope_option(AgentScope scope) {
  return scope == AgentScope::user ? "--user" : "--system";
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return number;
}

// "Tue 2026-12-01 10:39:46 UTC", as systemd writes it where TZ is UTC; nothing when it never happened.
std::optional<std::uint64_t> seconds_since(std::string_view stamp, UtcTime now) {
  constexpr std::size_t k_weekday = 4;
  constexpr std::size_t k_day = 10;
  constexpr std::size_t k_length = 27;
  if (stamp.size() != k_length || !stamp.ends_with(" UTC")) {
    return std::nullopt;
  }
  const std::string_view day = stamp.substr(k_weekday, k_day);
  const auto at = parse_time(fmt::format("{}T{}Z", day, stamp.substr(k_weekday + k_day + 1, 8)));
  if (!at || at->nanoseconds > now.nanoseconds) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>((now.nanoseconds - at->nanoseconds) / 1'000'000'000);
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, word) != list.end();
}

class SystemdBackend final : public ServiceBackend {
 public:
  explicit SystemdBackend(const host::Host& host) : host_(host) {}

  std::string_view name() const override { return "systemd"; }
  Platform platform() const override { return Platform::linux_systemd; }

  ServiceStatus status(const ServiceRef& service) override {
    ServiceStatus status;
    const host::Systemd systemd(host_.processes, service.scope == AgentScope::user
                                                     ? host::SystemdScope::user
                                                     : host::SystemdScope::system);
    const auto answer = systemd.show(service.unit, limits::k_probe_timeout_ms);
    CommandRun run;
    run.started_at = run.finished_at = host_.clock.now();
    if (answer) {
      run.argv = answer->argv;
      run.end = answer->outcome.end;
      run.status = answer->outcome.status;
      run.output = answer->outcome.output;
      run.error_output = answer->outcome.error_output;
    }
    status.raw = run.output;
    const bool no_bus = answer && host::is_manager_unreachable(answer->outcome);
    const auto properties = host::parse_unit_properties(run.output);
    if (!answer || run.end == host::ProcessEnd::missing) {
      status.unreachable_reason = "systemctl-missing";
    } else if (run.end == host::ProcessEnd::timed_out) {
      status.unreachable_reason = "probe-timeout";
    } else if (no_bus) {
      status.unreachable_reason = service.scope == AgentScope::user ? "systemd-user-unavailable"
                                                                    : "systemd-unavailable";
    } else if (!run.ok() && properties.empty()) {
      status.unreachable_reason = "backend-unavailable";
    }
    status.reachable = status.unreachable_reason.empty();
    status.commands.push_back(std::move(run));
    if (status.reachable) {
      read_properties(properties, host_.clock.now(), status);
    }
    return status;
  }

  OrderResult reload(const ServiceRef& service) override {
    return run_all(reload_commands(service), "reload-failed");
  }

  OrderResult enable(const ServiceRef& service) override {
    return run_all(enable_commands(service), "enable-failed");
  }

  OrderResult start(const ServiceRef& service, std::uint64_t timeout_ms) override {
    OrderResult result;
    if (ServiceStatus now = status(service); now.active) {
      result.detail = "it runs already";
      result.commands = std::move(now.commands);
      return result;
    }
    // What failed or reached its limit before is over: this start was asked for by a person.
    note_harmless(result, order(service, {"reset-failed", service.unit}, k_order_timeout_ms));
    note_run(result, order(service, {"start", service.unit}, timeout_ms), "start-failed");
    return result;
  }

  OrderResult stop(const ServiceRef& service, std::uint64_t timeout_ms) override {
    OrderResult result;
    if (ServiceStatus now = status(service); now.reachable && !now.known) {
      result.detail = "it is not loaded";
      result.commands = std::move(now.commands);
      return result;
    }
    note_run(result, order(service, {"stop", service.unit}, timeout_ms), "stop-failed");
    if (result.ok) {  // how it ended when it was told to end is no failure
      note_harmless(result, order(service, {"reset-failed", service.unit}, k_order_timeout_ms));
    }
    return result;
  }

  OrderResult disable(const ServiceRef& service) override {
    OrderResult result = run_all(disable_commands(service), "disable-failed");
    const ServiceStatus after = status(service);
    const bool gone = !result.ok && after.reachable && !after.enabled;
    if (gone) {
      result.ok = true;
      result.reason.clear();
      result.detail = "it was not enabled";
    } else if (result.ok && after.enabled) {
      result.ok = false;
      result.reason = "disable-failed";
      result.detail = "systemctl reported success, but the unit is still enabled";
    }
    return result;
  }

  OrderResult forbid(const ServiceRef& service) override {
    OrderResult result;
    note_harmless(result, order(service, {"mask", "--runtime", service.unit}, k_order_timeout_ms));
    const fs::path file = freeze_file(service);
    Status written = file.empty() ? fail(ErrorKind::unavailable, "no-runtime-directory",
                                         "there is no runtime directory")
                                  : host::make_directories(file.parent_path(), 0755);
    if (written) {
      written = host::write_file_atomically(file, k_freeze_text, 0644, host::Durability::none);
    }
    if (!written) {
      result.ok = false;
      result.reason = "freeze-failed";
      result.detail = written.error().read_out();
      return result;
    }
    note_run(result, order(service, {"daemon-reload"}, k_order_timeout_ms), "reload-failed");
    return result;
  }

  OrderResult allow(const ServiceRef& service) override {
    OrderResult result;
    std::error_code ignored;
    if (const fs::path file = freeze_file(service); !file.empty()) {
      fs::remove(file, ignored);
      fs::remove(file.parent_path(), ignored);
    }
    note_harmless(result, order(service, {"unmask", "--runtime", service.unit}, k_order_timeout_ms));
    note_run(result, order(service, {"daemon-reload"}, k_order_timeout_ms), "reload-failed");
    return result;
  }

  OrderResult kill(const ServiceRef& service) override {
    OrderResult result;
    note_run(result,
             order(service, {"kill", "--kill-whom=all", "-s", "KILL", service.unit},
                   k_order_timeout_ms),
             "kill-failed");
    return result;
  }

  Commands enable_commands(const ServiceRef& s) const override {
    return {argv_of(s, {"enable", s.unit})};
  }
  Commands start_commands(const ServiceRef& s) const override {
    return {argv_of(s, {"reset-failed", s.unit}), argv_of(s, {"start", s.unit})};
  }
  Commands stop_commands(const ServiceRef& s) const override { return {argv_of(s, {"stop", s.unit})}; }
  Commands disable_commands(const ServiceRef& s) const override {
    return {argv_of(s, {"disable", s.unit})};
  }
  Commands reload_commands(const ServiceRef& s) const override {
    return {argv_of(s, {"daemon-reload"})};
  }
  std::vector<std::string> override_fix(const ServiceRef& s) const override {
    return argv_of(s, {"unmask", s.unit});
  }

 private:
  static std::vector<std::string> argv_of(const ServiceRef& service, std::vector<std::string> words) {
    std::vector<std::string> argv = {"systemctl", std::string(scope_option(service.scope))};
    std::ranges::move(words, std::back_inserter(argv));
    return argv;
  }

  CommandRun order(const ServiceRef& service, std::vector<std::string> words,
                   std::uint64_t timeout_ms) const {
    return run_and_note(host_, argv_of(service, std::move(words)), timeout_ms);
  }

  OrderResult run_all(const Commands& commands, std::string_view reason) const {
    OrderResult result;
    for (const std::vector<std::string>& argv : commands) {
      note_run(result, run_and_note(host_, argv, k_order_timeout_ms), reason);
    }
    return result;
  }

  fs::path freeze_file(const ServiceRef& service) const {
    fs::path directory;
    if (service.scope == AgentScope::system) {
      directory = host::system_path(host_.environment, "/run/systemd/system");
    } else if (const std::string* runtime =
                   host::find_variable(host_.environment, "XDG_RUNTIME_DIR");
               runtime != nullptr && runtime->starts_with('/')) {
      directory = fs::path(*runtime) / "systemd/user";
    }
    return directory.empty() ? directory : directory / (service.unit + ".d") / k_freeze_name;
  }

  static void read_properties(const std::vector<host::UnitProperty>& properties,
                              UtcTime now, ServiceStatus& status) {
    const auto value = [&](std::string_view name) { return host::find_property(properties, name); };
    const std::string_view load = value("LoadState");
    const std::string_view active = value("ActiveState");
    const std::string_view file_state = value("UnitFileState");
    status.active = is_one_of(active, {"active", "activating", "reloading", "deactivating"});
    status.known = status.active || active == "failed" ||
                   (!load.empty() && load != "not-found");
    status.enabled = is_one_of(file_state, {"enabled", "enabled-runtime"});
    status.runtime_mask = file_state == "masked-runtime";
    status.disabled_override = load == "masked" || file_state == "masked" || status.runtime_mask;
    status.state = std::string(active);
    if (const std::string_view sub = value("SubState"); !sub.empty() && !active.empty()) {
      status.state += fmt::format(" ({})", sub);
    }
    if (!status.known) {
      return;  // what is printed of a unit that is not there are defaults
    }
    // Of a unit that never ran, result and exit are defaults that look like a success.
    if (value("ExecMainCode") != "0" || status.active || active == "failed") {
      status.result = std::string(value("Result"));
      status.last_exit = std::string(value("ExecMainStatus"));
    }
    const bool is_up = active == "active" || active == "reloading";
    status.active_since_s = seconds_since(value(is_up ? "ActiveEnterTimestamp" : "InactiveEnterTimestamp"), now);
    if (const auto pid = number_in(value("MainPID")); pid && *pid != 0) {
      status.main_pid = pid;
    }
    status.runs = number_in(value("NRestarts"));
    status.cgroup = std::string(value("ControlGroup"));
    status.loaded_from = value("FragmentPath");
    for (std::string& path : host::parse_path_list(value("DropInPaths"))) {
      status.drop_ins.emplace_back(std::move(path));
    }
  }

  const host::Host& host_;
};

}  // namespace

std::unique_ptr<ServiceBackend> make_systemd_backend(const host::Host& host) {
  return std::make_unique<SystemdBackend>(host);
}

}  // namespace sourceos::runtime
