#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"
#include "runtime/machine/json_reader.hpp"
#include "runtime/machine/profile.hpp"
#include "runtime/machine/profile_rules.hpp"
#include "runtime/machine/secret_detector.hpp"

namespace sourceos::runtime {

namespace {

using Need = ObjectReader::Need;

constexpr std::uint64_t k_cpus_max = 64;
constexpr std::uint64_t k_memory_least = 512;
constexpr std::uint64_t k_disk_least = 5;
constexpr std::uint64_t k_size_max = 16'777'216;

class Reader {
 public:
  Reader(const json::Value& document, SecretDetector& secrets)
      : problems_("profile-invalid"), top_(document, "", problems_), secrets_(secrets) {}

  Result<Profile> run() {
    read_top();
    read_runtime();
    read_image();
    read_repos();
    read_mounts();
    read_environment();
    read_secret_refs();
    read_tools();
    read_security();
    read_constants();
    read_agent_plane();
    top_.close();
    SOURCEOS_TRY(problems_.status());
    SOURCEOS_TRY(check_profile_rules(profile_));
    return std::move(profile_);
  }

 private:
  ObjectReader below(std::string_view key) {
    const json::Value* object = top_.object(key);
    return {object == nullptr ? k_nothing : *object, "/" + std::string(key), problems_};
  }

  void need_urn(std::string_view place, std::string_view value, std::string_view slug) {
    if (!is_urn(value, slug)) {
      problems_.add(place, fmt::format("urn:srcos:{}:<name>", slug));
    }
  }

  AccessMode access(ObjectReader& reader) {
    const std::string word = reader.one_of(
        "accessMode",
        {"read-only", "read-write", "browser-read-write-agent-read-only", "write-only-artifacts"});
    return access_mode_of(word).value_or(AccessMode::read_only);
  }

  std::string agent_path(ObjectReader& reader) {
    std::string path = reader.text("agentPath");
    if (!is_agent_path(path)) {
      problems_.add(reader.place("agentPath"), "an absolute path in the container without '..'");
    }
    return path;
  }

  void refuse_secret(std::string_view place, std::string_view value) {
    if (secrets_.is_secret(value)) {
      problems_.add_reason("secret-in-profile", place, "no secret; name one in secretRefs");
    }
  }

  void read_top() {
    profile_.id = top_.text("id");
    need_urn("/id", profile_.id, "agent-machine-profile");
    top_.constant("type", "AgentMachineProfile");
    profile_.spec_version = top_.text("specVersion");
    if (!is_spec_version(profile_.spec_version)) {
      problems_.add("/specVersion", "2.<minor>.<patch>");
    }
    profile_.name = top_.text("name");
    if (!is_profile_name(profile_.name)) {
      problems_.add("/name", "1 to 63 of a-z, 0-9 and '-', not beginning with '-'");
    }
    profile_.description = top_.text_or_null("description", Need::optional);
    profile_.host_adapter = top_.one_of("hostAdapter", {"macos", "windows", "linux"});
    profile_.host_arch = top_.one_of("hostArch", {"arm64", "x86_64", "any"});
    profile_.local_data_plane_ref = top_.text("localDataPlaneRef");
    need_urn("/localDataPlaneRef", profile_.local_data_plane_ref, "agent-machine-local-data-plane");
    profile_.mount_policy_ref = top_.text("mountPolicyRef");
    need_urn("/mountPolicyRef", profile_.mount_policy_ref, "agent-machine-mount-policy");
    profile_.secure_host_interface_ref = top_.text_or_null("secureHostInterfaceRef");
    if (profile_.secure_host_interface_ref) {
      need_urn("/secureHostInterfaceRef", *profile_.secure_host_interface_ref,
               "secure-host-interface");
    }
    profile_.is_git_metadata_writable = top_.one_of("gitMetadata", {"read-only", "writable"},
                                                    Need::optional, "read-only") == "writable";
    profile_.labels = top_.named_values("labels", Need::optional);
    profile_.notes = top_.text_or_null("notes", Need::optional);
    refuse_secret("/notes", profile_.notes.value_or(""));
    refuse_secret("/description", profile_.description.value_or(""));
    for (const auto& [name, value] : profile_.labels) {
      refuse_secret("/labels", value);
    }
  }

