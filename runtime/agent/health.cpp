#include "runtime/agent/health.hpp"

#include <fmt/format.h>

#include "core/limits.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/podman_calls.hpp"

namespace sourceos::runtime {

Health judge_health(const host::Host& host, const Declaration& d,
                    const std::optional<ContainerAnswer>& container) {
  if (d.health_type == HealthType::command) {
    const CommandRun run = run_and_note(host, d.health_command, limits::k_probe_timeout_ms);
    return {.ok = run.ok(), .detail = run.ok() ? "health command succeeds" : complaint(run)};
  }
  // Another runtime has no container: that its process lives is all there is to see.
  if (d.health_type == HealthType::none || d.runtime != AgentRuntime::podman) {
    return {.ok = true, .detail = "its process lives"};
  }
  return {.ok = container && container->state == d.health_expected,
          .detail = container ? fmt::format("container is {}", container->state)
                              : std::string("there is no container")};
}

bool is_healthy(const host::Host& host, const Declaration& d) {
  const bool looks_at_container = d.health_type == HealthType::podman_container;
  return judge_health(host, d, looks_at_container ? find_container(host, d) : std::nullopt).ok;
}

}  // namespace sourceos::runtime
