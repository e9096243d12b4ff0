// The generated launcher: POSIX sh that looks whether everything is there, keeps the start bound,
// and replaces itself with the agent. And the argument vector that it ends in.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/agent/declaration.hpp"

namespace sourceos::runtime {

struct LauncherSetting {
  Platform platform = Platform::linux_systemd;
  std::filesystem::path state;             // the agent's state directory
  std::filesystem::path podman_directory;  // where the client was found, or empty
  std::string owner_tag;  // value of the label by which a container is ours (S-41), or empty
};

inline constexpr std::string_view k_owner_label = "ai.srcos.owner";
// First line after the interpreter: by it a definition's program is known as a bounded launcher.
inline constexpr std::string_view k_launcher_mark = "# sourceos-agent launcher v1";

// What the launcher becomes: `podman ... run ...`, or the declared command.
[[nodiscard]] std::vector<std::string> run_command(const Declaration& declaration,
                                                   const std::string& owner_tag = {});
// `malformed`, reason "generate-failed", when there is nothing to run.
[[nodiscard]] Result<std::string> make_launcher(const Declaration& declaration,
                                                const LauncherSetting& setting);

// What the launcher wrote to the agent's log when it left instead of starting: the cause that a person
// looks for. Empty when it started since.
[[nodiscard]] std::string launcher_complaint(const Declaration& declaration);

// A single-quoted literal for sh.
[[nodiscard]] std::string sh_literal(std::string_view text);

}  // namespace sourceos::runtime
