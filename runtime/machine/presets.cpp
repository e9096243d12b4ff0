#include "runtime/machine/presets.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

struct Preset {
  std::string_view name;
  std::string_view adapter;
  std::string_view arch;
  std::string_view mode;
  std::string_view provider;
  std::string_view machine;  // empty: none
};

constexpr std::string_view k_machine = "podman-machine-default";
constexpr auto k_presets = std::to_array<Preset>({
    {"macos-podman", "macos", "arm64", "machine", "applehv", k_machine},
    {"windows-podman-wsl", "windows", "x86_64", "machine", "wsl", k_machine},
    {"windows-podman-hyperv", "windows", "x86_64", "machine", "hyperv", k_machine},
    {"linux-native", "linux", "any", "native", "none", ""},
    {"linux-podman-machine", "linux", "any", "machine", "qemu", k_machine},
});

struct Tool {
  std::string_view id;
  std::string_view program;
  bool has_side_effects;
};
constexpr auto k_tools = std::to_array<Tool>({
    {"openclaw", "openclaw", true},
    {"hermes", "hermes", true},
    {"codex", "codex", true},
    {"claude-code", "claude", true},
    {"local-shell", "/bin/sh", false},
    {"github-bot", "github-bot", true},
    {"ci-bot", "ci-bot", true},
});

// What most laptops can spare for a machine.
constexpr Resources k_resources{.cpus = 2, .memory_mib = 4096, .disk_gib = 40};

std::string id_of(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  std::string id;
  for (const char c :
       text::ascii_lower(slash == std::string_view::npos ? path : path.substr(slash + 1))) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (is_plain || !id.empty()) {
      id += is_plain ? c : '-';
    }
  }
  while (id.ends_with('-')) {
    id.pop_back();
  }
  constexpr std::size_t k_id_max = 48;
  id.resize(std::min(id.size(), k_id_max));
  return id.empty() ? "repo" : id;
}

}  // namespace

const std::vector<std::string_view>& preset_profile_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Preset& preset : k_presets) {
      all.push_back(preset.name);
    }
    return all;
  }();
  return names;
}

bool is_preset_profile(std::string_view name) {
  const auto& names = preset_profile_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view preset_for(std::string_view adapter) {
  return adapter == "macos"     ? "macos-podman"
         : adapter == "windows" ? "windows-podman-wsl"
                                : "linux-native";
}

Result<Profile> preset_profile(std::string_view name) {
  const auto preset = std::find_if(k_presets.begin(), k_presets.end(),
                                   [&](const Preset& each) { return each.name == name; });
  if (preset == k_presets.end()) {
    return fail(ErrorKind::usage, "preset-unknown",
                fmt::format("there is no preset '{}'; there are {}", name,
                            fmt::join(preset_profile_names(), ", ")));
  }
  Profile profile;
  profile.id = fmt::format("urn:srcos:agent-machine-profile:{}", name);
  profile.name = name;
  profile.description = "A governed container for coding tools on one workstation.";
  profile.host_adapter = preset->adapter;
  profile.host_arch = preset->arch;
  profile.runtime.mode = preset->mode;
  profile.runtime.provider = preset->provider;
  if (!preset->machine.empty()) {
    profile.runtime.machine_name = preset->machine;
    profile.runtime.resources = k_resources;
    profile.runtime.has_resources = true;
  }
  profile.image.reference = "localhost/agent-machine:latest";
  profile.local_data_plane_ref = "urn:srcos:agent-machine-local-data-plane:local-default";
  profile.mount_policy_ref = "urn:srcos:agent-machine-mount-policy:default-deny-scoped-roots";
  for (const Tool& tool : k_tools) {
    profile.tools.push_back({.tool_id = std::string(tool.id),
                             .is_enabled = false,
                             .command = {std::string(tool.program)},
                             .has_side_effects = tool.has_side_effects,
                             .requires_grant = tool.has_side_effects,
                             .network = "none"});
  }
  profile.agent_plane.executor = fmt::format("local-{}-podman", preset->adapter);
  profile.agent_plane.workspace_id = "urn:srcos:agent-machine-workspace:local-default";
  return profile;
}

std::vector<ProfileRepo> repos_for(const std::vector<std::string>& host_paths) {
  std::vector<ProfileRepo> repos;
  std::set<std::string> used;
  for (const std::string& path : host_paths) {
    const std::string base = id_of(path);
    std::string id = base;
    for (unsigned n = 2; !used.insert(id).second; ++n) {
      id = fmt::format("{}-{}", base, n);
    }
    ProfileRepo repo;
    repo.repo_id = id;
    repo.host_path = path;
    repo.agent_path = "/workspace/dev/" + id;
    repos.push_back(std::move(repo));
  }
  return repos;
}

}  // namespace sourceos::runtime
