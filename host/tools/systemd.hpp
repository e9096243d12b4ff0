// Questions to systemd and its journal, of the user's manager or the system's.
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

enum class SystemdScope { user, system };
[[nodiscard]] std::string_view to_string(SystemdScope scope);

struct UnitProperty {
  std::string name;
  std::string value;
};

enum class JournalForm {
  text,      // one line a message, UTC times
  exported,  // systemd's export format: all fields
};

class Systemd {
 public:
  Systemd(ProcessRunner& runner, SystemdScope scope) : runner_(runner), scope_(scope) {}

  // "running", "degraded" and so on, with an exit status that is no error.
  [[nodiscard]] Result<ToolAnswer> state(std::uint64_t timeout_ms) const;
  [[nodiscard]] Result<ToolAnswer> failed_units(std::uint64_t timeout_ms) const;
  [[nodiscard]] Result<ToolAnswer> show(const std::string& unit, std::uint64_t timeout_ms) const;
  // The unit's file and its drop-ins as they are on disk, each under a line with its path.
  [[nodiscard]] Result<ToolAnswer> definition(const std::string& unit,
                                              std::uint64_t timeout_ms) const;
  // To be started as a stream. `lines` 0: all there are; `since` as journalctl takes it, or empty.
  [[nodiscard]] ProcessRequest journal(const std::string& unit, JournalForm form,
                                       std::uint64_t lines, const std::string& since,
                                       std::uint64_t timeout_ms) const;

 private:
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> words) const;

  ProcessRunner& runner_;
  SystemdScope scope_;
};

// True when no manager of that scope can be asked ("Failed to connect to bus").
[[nodiscard]] bool is_manager_unreachable(const ProcessOutcome& outcome);
// Output of `systemctl show`: NAME=value lines.
[[nodiscard]] std::vector<UnitProperty> parse_unit_properties(std::string_view output);
[[nodiscard]] std::string_view find_property(const std::vector<UnitProperty>& properties,
                                             std::string_view name);
// First column of `systemctl list-units --plain --no-legend`.
[[nodiscard]] std::vector<std::string> parse_unit_names(std::string_view output);
// Value of DropInPaths: words, with systemd's C-style escapes undone.
[[nodiscard]] std::vector<std::string> parse_path_list(std::string_view value);

}  // namespace sourceos::host
