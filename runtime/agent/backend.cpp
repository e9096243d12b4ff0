#include "runtime/agent/backend.hpp"

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "host/host.hpp"
#include "host/tools/answer.hpp"
#include "runtime/agent/places.hpp"

namespace sourceos::runtime {

CommandRun run_and_note(const host::Host& host, std::vector<std::string> argv,
                        std::uint64_t timeout_ms) {
  CommandRun run;
  run.started_at = host.clock.now();
  auto answer = host::ask(host.processes, argv, timeout_ms, limits::k_probe_output_bytes_max);
  run.finished_at = host.clock.now();
  run.argv = std::move(argv);
  if (!answer) {
    constexpr int k_status_missing = 127;
    run.end = host::ProcessEnd::missing;
    run.status = k_status_missing;
    run.error_output = answer.error().message;
    return run;
  }
  host::ProcessOutcome outcome = host::as_text(std::move(answer->outcome));
  run.end = outcome.end;
  run.status = outcome.status;
  run.output = std::move(outcome.output);
  run.error_output = std::move(outcome.error_output);
  return run;
}

Status obey(const OrderResult& result) {
  return result.ok ? Status{} : fail(ErrorKind::unavailable, result.reason, result.detail);
}

ServiceRef service_ref(const Declaration& declaration, const host::Host& host) {
  const AgentPlaces places = places_of(declaration, host);
  return {declaration.scope, places.unit, declaration.label, places.definition};
}

std::uint64_t stop_timeout_ms(const Declaration& declaration) {
  constexpr std::uint64_t k_grace_s = 10;
  return (declaration.shutdown_timeout_s + k_grace_s) * 1'000;
}

std::unique_ptr<ServiceBackend> make_backend(const host::Host& host) {
  return platform_of(host) == Platform::macos ? make_launchd_backend(host)
                                              : make_systemd_backend(host);
}

json::Value as_json(const ServiceStatus& status) {
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? json::Value() : json::Value(text);
  };
  const auto number_or_null = [](const std::optional<std::uint64_t>& number) {
    return number ? json::Value(*number) : json::Value();
  };
  json::Value drop_ins = json::Value::array();
  for (const std::filesystem::path& path : status.drop_ins) {
    drop_ins.push_back(path.string());
  }
  return {{"reachable", status.reachable},
          {"reason", text_or_null(status.unreachable_reason)},
          {"loaded", status.known},
          {"active", status.active},
          {"enabled", status.enabled},
          {"disabledOverride", status.disabled_override},
          {"state", text_or_null(status.state)},
          {"result", text_or_null(status.result)},
          {"lastExit", text_or_null(status.last_exit)},
          {"mainPid", number_or_null(status.main_pid)},
          {"runs", number_or_null(status.runs)},
          {"loadedFrom", text_or_null(status.loaded_from.string())},
          {"dropIns", drop_ins}};
}

}  // namespace sourceos::runtime
