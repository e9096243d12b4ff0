// What a Nix installation points at, read from its links and files: nothing is evaluated and no
// nix program is started.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "host/host.hpp"

namespace sourceos::host {

struct NixProfile {
  std::string name;                         // "system", "current-system", "default", "user"
  std::filesystem::path path;               // the link that was read
  std::optional<std::uint64_t> generation;  // of "<profile>-<n>-link"
  std::optional<std::string> store_path;    // where the links end; null when they break
  std::filesystem::path store_directory;    // the same below the host's root, for reading
};

[[nodiscard]] bool has_nix_store(const Environment& environment);
// Those that exist, in a fixed order.
[[nodiscard]] std::vector<NixProfile> read_nix_profiles(const Environment& environment);

// Files of a profile that say what it was made from.
struct NixSource {
  std::string name;  // "manifest.json"
  std::string content;
};
[[nodiscard]] std::vector<NixSource> read_nix_sources(const NixProfile& profile);

}  // namespace sourceos::host
