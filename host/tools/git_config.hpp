// A repository's configuration as data (security S-02): read by us, never handed to git.
// Nothing is included, expanded or run; what would run code is listed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sourceos::host {

struct GitSetting {
  std::string section;     // lower case
  std::string subsection;  // as written; empty: none
  std::string name;        // lower case
  std::string value;       // "true" for a name without '='

  // "remote.origin.url"
  [[nodiscard]] std::string full_name() const;
};

// `malformed` with the line; `limit` past 1 MiB.
[[nodiscard]] Result<std::vector<GitSetting>> parse_git_config(std::string_view text);

// The last value of "section.name", as git takes it.
[[nodiscard]] std::optional<std::string> find_setting(const std::vector<GitSetting>& settings,
                                                      std::string_view section,
                                                      std::string_view name);
// True for a setting that makes git start a program or read further configuration.
[[nodiscard]] bool runs_code(const GitSetting& setting);

}  // namespace sourceos::host
