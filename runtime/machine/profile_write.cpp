#include <array>

#include "bundle/digest.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "runtime/machine/profile.hpp"

namespace sourceos::runtime {

namespace {

template <class T>
json::Value or_null(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

json::Value rows_of(const std::vector<NamedValue>& values) {
  json::Value rows = json::Value::array();
  for (const auto& [name, value] : values) {
    rows.push_back({{"name", name}, {"value", value}});
  }
  return rows;
}

json::Value runtime_of(const ProfileRuntime& runtime) {
  json::Value out = {{"engine", "podman"},
                     {"mode", runtime.mode},
                     {"provider", runtime.provider},
                     {"machineName", or_null(runtime.machine_name)},
                     {"connection", or_null(runtime.connection)},
                     {"rootless", true},
                     {"minimumPodmanVersion", runtime.minimum_podman_version},
                     {"userns", runtime.userns},
                     {"network", runtime.network}};
  if (runtime.has_resources) {
    json::Value resources = json::Value::object();
    const auto put = [&](const char* key, const std::optional<std::uint64_t>& value) {
      if (value) {
        resources[key] = *value;
      }
    };
    put("cpus", runtime.resources.cpus);
    put("memoryMiB", runtime.resources.memory_mib);
    put("diskGiB", runtime.resources.disk_gib);
    out["resources"] = std::move(resources);
  }
  return out;
}

json::Value repos_of(const std::vector<ProfileRepo>& repos) {
  json::Value rows = json::Value::array();
  for (const ProfileRepo& repo : repos) {
    rows.push_back({{"repoId", repo.repo_id},
                    {"hostPath", repo.host_path},
                    {"agentPath", repo.agent_path},
                    {"accessMode", to_string(repo.access)},
                    {"gitPolicy", repo.git_policy},
                    {"branch", or_null(repo.branch)}});
  }
  return rows;
}

json::Value mounts_of(const std::vector<ProfileMount>& mounts) {
  json::Value rows = json::Value::array();
  for (const ProfileMount& mount : mounts) {
    const MountRequest& request = mount.request;
    json::Value row = {
        {"mountId", request.mount_id},
        {"pathClass", to_string(request.path_class)},
        {"hostPath", request.host_path},
        {"agentPath", request.agent_path},
        {"accessMode", to_string(request.access)},
        {"secretsProhibited", true},
        {"directExecutionAllowed", request.direct_execution},
        {"createIfMissing", request.create_if_missing},
        {"retentionPolicy", mount.retention_policy},
        {"secretFilePolicy", request.secret_files == SecretFiles::warn ? "warn" : "deny"}};
    if (!mount.default_for.empty()) {
      row["defaultFor"] = mount.default_for;
    }
    if (!mount.description.empty()) {
      row["description"] = mount.description;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

json::Value tools_of(const std::vector<ProfileTool>& tools) {
  json::Value rows = json::Value::array();
  for (const ProfileTool& tool : tools) {
    rows.push_back({{"toolId", tool.tool_id},
                    {"enabled", tool.is_enabled},
                    {"command", tool.command},
                    {"sideEffects", tool.has_side_effects},
                    {"requiresGrant", tool.requires_grant},
                    {"network", tool.network}});
  }
  return rows;
}

json::Value security_of(const ProfileSecurity& security) {
  return {{"privileged", false},
          {"hostNetwork", false},
          {"hostPid", false},
          {"noNewPrivileges", true},
          {"dropCapabilities", {"all"}},
          {"addCapabilities", security.add_capabilities},
          {"readOnlyRootfs", security.read_only_rootfs},
          {"selinuxRelabel", security.selinux_relabel},
          {"seccomp", "default"}};
}

json::Value secret_refs_of(const std::vector<ProfileSecretRef>& refs) {
  json::Value rows = json::Value::array();
  for (const ProfileSecretRef& ref : refs) {
    rows.push_back(
        {{"name", ref.name}, {"tokenDoorRef", ref.token_door_ref}, {"required", ref.is_required}});
  }
  return rows;
}

}  // namespace

const std::vector<std::string_view>& tool_ids() {
  static const std::vector<std::string_view> ids = {
      "openclaw", "hermes", "codex", "claude-code", "local-shell", "github-bot", "ci-bot"};
  return ids;
}

const ProfileTool* Profile::tool(std::string_view tool_id) const {
  for (const ProfileTool& each : tools) {
    if (each.tool_id == tool_id) {
      return &each;
    }
  }
  return nullptr;
}

std::vector<MountRequest> Profile::declared_mounts() const {
  std::vector<MountRequest> all;
  for (const ProfileRepo& repo : repos) {
    MountRequest request;
    request.mount_id = "repo-" + repo.repo_id;
    request.path_class = PathClass::code;
    request.host_path = repo.host_path;
    request.agent_path = repo.agent_path;
    request.access = repo.access;
    request.direct_execution = true;
    request.git_metadata_writable = is_git_metadata_writable;
    all.push_back(std::move(request));
  }
  for (const ProfileMount& mount : mounts) {
    all.push_back(mount.request);
    all.back().git_metadata_writable = is_git_metadata_writable;
  }
  return all;
}

json::Value render_profile(const Profile& profile) {
  json::Value document = {
      {"id", profile.id},
      {"type", "AgentMachineProfile"},
      {"specVersion", profile.spec_version},
      {"name", profile.name},
      {"description", or_null(profile.description)},
      {"hostAdapter", profile.host_adapter},
      {"hostArch", profile.host_arch},
      {"runtime", runtime_of(profile.runtime)},
      {"image",
       {{"reference", profile.image.reference},
        {"digest", or_null(profile.image.digest)},
        {"referencePolicy", profile.image.reference_policy},
        {"pull", profile.image.pull},
        {"provenanceRef", or_null(profile.image.provenance_ref)},
        {"sbomRef", or_null(profile.image.sbom_ref)}}},
      {"localDataPlaneRef", profile.local_data_plane_ref},
      {"mountPolicyRef", profile.mount_policy_ref},
      {"secureHostInterfaceRef", or_null(profile.secure_host_interface_ref)},
      {"repoAllowlist", repos_of(profile.repos)},
      {"mounts", mounts_of(profile.mounts)},
      {"environment",
       {{"allow", profile.environment_allow}, {"set", rows_of(profile.environment_set)}}},
      {"secretRefs", secret_refs_of(profile.secret_refs)},
      {"tools", tools_of(profile.tools)},
      {"security", security_of(profile.security)},
      {"denial",
       {{"homeWholesale", "deny"},
        {"sensitivePaths", "deny"},
        {"unlistedMounts", "deny"},
        {"onViolation", "refuse"}}},
      {"evidence",
       {{"required", true},
        {"sign", true},
        {"redactHostUserName", true},
        {"recordMountLaunch", true},
        {"recordDeniedAttempts", true},
        {"transcript", profile.transcript}}},
      {"agentPlane",
       {{"backendIntent", "agent-machine"},
        {"executor", profile.agent_plane.executor},
        {"workspaceId", profile.agent_plane.workspace_id},
        {"lane", profile.agent_plane.lane},
        {"bundle", or_null(profile.agent_plane.bundle)}}},
      {"labels", rows_of(profile.labels)},
      {"notes", or_null(profile.notes)}};
  if (profile.is_git_metadata_writable) {
    document["gitMetadata"] = "writable";
  }
  return document;
}

Result<std::string> profile_hash(const Profile& profile) {
  SOURCEOS_TRY_ASSIGN(const std::string bytes, json::write_canonical(render_profile(profile)));
  return bundle::sha256(bytes).text();
}

}  // namespace sourceos::runtime
