// launchd: the login session's domain for user scope, "system" for system scope.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/text.hpp"
#include "host/host.hpp"
#include "host/tools/launchd.hpp"
#include "runtime/agent/backend_common.hpp"

namespace sourceos::runtime {

namespace {

// Of `launchctl bootstrap`, as errno says them.
constexpr int k_input_output_error = 5;
constexpr int k_file_exists = 17;
constexpr int k_already_in_progress = 37;
constexpr int k_service_disabled = 119;

bool says(const CommandRun& run, std::string_view words) {
  return run.error_output.find(words) != std::string::npos ||
         run.output.find(words) != std::string::npos;
}

// The number is the exit status on new systems and stands in the text on all.
bool failed_with(const CommandRun& run, int number) {
  return run.status == number || says(run, fmt::format("failed: {}:", number)) ||
         says(run, fmt::format("error {}:", number));
}

bool is_not_there(const CommandRun& run) {
  constexpr int k_no_such_process = 3;
  constexpr int k_could_not_find = 113;
  return run.end == host::ProcessEnd::exited &&
         (run.status == k_no_such_process || run.status == k_could_not_find ||
          says(run, "No such process") || says(run, "Could not find"));
}

std::optional<std::uint64_t> pid_in(std::string_view output) {
  for (const std::string_view raw : text::lines(output)) {
    const std::string_view line = text::trim(raw);
    constexpr std::string_view k_key = "pid = ";
    if (line.starts_with(k_key)) {
      std::uint64_t pid = 0;
      const std::string_view digits = line.substr(k_key.size());
      std::from_chars(digits.data(), digits.data() + digits.size(), pid);
      return pid == 0 ? std::nullopt : std::optional(pid);
    }
  }
  return std::nullopt;
}

class LaunchdBackend final : public ServiceBackend {
 public:
  explicit LaunchdBackend(const host::Host& host) : host_(host) {}

  std::string_view name() const override { return "launchd"; }
  Platform platform() const override { return Platform::macos; }

  ServiceStatus status(const ServiceRef& service) override {
    ServiceStatus status;
    CommandRun overrides = run({"launchctl", "print-disabled", domain(service)});
    if (!overrides.ok()) {
      status.unreachable_reason = overrides.end == host::ProcessEnd::missing     ? "launchctl-missing"
                                  : overrides.end == host::ProcessEnd::timed_out ? "probe-timeout"
                                                                                 : "backend-unavailable";
      status.commands.push_back(std::move(overrides));
      return status;
    }
    for (const host::LaunchdOverride& each : host::parse_launchd_disabled(overrides.output)) {
      status.disabled_override = status.disabled_override || (each.label == service.label && each.disabled);
    }
    status.commands.push_back(std::move(overrides));
    CommandRun printed = run({"launchctl", "print", target(service)});
    status.reachable = printed.end == host::ProcessEnd::exited;
    if (!status.reachable) {
      status.unreachable_reason = "probe-timeout";
    } else if (printed.ok()) {
      read_print(printed.output, status);
    }
    status.raw = printed.output;
    status.commands.push_back(std::move(printed));
    return status;
  }

  // launchd reads a plist when it is loaded, never later.
  OrderResult reload(const ServiceRef&) override { return {}; }

  OrderResult enable(const ServiceRef& service) override {
    OrderResult result;
    note_run(result, run(enable_commands(service)[0]), "enable-failed");
    if (!result.ok) {
      return result;
    }
    CommandRun bootstrap = run(enable_commands(service)[1]);
    if (failed_with(bootstrap, k_file_exists) || failed_with(bootstrap, k_already_in_progress)) {
      result.detail = "already bootstrapped";
      note_harmless(result, std::move(bootstrap));
    } else if (failed_with(bootstrap, k_service_disabled)) {
      note_run(result, std::move(bootstrap), "label-disabled");
    } else if (failed_with(bootstrap, k_input_output_error)) {
      note_run(result, std::move(bootstrap), "bootstrap-error");
    } else {
      note_run(result, std::move(bootstrap), "enable-failed");
    }
    return result;
  }

