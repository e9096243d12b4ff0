#include "host/tools/nix.hpp"

#include "core/limits.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace sourceos::host {

namespace {

constexpr int k_links_max = 16;
constexpr std::string_view k_store = "/nix/store/";

// 42 of "system-42-link".
std::optional<std::uint64_t> generation_of(const std::string& name) {
  constexpr std::string_view k_end = "-link";
  if (!name.ends_with(k_end)) {
    return std::nullopt;
  }
  const std::string_view stem = std::string_view(name).substr(0, name.size() - k_end.size());
  const auto dash = stem.rfind('-');
  if (dash == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view digits = stem.substr(dash + 1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() && !digits.empty()
             ? std::optional(number)
             : std::nullopt;
}

// Follows links one by one, so that generations show and absolute ones stay below the root.
NixProfile follow(const Environment& environment, std::string name, const fs::path& path) {
  NixProfile profile{std::move(name), path, std::nullopt, std::nullopt, {}};
  fs::path shown = path;
  fs::path real = path;
  for (int i = 0; i < k_links_max; ++i) {
    if (shown.string().starts_with(k_store)) {
      profile.store_path = shown.string();
      profile.store_directory = real;
      return profile;
    }
    std::error_code error;
    const fs::path target = fs::read_symlink(real, error);
    if (error) {
      return profile;
    }
    shown = target.is_absolute() ? target : (shown.parent_path() / target).lexically_normal();
    real = target.is_absolute() ? system_path(environment, target.string())
                                : (real.parent_path() / target).lexically_normal();
    if (const auto generation = generation_of(target.filename().string())) {
      profile.generation = generation;
    }
  }
  return profile;
}

}  // namespace

bool has_nix_store(const Environment& environment) {
  const auto facts = describe(system_path(environment, "/nix/store"));
  return facts && facts->kind == FileKind::directory;
}

std::vector<NixProfile> read_nix_profiles(const Environment& environment) {
  const std::array<std::pair<const char*, fs::path>, 6> places = {{
      {"system", system_path(environment, "/nix/var/nix/profiles/system")},
      {"current-system", system_path(environment, "/run/current-system")},
      {"booted-system", system_path(environment, "/run/booted-system")},
      {"default", system_path(environment, "/nix/var/nix/profiles/default")},
      {"user", environment.home / ".nix-profile"},
      {"home-manager", environment.home / ".local/state/nix/profiles/home-manager"},
  }};
  std::vector<NixProfile> profiles;
  for (const auto& [name, path] : places) {
    if (describe(path)) {
      profiles.push_back(follow(environment, name, path));
    }
  }
  return profiles;
}

std::vector<NixSource> read_nix_sources(const NixProfile& profile) {
  constexpr std::array<const char*, 4> k_names = {"nixos-version", "configuration-revision",
                                                  "darwin-version.json", "manifest.json"};
  std::vector<NixSource> sources;
  if (!profile.store_path) {
    return sources;
  }
  for (const char* name : k_names) {
    if (auto content = read_file(profile.store_directory / name, limits::k_config_file_bytes_max)) {
      sources.push_back({name, std::move(*content)});
    }
  }
  return sources;
}

}  // namespace sourceos::host
