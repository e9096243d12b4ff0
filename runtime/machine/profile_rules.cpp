#include "runtime/machine/profile_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/text.hpp"
#include "host/tools/version.hpp"
#include "runtime/machine/profile.hpp"

namespace sourceos::runtime {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || is_digit(c); }

constexpr auto k_forbidden_capabilities = std::to_array<std::string_view>(
    {"SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "NET_ADMIN", "DAC_READ_SEARCH"});

// Where a mount would replace what the container runs on.
constexpr auto k_container_places =
    std::to_array<std::string_view>({"/", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64",
                                     "/proc", "/run", "/sbin", "/sys", "/usr", "/var"});

std::unexpected<Error> invalid(std::string_view place, std::string_view expected) {
  return fail(ErrorKind::malformed, "profile-invalid",
              fmt::format("{}: expected {}", place, expected));
}

Status check_runtime(const Profile& profile) {
  const ProfileRuntime& runtime = profile.runtime;
  const auto provider_is = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), runtime.provider) != words.end();
  };
  if (profile.host_adapter == "macos" &&
      !(runtime.uses_machine() && provider_is({"applehv", "libkrun", "qemu"}))) {
    return invalid("/runtime", "a machine of applehv, libkrun or qemu on macos");
  }
  if (profile.host_adapter == "windows" &&
      !(runtime.uses_machine() && provider_is({"wsl", "hyperv"}))) {
    return invalid("/runtime", "a machine of wsl or hyperv on windows");
  }
  if (!runtime.uses_machine() && profile.host_adapter != "linux") {
    return invalid("/runtime/mode", "native on linux only");
  }
  if (!runtime.uses_machine() && (runtime.provider != "none" || runtime.machine_name)) {
    return invalid("/runtime", "provider none and no machine name in native mode");
  }
  if (runtime.uses_machine() && (!runtime.machine_name || runtime.machine_name->empty())) {
    return invalid("/runtime/machineName", "a name in machine mode");
  }
  if (runtime.uses_machine() && runtime.provider == "none") {
    return invalid("/runtime/provider", "a provider in machine mode");
  }
  return {};
}

Status check_image(const ProfileImage& image) {
  if (image.reference_policy == "digest-pinned" && !image.digest) {
    return invalid("/image/digest", "a digest with digest-pinned");
  }
  if (image.pull != "never" && image.reference_policy != "tag-allowed-bootstrap") {
    return invalid("/image/pull", "never unless tag-allowed-bootstrap");
  }
  return {};
}

Status check_tools(const Profile& profile) {
  std::set<std::string> seen;
  for (const ProfileTool& tool : profile.tools) {
    if (!seen.insert(tool.tool_id).second) {
      return invalid("/tools", fmt::format("each tool once, '{}' is there twice", tool.tool_id));
    }
    if (tool.has_side_effects && !tool.requires_grant) {
      return invalid("/tools",
                     fmt::format("requiresGrant for '{}', which has side effects", tool.tool_id));
    }
  }
  return {};
}

Status check_security(const Profile& profile) {
  for (const std::string& capability : profile.security.add_capabilities) {
    std::string_view name = capability;
    if (text::ascii_lower(name).starts_with("cap_")) {
      name.remove_prefix(4);
    }
    const std::string lower = text::ascii_lower(name);
    const bool is_forbidden =
        lower == "all" ||
        std::any_of(k_forbidden_capabilities.begin(), k_forbidden_capabilities.end(),
                    [&](std::string_view bad) { return text::ascii_lower(bad) == lower; });
    if (is_forbidden) {
      return invalid("/security/addCapabilities", fmt::format("no '{}'", capability));
    }
  }
  const bool shares_code_root =
      profile.security.selinux_relabel == "private" && !profile.repos.empty();
  if (shares_code_root) {
    return invalid("/security/selinuxRelabel",
                   "none or shared: a code root is not owned by the toolkit alone");
  }
  return {};
}

Status check_places(const Profile& profile) {
  std::set<std::string> ids;
  std::set<std::string> places;
  for (const MountRequest& mount : profile.declared_mounts()) {
    if (!ids.insert(mount.mount_id).second) {
      return invalid("/mounts", fmt::format("each name once, '{}' is there twice", mount.mount_id));
    }
    if (!places.insert(mount.agent_path).second) {
      return invalid("/mounts",
                     fmt::format("each agent path once, '{}' is there twice", mount.agent_path));
    }
  }
  for (const ProfileRepo& repo : profile.repos) {
    if (repo.git_policy == "branch-pinned" && !repo.branch) {
      return invalid("/repoAllowlist", "a branch with branch-pinned");
    }
  }
  return {};
}

}  // namespace

bool is_urn(std::string_view text, std::string_view slug) {
  const std::string prefix = fmt::format("urn:srcos:{}:", slug);
  if (!text.starts_with(prefix)) {
    return false;
  }
  const std::string_view local = text.substr(prefix.size());
  return !local.empty() && std::all_of(local.begin(), local.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' ||
           c == ':' || c == '~';
  });
}

bool is_profile_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_version(std::string_view text) {
  const auto parts = text::split(text, '.');
  return parts.size() == 3 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
         });
}

bool is_spec_version(std::string_view text) { return is_version(text) && text.starts_with("2."); }

bool is_digest(std::string_view text) {
  constexpr std::string_view k_prefix = "sha256:";
  return text.starts_with(k_prefix) && text.size() == k_prefix.size() + 64 &&
         is_lower_hex(text.substr(k_prefix.size()));
}

bool is_image_reference(std::string_view text) {
  // User information stands before '@' in the host part; a digest stands after it.
  const std::size_t at = text.find('@');
  const bool has_user = at != std::string_view::npos && !text.substr(at + 1).starts_with("sha256:");
  return !text.empty() && !has_user && text.front() != '-' &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return std::isspace(static_cast<unsigned char>(c)) != 0 ||
                  static_cast<unsigned char>(c) < 0x20;
         });
}

bool is_environment_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
         });
}

bool is_agent_path(std::string_view text) {
  if (!text.starts_with('/') || (text.size() > 1 && text.ends_with('/'))) {
    return false;
  }
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return false;
    }
  }
  const auto parts = text::split(text.substr(1), '/');
  const bool is_plain = std::none_of(parts.begin(), parts.end(), [](std::string_view part) {
    return part.empty() || part == "." || part == "..";
  });
  return is_plain && std::find(k_container_places.begin(), k_container_places.end(), text) ==
                         k_container_places.end();
}

bool is_secret_name(std::string_view name) {
  constexpr auto k_words =
      std::to_array<std::string_view>({"token", "secret", "password", "passwd", "apikey", "api_key",
                                       "private_key", "credential", "auth"});
  const std::string lower = text::ascii_lower(name);
  return std::any_of(k_words.begin(), k_words.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

std::string ProfileRuntime::least_podman_version() const {
  constexpr std::string_view k_pasta_since = "4.4.0";
  const bool needs_later =
      network == "pasta" && host::is_older_version(minimum_podman_version, k_pasta_since);
  return needs_later ? std::string(k_pasta_since) : minimum_podman_version;
}

Status check_profile_rules(const Profile& profile) {
  SOURCEOS_TRY(check_runtime(profile));
  SOURCEOS_TRY(check_image(profile.image));
  SOURCEOS_TRY(check_tools(profile));
  SOURCEOS_TRY(check_security(profile));
  return check_places(profile);
}

}  // namespace sourceos::runtime
