// What an actor would do, for dry runs and intents: the same orders, none given.
#include <set>

#include <fmt/format.h>

#include "host/files.hpp"
#include "host/host.hpp"
#include "runtime/agent/actor.hpp"
#include "runtime/agent/podman_calls.hpp"
#include "runtime/agent/provenance.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

std::vector<PlannedAction> Actor::install_plan() {
  std::vector<PlannedAction> plan;
  if (d_.auth_mode == AuthMode::empty_authfile && d_.runtime == AgentRuntime::podman &&
      !host::describe(d_.authfile)) {
    plan.push_back({"write-authfile", d_.authfile.string()});
  }
  std::set<fs::path> log_directories;
  for (const fs::path& log : {d_.app_log, d_.stdout_log, d_.stderr_log}) {
    const fs::path directory = log.parent_path();
    if (!log.empty() && !host::describe(directory) && log_directories.insert(directory).second) {
      plan.push_back({"make-log-directory", directory.string()});
    }
  }
  plan.push_back({"write-launcher", places_.launcher.string()});
  plan.push_back({"write-provenance", provenance_file(places_).string()});
  plan.push_back({"write-definition", places_.definition.string()});
  for (auto& argv : backend_.reload_commands(service_)) {
    plan.push_back({"reload", service_.unit, argv});
  }
  return plan;
}

std::vector<PlannedAction> Actor::start_plan() const {
  std::vector<PlannedAction> plan;
  for (auto& argv : backend_.enable_commands(service_)) {
    plan.push_back({"enable", service_.unit, argv});
  }
  for (auto& argv : backend_.start_commands(service_)) {
    plan.push_back({"start", service_.unit, argv});
  }
  return plan;
}

std::vector<PlannedAction> Actor::stop_plan() const {
  std::vector<PlannedAction> plan;
  for (auto& argv : backend_.stop_commands(service_)) {
    plan.push_back({"stop", service_.unit, argv});
  }
  if (d_.runtime == AgentRuntime::podman) {
    plan.push_back({"stop-container", d_.container_name,
                    podman_argv(d_, {"stop", "--ignore", "--time", fmt::format("{}", d_.shutdown_timeout_s),
                            d_.container_name})});
  }
  return plan;
}

std::vector<PlannedAction> Actor::remove_plan() const {
  std::vector<PlannedAction> plan;
  for (const fs::path& path : {places_.definition, places_.launcher.parent_path(), places_.state}) {
    if (host::describe(path)) {
      plan.push_back({"remove", path.string()});
    }
  }
  return plan;
}

}  // namespace sourceos::runtime
