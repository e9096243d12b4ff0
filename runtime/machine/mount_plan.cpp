#include "runtime/machine/mount_plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/machine/content_hash.hpp"

namespace sourceos::runtime {

namespace {

const std::vector<std::string> k_agents = {"agent",  "editor", "terminal",   "openclaw",
                                           "hermes", "codex",  "claude-code"};

MountRequest request_of(std::string id, PathClass path_class, const std::string& host_path,
                        std::string agent_path, AccessMode access) {
  MountRequest request;
  request.mount_id = std::move(id);
  request.path_class = path_class;
  request.host_path = host_path;
  request.agent_path = std::move(agent_path);
  request.access = access;
  request.origin = PathOrigin::typed;
  request.create_if_missing = path_class != PathClass::code;
  request.direct_execution = path_class == PathClass::code;
  return request;
}

// A code root that is not there yet is nobody's fault: it is only never made by us.
bool is_only_missing(const PlannedMount& mount) {
  return mount.request.path_class == PathClass::code && mount.decision.reason == "path-missing";
}

// How the policy hash names it: from home, whoever runs it.
MountRequest as_template(const DenySet& deny, MountRequest request) {
  const std::string expanded = expand_home(request.host_path, deny.home());
  request.host_path = home_template(deny.adapter(), expanded, deny.home());
  return request;
}

json::Value row_of(const PlannedMount& mount, const std::vector<std::string>& homes) {
  const MountRequest& request = mount.request;
  const MountDecision& decision = mount.decision;
  const std::string& path = decision.resolved.empty() ? decision.requested : decision.resolved;
  json::Value row = {{"mountId", request.mount_id},
                     {"pathClass", to_string(request.path_class)},
                     {"hostPath", request.host_path},
                     {"resolvedHostPath", shown_host_path(path, homes)},
                     {"agentPath", request.agent_path},
                     {"accessMode", to_string(request.access)},
                     {"defaultFor", mount.default_for},
                     {"secretsProhibited", true},
                     {"directExecutionAllowed", request.direct_execution},
                     {"createIfMissing", request.create_if_missing},
                     {"exists", decision.exists},
                     {"allowed", decision.is_allowed || is_only_missing(mount)},
                     {"reason", nullptr},
                     {"warnings", decision.warnings},
                     {"description", mount.description}};
  if (!decision.is_allowed) {
    row["reason"] = decision.reason;
  }
  return row;
}

}  // namespace

bool MachineMountPlan::is_allowed() const {
  return std::all_of(mounts.begin(), mounts.end(), [](const PlannedMount& mount) {
    return mount.decision.is_allowed || is_only_missing(mount);
  });
}

Result<MachineMountPlan> plan_mounts(const PolicyContext& context, const Profile& profile,
                                     const MountRoots& roots, const NamedMountPolicy& policy) {
  MachineMountPlan plan;
  plan.warnings = policy.warnings;
  plan.profile = profile.name;
  plan.adapter = to_string(context.deny.adapter());
  plan.backend = storage_backend(plan.adapter, profile.runtime.uses_machine());
  plan.mounts = {
      {request_of("dev-root", PathClass::code, roots.dev, "/workspace/dev", AccessMode::read_write),
       k_agents,
       "Code and repositories of the workspace; not a whole home",
       {}},
      {request_of("docs-output", PathClass::documents, roots.documents, "/workspace/output",
                  AccessMode::read_write),
       k_agents,
       "Documents and reports that agents write",
       {}},
      {request_of("browser-downloads", PathClass::downloads, roots.downloads,
                  "/workspace/downloads", AccessMode::browser_read_write_agent_read_only),
       {"browser"},
       "Downloads of a browser in one folder; never the whole Downloads folder",
       {}},
  };
  std::vector<MountRequest> templates;
  for (PlannedMount& mount : plan.mounts) {
    mount.decision = decide_mount(context, mount.request);
    templates.push_back(as_template(context.deny, mount.request));
  }
  SOURCEOS_TRY_ASSIGN(plan.policy_hash, policy_hash(templates, *policy.document));
  return plan;
}

json::Value mount_plan_document(const MachineMountPlan& plan, PlanScope scope,
                                const std::vector<std::string>& homes) {
  json::Value document = {
      {"type", "AgentMachineMountPlan"},
      {"specVersion", "0.1.0"},
      {"profile", plan.profile},
      {"hostAdapter", plan.adapter},
      {"storageBackend", plan.backend},
      {"contractRefs",
       {{"localDataPlaneSchema", "https://schemas.srcos.ai/v2/AgentMachineLocalDataPlane.json"},
        {"mountPolicySchema", "https://schemas.srcos.ai/v2/AgentMachineMountPolicy.json"}}},
      {"mounts", json::Value::array()},
      {"deniedPatterns", denied_patterns()},
      {"downloadPolicy",
       {{"mountWholeDownloadsDirectoryAllowed", false},
        {"hashDownloads", true},
        {"agentAccess", "read-only"},
        {"browserAccess", "read-write"},
        {"directExecutionAllowed", false},
        {"promotionRequiresEvidence", true}}},
      {"evidence",
       {{"required", true},
        {"recordMountLaunch", true},
        {"recordDeniedAttempts", true},
        {"recordHostPath", true},
        {"redactHostUserName", true}}},
      {"policyHash", plan.policy_hash},
      {"warnings", plan.warnings},
      {"dryRun", true},
      {"wouldCreate", json::Value::array()}};
  json::Value errors = json::Value::array();
  for (const PlannedMount& mount : plan.mounts) {
    if (scope == PlanScope::without_downloads && mount.request.path_class == PathClass::downloads) {
      continue;
    }
    document["mounts"].push_back(row_of(mount, homes));
    if (mount.is_to_be_made()) {
      document["wouldCreate"].push_back(shown_host_path(mount.decision.resolved, homes));
    }
    if (!mount.decision.is_allowed && !is_only_missing(mount)) {
      errors.push_back({{"mountId", mount.request.mount_id},
                        {"reason", mount.decision.reason},
                        {"message", mount.decision.message}});
    }
  }
  if (!errors.empty()) {
    document["policyErrors"] = std::move(errors);
  }
  return document;
}

json::Value mount_evidence_document(const MachineMountPlan& plan, const Profile& profile,
                                    const std::vector<std::string>& homes,
                                    const std::string& captured_at) {
  json::Value rows = json::Value::array();
  json::Value denied = json::Value::array();
  for (const PlannedMount& mount : plan.mounts) {
    if (!mount.decision.is_allowed) {
      if (!is_only_missing(mount)) {
        denied.push_back({{"pathRef", shown_host_path(mount.decision.requested, homes)},
                          {"reason", mount.decision.reason},
                          {"severity", "deny"}});
      }
      continue;
    }
    const std::optional<std::string> content = hash_content(mount.decision.resolved).hash;
    rows.push_back({{"mountId", mount.request.mount_id},
                    {"pathClass", to_string(mount.request.path_class)},
                    {"hostPathRef", shown_host_path(mount.decision.resolved, homes)},
                    {"agentPath", mount.request.agent_path},
                    {"accessMode", to_string(mount.request.access)},
                    {"storageBackend", plan.backend},
                    {"gitRef", nullptr},
                    {"contentHash", content ? json::Value(*content) : json::Value(nullptr)},
                    {"secretsProhibited", true},
                    {"directExecutionAllowed", mount.request.direct_execution},
                    {"existsAtRunStart", mount.decision.exists}});
  }
  json::Value interface = nullptr;
  if (profile.secure_host_interface_ref) {
    interface = *profile.secure_host_interface_ref;
  }
  return {{"kind", "AgentMachineMountEvidence"},
          {"capturedAt", captured_at},
          {"workspaceId", profile.agent_plane.workspace_id},
          {"bundle", nullptr},
          {"executor", profile.agent_plane.executor},
          {"backendIntent", "agent-machine"},
          {"localDataPlaneRef", profile.local_data_plane_ref},
          {"mountPolicyRef", profile.mount_policy_ref},
          {"secureHostInterfaceRef", std::move(interface)},
          {"topolvmPlacementProfileRef", nullptr},
          {"storageBackend", plan.backend},
          {"policyHash", plan.policy_hash},
          {"gitRef", nullptr},
          {"mounts", std::move(rows)},
          {"deniedAttempts", std::move(denied)},
          {"downloadArtifacts", json::Value::array()},
          {"topolvmPlacement", nullptr},
          {"redactionSummary", {{"hostUserRedacted", true}, {"secretLikeValuesRedacted", 0}}}};
}

}  // namespace sourceos::runtime
