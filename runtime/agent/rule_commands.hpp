// What the rules for launchd and systemd share: looking at one command of a definition.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/agent/rules.hpp"

namespace sourceos::runtime {

struct DefinedCommand {
  std::vector<std::string> argv;
  std::filesystem::path path;
  std::uint64_t line = 0;
  bool restarts_always = false;  // KeepAlive or Restart=always around it
};
[[nodiscard]] std::vector<PolicyFinding> check_command(const DefinedCommand& command,
                                                       const RuleSetting& setting);
// NAME=value pairs that point at container credentials.
void check_variable(const std::string& name, const std::string& value,
                    const std::filesystem::path& path, std::uint64_t line,
                    const RuleSetting& setting, std::vector<PolicyFinding>& findings);
void check_log_path(const std::string& log, const std::filesystem::path& path, std::uint64_t line,
                    const RuleSetting& setting, std::vector<PolicyFinding>& findings);
// Names of helpers in any text of a definition.
void check_helper_words(std::string_view text, const std::filesystem::path& path,
                        std::uint64_t line, const RuleSetting& setting,
                        std::vector<PolicyFinding>& findings);

[[nodiscard]] bool is_google_image(std::string_view word);
// The image of `podman run ...` or `docker run ...` in these words, or empty.
[[nodiscard]] std::string run_image(const std::vector<std::string>& words);

}  // namespace sourceos::runtime