  void read_runtime() {
    ObjectReader reader = below("runtime");
    ProfileRuntime& runtime = profile_.runtime;
    reader.constant("engine", "podman");
    runtime.mode = reader.one_of("mode", {"machine", "native"});
    runtime.provider =
        reader.one_of("provider", {"applehv", "libkrun", "qemu", "wsl", "hyperv", "none"});
    runtime.machine_name = reader.text_or_null("machineName");
    runtime.connection = reader.text_or_null("connection");
    reader.constant_flag("rootless", true);
    runtime.minimum_podman_version = reader.text("minimumPodmanVersion", Need::optional, "4.3.0");
    if (!is_version(runtime.minimum_podman_version)) {
      problems_.add("/runtime/minimumPodmanVersion", "<major>.<minor>.<patch>");
    }
    if (const json::Value* object = reader.object("resources", Need::optional)) {
      ObjectReader resources(*object, "/runtime/resources", problems_);
      runtime.has_resources = true;
      runtime.resources.cpus = resources.number("cpus", 1, k_cpus_max);
      runtime.resources.memory_mib = resources.number("memoryMiB", k_memory_least, k_size_max);
      runtime.resources.disk_gib = resources.number("diskGiB", k_disk_least, k_size_max);
      resources.close();
    }
    runtime.userns = reader.one_of("userns", {"keep-id", "auto", "nomap"});
    runtime.network = reader.one_of("network", {"none", "slirp4netns", "pasta", "private"});
    reader.close();
  }

  void read_image() {
    ObjectReader reader = below("image");
    ProfileImage& image = profile_.image;
    image.reference = reader.text("reference");
    if (!is_image_reference(image.reference)) {
      problems_.add("/image/reference",
                    "an image reference without user information or white space");
    }
    image.digest = reader.text_or_null("digest");
    if (image.digest && !is_digest(*image.digest)) {
      problems_.add("/image/digest", "sha256: and 64 hex digits");
    }
    image.reference_policy = reader.one_of(
        "referencePolicy", {"digest-pinned", "digest-required", "tag-allowed-bootstrap"});
    image.pull = reader.one_of("pull", {"never", "explicit"});
    image.provenance_ref = reader.text_or_null("provenanceRef", Need::optional);
    image.sbom_ref = reader.text_or_null("sbomRef", Need::optional);
    reader.close();
  }

  void read_repos() {
    const json::Value* list = top_.array("repoAllowlist", 1);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      ObjectReader reader((*list)[i], fmt::format("/repoAllowlist/{}", i), problems_);
      ProfileRepo repo;
      repo.repo_id = reader.text("repoId");
      if (repo.repo_id.empty()) {
        problems_.add(reader.place("repoId"), "a name");
      }
      repo.host_path = reader.text("hostPath");
      repo.agent_path = agent_path(reader);
      repo.access = access(reader);
      repo.git_policy = reader.one_of("gitPolicy", {"any", "clean-required", "branch-pinned"});
      repo.branch = reader.text_or_null("branch");
      reader.close();
      profile_.repos.push_back(std::move(repo));
    }
  }

  void read_mounts() {
    const json::Value* list = top_.array("mounts", 0);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      ObjectReader reader((*list)[i], fmt::format("/mounts/{}", i), problems_);
      ProfileMount mount;
      mount.request.mount_id = reader.text("mountId");
      if (mount.request.mount_id.empty()) {
        problems_.add(reader.place("mountId"), "a name");
      }
      mount.request.path_class =
          path_class_of(reader.one_of("pathClass", {"code", "documents", "downloads", "cache",
                                                    "artifacts", "media", "app-bridge"}))
              .value_or(PathClass::code);
      mount.request.host_path = reader.text("hostPath");
      mount.request.agent_path = agent_path(reader);
      mount.request.access = access(reader);
      mount.default_for = reader.texts("defaultFor", 0, Need::optional);
      (void)reader.texts("repoAllowlist", 0, Need::optional);
      if (!reader.flag("secretsProhibited", Need::optional, true)) {
        problems_.add(reader.place("secretsProhibited"), "true");
      }
      mount.request.direct_execution = reader.flag("directExecutionAllowed", Need::optional);
      mount.request.create_if_missing = reader.flag("createIfMissing", Need::optional);
      mount.retention_policy = reader.one_of(
          "retentionPolicy", {"user-managed", "workspace-ttl", "ephemeral", "retain-artifacts"},
          Need::optional, "user-managed");
      if (reader.text_or_null("description", Need::optional)) {
        mount.description = reader.text("description");
      }
      reader.ignore("quotaHintMiB");
      const std::string secrets =
          reader.one_of("secretFilePolicy", {"deny", "warn"}, Need::optional, "deny");
      mount.request.secret_files = secrets == "warn" ? SecretFiles::warn : SecretFiles::deny;
      reader.close();
      profile_.mounts.push_back(std::move(mount));
    }
  }

