// Questions to launchd about one account's services.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "host/process_runner.hpp"
#include "host/tools/answer.hpp"

namespace sourceos::host {

// What `launchctl print` says of a service; its text differs between releases.
struct LaunchdService {
  std::optional<std::string> path;  // the file it was loaded from
  std::optional<std::string> program;
  std::optional<std::string> state;
  std::optional<std::uint64_t> runs;
  std::optional<std::string> last_exit;  // "last exit code" or "last exit reason"
};

struct LaunchdOverride {
  std::string label;
  bool disabled = false;
};

class Launchd {
 public:
  Launchd(ProcessRunner& runner, std::uint32_t uid) : runner_(runner), uid_(uid) {}

  [[nodiscard]] Result<ToolAnswer> print(const std::string& label, std::uint64_t timeout_ms) const;
  [[nodiscard]] Result<ToolAnswer> print_disabled(std::uint64_t timeout_ms) const;
  // The services of the account: process, last exit status, label.
  [[nodiscard]] Result<ToolAnswer> list(std::uint64_t timeout_ms) const;

 private:
  [[nodiscard]] std::string domain() const;

  ProcessRunner& runner_;
  std::uint32_t uid_;
};

[[nodiscard]] LaunchdService parse_launchd_print(std::string_view output);
// Old systems print `"label" => true`, new ones `"label" => disabled`.
[[nodiscard]] std::vector<LaunchdOverride> parse_launchd_disabled(std::string_view output);

}  // namespace sourceos::host
