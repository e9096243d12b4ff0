// AgentMachineProfile (agent-machine 8.1) as types. A profile that was read has passed every rule
// of 8.1 and 6.6: closed objects, constants, patterns, conditionals, no secret in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/machine/mount.hpp"

namespace sourceos::runtime {

class SecretDetector;

struct Resources {
  std::optional<std::uint64_t> cpus;
  std::optional<std::uint64_t> memory_mib;
  std::optional<std::uint64_t> disk_gib;
};

struct ProfileRuntime {
  std::string mode = "native";    // machine, native
  std::string provider = "none";  // applehv, libkrun, qemu, wsl, hyperv, none
  std::optional<std::string> machine_name;
  std::optional<std::string> connection;
  std::string minimum_podman_version = "4.3.0";
  Resources resources;
  bool has_resources = false;
  std::string userns = "keep-id";
  std::string network = "none";

  [[nodiscard]] bool uses_machine() const { return mode == "machine"; }
  // What was declared, or what the network needs when that is later.
  [[nodiscard]] std::string least_podman_version() const;
};

struct ProfileImage {
  std::string reference;
  std::optional<std::string> digest;
  std::string reference_policy = "digest-required";
  std::string pull = "never";
  std::optional<std::string> provenance_ref;
  std::optional<std::string> sbom_ref;
};

struct ProfileRepo {
  std::string repo_id;
  std::string host_path;
  std::string agent_path;
  AccessMode access = AccessMode::read_write;
  std::string git_policy = "any";  // clean-required, branch-pinned
  std::optional<std::string> branch;
};

struct ProfileMount {
  MountRequest request;
  std::vector<std::string> default_for;
  std::string retention_policy = "user-managed";
  std::string description;
};

using NamedValue = std::pair<std::string, std::string>;

struct ProfileSecretRef {
  std::string name;
  std::string token_door_ref;
  bool is_required = false;
};

struct ProfileTool {
  std::string tool_id;
  bool is_enabled = false;
  std::vector<std::string> command;
  bool has_side_effects = false;
  bool requires_grant = false;
  std::string network = "none";  // inherit, none
};

struct ProfileSecurity {
  std::vector<std::string> add_capabilities;
  bool read_only_rootfs = true;
  std::string selinux_relabel = "none";
};

struct ProfileAgentPlane {
  std::string executor;
  std::string workspace_id;
  std::string lane = "staging";
  std::optional<std::string> bundle;
};

struct Profile {
  std::string id;
  std::string spec_version = "2.3.0";
  std::string name;
  std::optional<std::string> description;
  std::string host_adapter = "linux";
  std::string host_arch = "any";
  ProfileRuntime runtime;
  ProfileImage image;
  std::string local_data_plane_ref;
  std::string mount_policy_ref;
  std::optional<std::string> secure_host_interface_ref;
  std::vector<ProfileRepo> repos;
  std::vector<ProfileMount> mounts;
  bool is_git_metadata_writable = false;  // .git/hooks and .git/config of writable code mounts
  std::vector<std::string> environment_allow;
  std::vector<NamedValue> environment_set;
  std::vector<ProfileSecretRef> secret_refs;
  std::vector<ProfileTool> tools;
  ProfileSecurity security;
  std::string transcript = "redacted";  // off, metadata, redacted
  ProfileAgentPlane agent_plane;
  std::vector<NamedValue> labels;
  std::optional<std::string> notes;

  [[nodiscard]] const ProfileTool* tool(std::string_view tool_id) const;
  // Every mount the profile declares, its repositories first: what the policy hash is made of.
  [[nodiscard]] std::vector<MountRequest> declared_mounts() const;
};

// openclaw, hermes, codex, claude-code, local-shell, github-bot, ci-bot.
[[nodiscard]] const std::vector<std::string_view>& tool_ids();

// `malformed`, "profile-invalid" with the place that differs; "secret-in-profile" for a value or
// name that 6.6 forbids.
[[nodiscard]] Result<Profile> parse_profile(const json::Value& document, SecretDetector& secrets);
[[nodiscard]] json::Value render_profile(const Profile& profile);
// "sha256:..." of the canonical rendering: the same however a file was laid out.
[[nodiscard]] Result<std::string> profile_hash(const Profile& profile);

// A name of the environment that says it is a secret (6.6).
[[nodiscard]] bool is_secret_name(std::string_view name);

}  // namespace sourceos::runtime
