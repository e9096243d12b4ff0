// What a judged launch says of itself in the bundle.
#include "core/json/json.hpp"
#include "runtime/machine/launch_gates.hpp"

namespace sourceos::runtime {

LaunchPlan::LaunchPlan() = default;
LaunchPlan::~LaunchPlan() = default;
LaunchPlan::LaunchPlan(LaunchPlan&&) noexcept = default;
LaunchPlan& LaunchPlan::operator=(LaunchPlan&&) noexcept = default;

json::Value LaunchPlan::decision_document() const {
  json::Value rows = json::Value::array();
  for (const GateStep& step : steps) {
    json::Value reason = nullptr;
    if (!step.reason.empty()) {
      reason = step.reason;
    }
    rows.push_back(
        {{"step", step.step}, {"decision", step.decision}, {"reason", std::move(reason)}});
  }
  return {{"type", "PolicyDecision"},  {"decision", is_allowed() ? "allow" : "deny"},
          {"policyHash", policy_hash}, {"sessionClass", session_class},
          {"steps", std::move(rows)},  {"warnings", warnings}};
}

json::Value LaunchPlan::mount_rows(const std::vector<std::string>& homes) const {
  json::Value rows = json::Value::array();
  for (const MountDecision& mount : mounts) {
    MountRowFacts facts;
    facts.host_path_ref =
        shown_host_path(mount.resolved.empty() ? mount.requested : mount.resolved, homes);
    facts.storage_backend = storage_backend;
    if (&mount == &mounts.front() && git && git->branch) {
      facts.git_ref = "refs/heads/" + *git->branch;
    } else if (&mount == &mounts.front() && git && git->head) {
      facts.git_ref = *git->head;
    }
    if (const auto at = static_cast<std::size_t>(&mount - mounts.data()); at < contents.size()) {
      facts.content_hash = contents[at].hash;
    }
    for (const PlannedBind& bind : container.binds) {
      if (bind.target == mount.request.agent_path) {
        facts.podman_options = bind.options;
      }
    }
    rows.push_back(mount_row(mount, facts));
  }
  return rows;
}

json::Value LaunchPlan::content_rows() const {
  json::Value rows = json::Value::array();
  for (std::size_t i = 0; i < contents.size() && i < mounts.size(); ++i) {
    const ContentHash& content = contents[i];
    json::Value hash = nullptr;
    json::Value cause = nullptr;
    if (content.hash) {
      hash = *content.hash;
    } else {
      cause = content.cause;
    }
    rows.push_back({{"mountId", mounts[i].request.mount_id},
                    {"contentHash", std::move(hash)},
                    {"cause", std::move(cause)},
                    {"files", content.files},
                    {"bytes", content.bytes}});
  }
  return rows;
}

}  // namespace sourceos::runtime
