// Reads who asks and where things are, once, at the start: roots (agent-machine 2.4), test seams
// (2.6, security S-11), the search path (S-26) and what a child process may see (2.5).
// Looks at no root: host/ownership.hpp checks one when it is opened (S-33).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "host/host.hpp"

namespace sourceos::host {

using Variables = std::vector<std::pair<std::string, std::string>>;

// What an Environment is made of; a test makes its own.
struct EnvironmentSource {
  Variables variables;
  std::string account_name;  // of the account database
  std::filesystem::path account_home;
  std::string host_name;
  std::string machine;  // as uname says it: "x86_64", "aarch64"
  std::uint32_t uid = 0;             // effective
  bool identities_differ = false;    // set-user-id start: seams are ignored
};

[[nodiscard]] EnvironmentSource current_environment_source();
// `usage`, reason "seam-invalid", for a seam variable in force whose value cannot be.
[[nodiscard]] Result<Environment> read_environment(const EnvironmentSource& source);
[[nodiscard]] Result<Environment> read_environment();

// Value of a variable as it was at the start, or nullptr.
[[nodiscard]] const std::string* find_variable(const Environment& environment,
                                               std::string_view name);
// Value of a seam variable that is in force, or nullptr: always nullptr when seams are off.
[[nodiscard]] const std::string* find_seam(const Environment& environment, std::string_view name);

// The allow-listed environment of child processes; PATH is the filtered search path.
[[nodiscard]] Variables child_environment(const Environment& environment);

// An absolute system path ("/etc/os-release") below environment.root.
[[nodiscard]] std::filesystem::path system_path(const Environment& environment,
                                                std::string_view absolute);

}  // namespace sourceos::host