  void need_environment_name(const std::string& name) {
    if (!is_environment_name(name)) {
      problems_.add("/environment", "names of letters, digits and '_'");
    }
    if (is_secret_name(name)) {
      problems_.add_reason("secret-in-profile", "/environment",
                           "no name of a secret; name it in secretRefs");
    }
  }

  void read_environment() {
    ObjectReader reader = below("environment");
    profile_.environment_allow = reader.texts("allow", 0);
    profile_.environment_set = reader.named_values("set");
    reader.close();
    for (const std::string& name : profile_.environment_allow) {
      need_environment_name(name);
    }
    for (const auto& [name, value] : profile_.environment_set) {
      need_environment_name(name);
      refuse_secret("/environment/set", value);
    }
  }

  void read_secret_refs() {
    const json::Value* list = top_.array("secretRefs", 0);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      ObjectReader reader((*list)[i], fmt::format("/secretRefs/{}", i), problems_);
      ProfileSecretRef ref;
      ref.name = reader.text("name");
      ref.token_door_ref = reader.text("tokenDoorRef");
      need_urn(reader.place("tokenDoorRef"), ref.token_door_ref, "token-door");
      ref.is_required = reader.flag("required");
      reader.close();
      profile_.secret_refs.push_back(std::move(ref));
    }
  }

  void read_tools() {
    const json::Value* list = top_.array("tools", 1);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      ObjectReader reader((*list)[i], fmt::format("/tools/{}", i), problems_);
      ProfileTool tool;
      tool.tool_id = reader.one_of("toolId", {"openclaw", "hermes", "codex", "claude-code",
                                              "local-shell", "github-bot", "ci-bot"});
      tool.is_enabled = reader.flag("enabled", Need::optional, false);
      tool.command = reader.texts("command", 1);
      tool.has_side_effects = reader.flag("sideEffects");
      tool.requires_grant = reader.flag("requiresGrant");
      tool.network = reader.one_of("network", {"inherit", "none"});
      reader.close();
      for (const std::string& word : tool.command) {
        refuse_secret(fmt::format("/tools/{}/command", i), word);
      }
      profile_.tools.push_back(std::move(tool));
    }
  }

  void read_security() {
    ObjectReader reader = below("security");
    reader.constant_flag("privileged", false);
    reader.constant_flag("hostNetwork", false);
    reader.constant_flag("hostPid", false);
    reader.constant_flag("noNewPrivileges", true);
    if (reader.texts("dropCapabilities", 1) != std::vector<std::string>{"all"}) {
      problems_.add("/security/dropCapabilities", "[\"all\"]");
    }
    profile_.security.add_capabilities = reader.texts("addCapabilities", 0);
    profile_.security.read_only_rootfs = reader.flag("readOnlyRootfs");
    profile_.security.selinux_relabel =
        reader.one_of("selinuxRelabel", {"none", "shared", "private"});
    reader.constant("seccomp", "default");
    reader.close();
  }

  void read_constants() {
    ObjectReader denial = below("denial");
    for (const char* key : {"homeWholesale", "sensitivePaths", "unlistedMounts"}) {
      denial.constant(key, "deny");
    }
    denial.constant("onViolation", "refuse");
    denial.close();
    ObjectReader evidence = below("evidence");
    for (const char* key :
         {"required", "sign", "redactHostUserName", "recordMountLaunch", "recordDeniedAttempts"}) {
      evidence.constant_flag(key, true);
    }
    profile_.transcript = evidence.one_of("transcript", {"off", "metadata", "redacted"});
    evidence.close();
  }

  void read_agent_plane() {
    ObjectReader reader = below("agentPlane");
    reader.constant("backendIntent", "agent-machine");
    profile_.agent_plane.executor = reader.text("executor");
    profile_.agent_plane.workspace_id = reader.text("workspaceId");
    need_urn("/agentPlane/workspaceId", profile_.agent_plane.workspace_id,
             "agent-machine-workspace");
    profile_.agent_plane.lane = reader.one_of("lane", {"staging", "prod"});
    profile_.agent_plane.bundle = reader.text_or_null("bundle");
    reader.close();
  }

  static const json::Value k_nothing;

  ReadProblems problems_;
  ObjectReader top_;
  SecretDetector& secrets_;
  Profile profile_;
};

const json::Value Reader::k_nothing = json::Value::object();

}  // namespace

Result<Profile> parse_profile(const json::Value& document, SecretDetector& secrets) {
  return Reader(document, secrets).run();
}

}  // namespace sourceos::runtime
