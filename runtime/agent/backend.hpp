// The service manager as typed orders and questions: systemd and launchd behind one interface, and
// a fake in tests/support/fake_backend.hpp. No order is tried twice, and none waits longer than its
// time limit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "host/process_runner.hpp"
#include "runtime/agent/declaration.hpp"

namespace sourceos::runtime {

// One program that was started, for the record of actions.
struct CommandRun {
  std::vector<std::string> argv;
  UtcTime started_at;
  UtcTime finished_at;
  host::ProcessEnd end = host::ProcessEnd::exited;
  int status = 0;
  std::string output;
  std::string error_output;
  [[nodiscard]] bool ok() const { return end == host::ProcessEnd::exited && status == 0; }
};
// Runs with a plain locale; "could not be run" is a run that ended with status 127.
[[nodiscard]] CommandRun run_and_note(const host::Host& host, std::vector<std::string> argv,
                                      std::uint64_t timeout_ms);

struct OrderResult {
  bool ok = true;
  std::string reason;  // stable, when not ok: "label-disabled", "start-failed", "backend-unavailable"
  std::string detail;
  std::vector<CommandRun> commands;
};

// The failure of an order as an error.
[[nodiscard]] Status obey(const OrderResult& result);

// Whose service it is: enough for any order.
struct ServiceRef {
  AgentScope scope = AgentScope::user;
  std::string unit;                  // "sourceos-agent@x.service"
  std::string label;                 // launchd
  std::filesystem::path definition;  // final path
};
[[nodiscard]] ServiceRef service_ref(const Declaration& declaration, const host::Host& host);
// How long a stop may take: the manager kills after the declared time, and then has to reap.
[[nodiscard]] std::uint64_t stop_timeout_ms(const Declaration& declaration);

// What the manager says now. `known` false: it has nothing of that name.
struct ServiceStatus {
  bool reachable = false;
  std::string unreachable_reason;  // "systemd-user-unavailable", "launchctl-missing", ...
  bool known = false;              // loaded, in either manager
  bool active = false;             // a process of it lives or is being started
  bool enabled = false;            // will be started at login or boot
  bool disabled_override = false;  // masked, or disabled in launchd's database
  bool runtime_mask = false;       // masked until the next boot only
  std::string state;               // ActiveState/SubState, launchd's `state`
  std::string result;              // "start-limit-hit", "exit-code"
  std::string last_exit;
  std::optional<std::uint64_t> main_pid;
  std::optional<std::uint64_t> runs;      // launchd runs, systemd NRestarts
  std::optional<std::uint64_t> active_since_s;  // seconds since it was loaded or entered its state
  std::filesystem::path loaded_from;      // file that the manager has
  std::vector<std::filesystem::path> drop_ins;
  std::string cgroup;
  std::string raw;                        // what the manager printed
  std::vector<CommandRun> commands;
};
[[nodiscard]] json::Value as_json(const ServiceStatus& status);

class ServiceBackend {
 public:
  using Commands = std::vector<std::vector<std::string>>;  // argument vectors, in order
  virtual ~ServiceBackend() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;  // "systemd", "launchd"
  [[nodiscard]] virtual Platform platform() const = 0;

  [[nodiscard]] virtual ServiceStatus status(const ServiceRef& service) = 0;
  // The manager reads definitions anew.
  [[nodiscard]] virtual OrderResult reload(const ServiceRef& service) = 0;
  // Registered for start; launchd loads it, and with RunAtLoad that starts it.
  [[nodiscard]] virtual OrderResult enable(const ServiceRef& service) = 0;
  // At most one start: nothing when it runs already. Forgets an earlier start limit.
  [[nodiscard]] virtual OrderResult start(const ServiceRef& service, std::uint64_t timeout_ms) = 0;
  // Stays installed; launchd unloads it, since a killed job may come back.
  [[nodiscard]] virtual OrderResult stop(const ServiceRef& service, std::uint64_t timeout_ms) = 0;
  // Will not be started at login or boot.
  [[nodiscard]] virtual OrderResult disable(const ServiceRef& service) = 0;
  // No start of any kind from now on (quarantine, step 0), and its end.
  [[nodiscard]] virtual OrderResult forbid(const ServiceRef& service) = 0;
  [[nodiscard]] virtual OrderResult allow(const ServiceRef& service) = 0;
  // Ends every process of the service at once.
  [[nodiscard]] virtual OrderResult kill(const ServiceRef& service) = 0;

  // Argument vectors of the above, for plans and remediation.
  [[nodiscard]] virtual Commands enable_commands(const ServiceRef& service) const = 0;
  [[nodiscard]] virtual Commands start_commands(const ServiceRef& service) const = 0;
  [[nodiscard]] virtual Commands stop_commands(const ServiceRef& service) const = 0;
  [[nodiscard]] virtual Commands disable_commands(const ServiceRef& service) const = 0;
  [[nodiscard]] virtual Commands reload_commands(const ServiceRef& service) const = 0;
  // Takes a disabled override away: the fix of check 15.
  [[nodiscard]] virtual std::vector<std::string> override_fix(const ServiceRef& service) const = 0;
};

// The host's own: launchd on macOS, systemd elsewhere.
[[nodiscard]] std::unique_ptr<ServiceBackend> make_backend(const host::Host& host);
[[nodiscard]] std::unique_ptr<ServiceBackend> make_systemd_backend(const host::Host& host);
[[nodiscard]] std::unique_ptr<ServiceBackend> make_launchd_backend(const host::Host& host);

}  // namespace sourceos::runtime
