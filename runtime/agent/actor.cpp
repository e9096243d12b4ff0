#include "runtime/agent/actor.hpp"

#include <fmt/format.h>

#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/podman_calls.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

ActResult failed(std::string_view reason, std::string detail) {
  return {.ok = false, .changed = true, .reason = std::string(reason), .detail = std::move(detail)};
}

}  // namespace

Actor::Actor(const host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent,
             ActionLog& log)
    : host_(host),
      backend_(backend),
      d_(agent.declaration),
      log_(log),
      places_(places_of(agent.declaration, host)),
      service_(service_ref(agent.declaration, host)) {}

void Actor::note_state(AgentPhase phase, const std::string& reason) {
  AgentState state = read_state(places_);
  if (state.managed_by.empty()) {
    state.managed_by = "operator";
  }
  state.phase = phase;
  state.reason = reason;
  state.detail.clear();
  if (phase == AgentPhase::enabled) {
    state.own_override = false;
  }
  // Notes that cannot be written cost `status` a line: the host is asked for the rest.
  (void)write_state(places_, std::move(state), host_.clock.now());
}

ActResult Actor::stop() {
  const ServiceStatus before = backend_.status(service_);
  if (!before.reachable) {
    return failed("backend-unavailable", before.unreachable_reason);
  }
  const auto running = find_container(host_, d_);
  const bool container_lives = running && (running->state == "running" || running->state == "paused");
  if (!before.active && !container_lives && !(backend_.platform() == Platform::macos && before.known)) {
    log_.skipped("stop", service_.unit, "it does not run");
    return {};
  }
  const OrderResult stopped = backend_.stop(service_, stop_timeout_ms(d_));
  bool ok = log_.order("stop", service_.unit, stopped);
  std::string detail = stopped.detail;
  if (running) {
    const OrderResult ended = stop_container(host_, d_);
    ok = log_.order("stop-container", d_.container_name, ended) && ok;
    detail = detail.empty() ? ended.detail : detail;
  }
  const ServiceStatus after = backend_.status(service_);
  if (!ok || after.active) {
    note_state(AgentPhase::failed, "stop-failed");
    return failed("stop-failed", detail.empty() ? "the service still runs" : detail);
  }
  note_state(after.enabled ? AgentPhase::enabled : AgentPhase::installed);
  return {.ok = true, .changed = true, .reason = {}, .detail = {}};
}

ActResult Actor::remove_files() {
  bool changed = false;
  std::string problem;
  const auto remove = [&](std::string_view action, const fs::path& path) {
    if (path.empty() || !host::describe(path)) {
      return;
    }
    changed = true;
    const Status done = log_.file(action, path, [&] { return host::remove_tree(path); });
    if (!done && problem.empty()) {
      problem = done.error().read_out();
    }
  };
  remove("remove-definition", places_.definition);
  remove("remove-launcher", places_.launcher.parent_path());
  if (changed) {
    (void)log_.order("reload", service_.unit, backend_.reload(service_));
  }
  // What quarantine holds stays: it may be the only copy of the original.
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(places_.state, ignored)) {
    if (entry.path() != places_.held && entry.path().filename() != k_lock_file) {
      remove("remove-state", entry.path());
    }
  }
  return {.ok = problem.empty(), .changed = changed,
          .reason = problem.empty() ? "" : "remove-failed", .detail = problem};
}

}  // namespace sourceos::runtime
