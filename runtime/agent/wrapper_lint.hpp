// What is wrong with a launcher: syntax that macOS or a plain sh does not know, files that others
// can change, store paths that do not exist.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "host/files.hpp"
#include "runtime/agent/declaration.hpp"

namespace sourceos::runtime {

struct LintFinding {
  std::string rule;  // "gnu-date", "bash4-mapfile", "missing-shebang", ...
  std::uint64_t line = 0;
  std::string message;
};
[[nodiscard]] json::Value as_json(const LintFinding& finding);

struct LintSetting {
  Platform platform = Platform::linux_systemd;
  // Whether a store path exists; empty: not looked at.
  std::function<bool(const std::string& path)> exists;
};
// The text alone.
[[nodiscard]] std::vector<LintFinding> lint_wrapper(std::string_view text,
                                                    const LintSetting& setting);
// The mode of an installed one: executable, not writable by group or others.
[[nodiscard]] std::vector<LintFinding> lint_wrapper_mode(const host::FileFacts& facts);

}  // namespace sourceos::runtime
