#include "runtime/machine/profile_source.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/limits.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "runtime/machine/presets.hpp"
#include "runtime/machine/profile_rules.hpp"
#include "runtime/machine/secret_detector.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_container_host = "CONTAINER_HOST";

bool declares_container_host(const Profile& profile) {
  return std::find(profile.environment_allow.begin(), profile.environment_allow.end(),
                   k_container_host) != profile.environment_allow.end();
}

bool is_path(std::string_view named) {
  return named.find('/') != std::string_view::npos || named.find('\\') != std::string_view::npos ||
         named.ends_with(".json");
}

Result<LoadedProfile> read_profile(const fs::path& file) {
  auto text = host::read_file(file, limits::k_config_file_bytes_max);
  if (!text && text.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found, "profile-missing",
                fmt::format("'{}' does not exist", file.string()));
  }
  if (!text) {
    return fail(std::move(text).error());
  }
  const auto document = json::parse(*text);
  if (!document) {
    return fail(
        ErrorKind::malformed, "profile-invalid",
        fmt::format("'{}' is no JSON document: {}", file.string(), document.error().message));
  }
  SecretDetector secrets;
  LoadedProfile loaded;
  SOURCEOS_TRY_ASSIGN_CONTEXT(loaded.profile, parse_profile(*document, secrets),
                              fmt::format("read profile '{}'", file.filename().string()));
  SOURCEOS_TRY_ASSIGN(loaded.hash, profile_hash(loaded.profile));
  loaded.file = file;
  return loaded;
}

}  // namespace

fs::path profile_directory(const host::Environment& environment) {
  return environment.config_root / "profiles";
}

Result<LoadedProfile> load_profile(const host::Environment& environment, const std::string& named) {
  if (is_path(named)) {
    const fs::path file =
        named.starts_with("~/") ? environment.home / named.substr(2) : fs::path(named);
    return read_profile(file);
  }
  if (is_profile_name(named)) {
    const fs::path file = profile_directory(environment) / (named + ".json");
    std::error_code ignored;
    if (fs::exists(file, ignored)) {
      return read_profile(file);
    }
  }
  if (!is_preset_profile(named)) {
    return fail(
        Error(ErrorKind::usage, "profile-unknown",
              fmt::format("'{}' is neither a preset nor a profile of this account; presets are {}",
                          named, fmt::join(preset_profile_names(), ", ")))
            .with_next("sourceosctl agent-machine init --help"));
  }
  LoadedProfile loaded;
  SOURCEOS_TRY_ASSIGN(loaded.profile, preset_profile(named));
  SOURCEOS_TRY_ASSIGN(loaded.hash, profile_hash(loaded.profile));
  return loaded;
}

PodmanAddress podman_address(const Profile& profile, const host::Environment& environment) {
  const std::string connection = profile.runtime.connection.value_or("");
  const std::string* host = host::find_variable(environment, k_container_host);
  const bool passes = connection.empty() && host != nullptr && declares_container_host(profile);
  return {connection, passes ? *host : std::string()};
}

bool leaves_out_container_host(const Profile& profile, const host::Environment& environment) {
  return host::find_variable(environment, k_container_host) != nullptr &&
         podman_address(profile, environment).container_host.empty();
}

}  // namespace sourceos::runtime