  OrderResult start(const ServiceRef& service, std::uint64_t timeout_ms) override {
    OrderResult result;
    if (ServiceStatus now = status(service); now.active) {
      result.detail = "it runs already";
      result.commands = std::move(now.commands);
      return result;
    }
    note_run(result, run_and_note(host_, start_commands(service)[0], timeout_ms), "start-failed");
    return result;
  }

  OrderResult stop(const ServiceRef& service, std::uint64_t timeout_ms) override {
    return boot_out(service, timeout_ms, "stop-failed");
  }

  OrderResult disable(const ServiceRef& service) override {
    OrderResult result = boot_out(service, k_order_timeout_ms, "disable-failed");
    note_run(result, run(disable_commands(service)[1]), "disable-failed");
    const ServiceStatus after = status(service);
    if (result.ok && after.reachable && after.known) {
      result.ok = false;
      result.reason = "disable-failed";
      result.detail = "launchctl reported success, but the service is still loaded";
    }
    return result;
  }

  OrderResult forbid(const ServiceRef& service) override {
    OrderResult result;
    note_run(result, run(disable_commands(service)[1]), "freeze-failed");
    return result;
  }

  // A label that was disabled in quarantine stays so until somebody enables it.
  OrderResult allow(const ServiceRef&) override { return {}; }

  OrderResult kill(const ServiceRef& service) override {
    OrderResult result;
    CommandRun killed = run({"launchctl", "kill", "SIGKILL", target(service)});
    if (is_not_there(killed)) {
      note_harmless(result, std::move(killed));
    } else {
      note_run(result, std::move(killed), "kill-failed");
    }
    return result;
  }

  Commands enable_commands(const ServiceRef& s) const override {
    return {{"launchctl", "enable", target(s)},
            {"launchctl", "bootstrap", domain(s), s.definition.string()}};
  }
  Commands start_commands(const ServiceRef& s) const override {
    return {{"launchctl", "kickstart", target(s)}};
  }
  Commands stop_commands(const ServiceRef& s) const override {
    return {{"launchctl", "bootout", target(s)}};
  }
  Commands disable_commands(const ServiceRef& s) const override {
    return {{"launchctl", "bootout", target(s)}, {"launchctl", "disable", target(s)}};
  }
  Commands reload_commands(const ServiceRef&) const override { return {}; }
  std::vector<std::string> override_fix(const ServiceRef& s) const override {
    return {"launchctl", "enable", target(s)};
  }

 private:
  CommandRun run(std::vector<std::string> argv) const {
    return run_and_note(host_, std::move(argv), k_order_timeout_ms);
  }

  std::string domain(const ServiceRef& service) const {
    return service.scope == AgentScope::system ? "system"
                                               : fmt::format("gui/{}", host_.environment.domain_uid);
  }
  std::string target(const ServiceRef& service) const {
    return fmt::format("{}/{}", domain(service), service.label);
  }

  // What is not loaded need not be unloaded.
  OrderResult boot_out(const ServiceRef& service, std::uint64_t timeout_ms,
                       std::string_view reason) const {
    OrderResult result;
    CommandRun run = run_and_note(host_, stop_commands(service)[0], timeout_ms);
    if (is_not_there(run)) {
      result.detail = "it is not loaded";
      note_harmless(result, std::move(run));
    } else {
      note_run(result, std::move(run), reason);
    }
    return result;
  }

  static void read_print(std::string_view output, ServiceStatus& status) {
    const host::LaunchdService service = host::parse_launchd_print(output);
    status.known = true;
    status.state = service.state.value_or("");
    status.main_pid = pid_in(output);
    status.active = status.state == "running" || status.main_pid.has_value();
    status.enabled = !status.disabled_override;
    status.last_exit = service.last_exit.value_or("");
    status.runs = service.runs;
    status.loaded_from = service.path.value_or("");
  }

  const host::Host& host_;
};

}  // namespace

std::unique_ptr<ServiceBackend> make_launchd_backend(const host::Host& host) {
  return std::make_unique<LaunchdBackend>(host);
}

}  // namespace sourceos::runtime
