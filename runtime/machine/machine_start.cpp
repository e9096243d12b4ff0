#include "runtime/machine/machine_start.hpp"

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

StartPlan refuse(StartPlan plan, std::string_view reason, std::string message) {
  plan.act = StartPlan::Act::refuse;
  plan.reason = reason;
  plan.message = std::move(message);
  return plan;
}

StartPlan plan_native(PodmanClient& podman, StartPlan plan) {
  plan.machine.state = "not-applicable";
  plan.connection = podman.connection();
  if (!plan.connection.answers) {
    const std::string reason = plan.connection.reason;
    plan.recommended = "podman info";
    return refuse(std::move(plan), reason, "rootless podman does not answer");
  }
  if (plan.connection.rootless == false) {
    return refuse(std::move(plan), "rootful-refused", "podman answers as rootful");
  }
  plan.note = "not-required";
  return plan;
}

}  // namespace

std::string recommended_init(const Profile& profile, const std::string& machine,
                             const std::vector<std::string>& volumes) {
  const Resources& resources = profile.runtime.resources;
  std::string command = fmt::format("podman machine init --cpus {} --memory {} --disk-size {}",
                                    resources.cpus.value_or(2), resources.memory_mib.value_or(4096),
                                    resources.disk_gib.value_or(40));
  for (const std::string& volume : volumes) {
    command += fmt::format(" --volume {}", text::shell_word(volume + ":" + volume));
  }
  return command + " " + text::shell_word(machine);
}

StartPlan plan_start(PodmanClient& podman, const Profile& profile, const std::string& machine,
                     const std::vector<std::string>& volumes) {
  StartPlan plan;
  if (!podman.is_found()) {
    plan.machine.state = profile.runtime.uses_machine() ? "unknown" : "not-applicable";
    return refuse(std::move(plan), "podman-missing", "expected podman on PATH, there is none");
  }
  const PodmanVersion client = podman.client_version_of(profile.runtime.least_podman_version());
  if (!client.reason.empty()) {
    plan.machine.state = profile.runtime.uses_machine() ? "unknown" : "not-applicable";
    return refuse(std::move(plan), client.reason, client.message);
  }
  if (!profile.runtime.uses_machine()) {
    return plan_native(podman, std::move(plan));
  }
  if (profile.runtime.provider == "wsl") {
    plan.non_claims.emplace_back(
        "All fixed drives of Windows are visible in a WSL machine; '--volume' has no effect "
        "there.");
  }
  plan.machine = podman.machine(machine);
  const std::string& state = plan.machine.state;
  if (state == "absent") {
    plan.recommended = recommended_init(profile, machine, volumes);
    return refuse(std::move(plan), "machine-absent",
                  fmt::format("there is no machine '{}'", machine));
  }
  if (state == "stopped") {
    plan.act = StartPlan::Act::start;
    plan.argv = podman.command({"machine", "start", machine}, PodmanClient::Reach::local);
    return plan;
  }
  if (state == "starting") {
    plan.act = StartPlan::Act::wait;
    return plan;
  }
  if (state != "running") {
    const bool is_slow = !podman.answers().empty() && podman.answers().back().is_timed_out();
    return refuse(std::move(plan), is_slow ? "probe-timeout" : "machine-state-unknown",
                  fmt::format("podman does not say in which state machine '{}' is", machine));
  }
  plan.connection = podman.connection();
  if (!plan.connection.answers) {
    plan.recommended = fmt::format("podman machine stop {0} && podman machine start {0}",
                                   text::shell_word(machine));
    const std::string reason = plan.connection.reason;
    return refuse(std::move(plan), reason,
                  fmt::format("machine '{}' runs and its socket does not answer", machine));
  }
  plan.note = "already-running";
  return plan;
}

Status wait_for_machine(PodmanClient& podman, const std::string& machine, const StartWait& wait) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(wait.limit_ms);
  while (true) {
    if (podman.machine(machine).state == "running" && podman.connection().answers) {
      return {};
    }
    if (wait.is_interrupted && wait.is_interrupted()) {
      return fail(ErrorKind::interrupted, "interrupted", "interrupted while the machine starts");
    }
    if (Clock::now() >= deadline) {
      return fail(
          ErrorKind::refused, "start-failed",
          fmt::format("machine '{}' does not answer after {} s", machine, wait.limit_ms / 1000));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(wait.step_ms));
  }
}

}  // namespace sourceos::runtime
