// The persistence rule set: what a service definition must not do, whoever made it. Plists are
// read as property lists, units with their drop-ins; only other files are searched by pattern.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/unit_file.hpp"

namespace sourceos::host {
struct PlistValue;
}

namespace sourceos::runtime {

struct PolicyFinding {
  std::string rule_id;
  Severity severity = Severity::high;
  std::filesystem::path path;
  std::uint64_t line = 0;  // 0: of the whole file
  std::string message;     // ours, with names
  std::string excerpt;     // raw
  bool waived = false;
};
[[nodiscard]] json::Value as_json(const PolicyFinding& finding);
// The excerpt through `redact`, as `excerptRedacted`.
[[nodiscard]] json::Value as_json(const PolicyFinding& finding,
                                  const std::function<std::string(std::string_view)>& redact);

struct RuleInfo {
  std::string_view id;
  Severity severity;
  bool waivable;
  std::string_view summary;
};
[[nodiscard]] std::span<const RuleInfo> rules();
// SHA-256 over ids, severities and the version of the set: part of `policyHash`.
[[nodiscard]] std::string ruleset_hash();

struct RuleSetting {
  bool managed = false;        // made by this tool: a log in /tmp is high then
  bool local_agent = true;     // a remote image in a run command is a finding
  const Declaration* declaration = nullptr;  // its waivers count
  DeclarationSetting place;
  std::optional<std::uint32_t> owner;  // of the file
  // The program is a bounded launcher (its text has k_launcher_mark).
  std::function<bool(const std::string& program)> is_bounded_launcher;
  std::function<bool(const std::string& path)> exists;
  // Whether a configuration directory or file of container credentials names helpers.
  std::function<bool(const std::string& path)> has_helpers;
  // The helper that this account's own configuration asks for a registry's credentials, or empty.
  std::function<std::string(const std::string& registry)> helper_for;
};
// Everything looked up on the host.
[[nodiscard]] RuleSetting rule_setting(const host::Host& host, const Declaration* declaration);

[[nodiscard]] std::vector<PolicyFinding> check_plist(const host::PlistValue& plist,
                                                     std::string_view text,
                                                     const std::filesystem::path& path,
                                                     const RuleSetting& setting);
[[nodiscard]] std::vector<PolicyFinding> check_unit(const UnitFile& unit,
                                                    const std::filesystem::path& path,
                                                    const RuleSetting& setting);
// A timer unit: its shortest period (`systemd-repeat-trigger`).
[[nodiscard]] std::vector<PolicyFinding> check_timer(const UnitFile& unit,
                                                     const std::filesystem::path& path,
                                                     const RuleSetting& setting);
// The command that runs for as long as the agent does.
[[nodiscard]] std::vector<PolicyFinding> check_run_command(const std::vector<std::string>& argv,
                                                           const std::filesystem::path& path,
                                                           const RuleSetting& setting);
// Counts of starts against what the declaration allows (`excessive-run-count`).
[[nodiscard]] std::optional<PolicyFinding> check_run_count(std::uint64_t runs,
                                                           std::uint64_t restarts_per_hour_max,
                                                           std::uint64_t hours_since_load,
                                                           const std::filesystem::path& path);
// A plist (XML or binary), unit or timer at `path`, by its name; an unreadable plist is a finding
// of its own ("plist-unreadable", medium).
[[nodiscard]] Result<std::vector<PolicyFinding>> check_definition_file(
    const std::filesystem::path& path, const RuleSetting& setting);
// Any other file, line by line.
[[nodiscard]] std::vector<PolicyFinding> check_text(std::string_view text,
                                                    const std::filesystem::path& path,
                                                    const RuleSetting& setting);
// A script that a service runs: every container that it starts counts.
[[nodiscard]] std::vector<PolicyFinding> check_service_script(std::string_view text,
                                                              const std::filesystem::path& path,
                                                              const RuleSetting& setting);
// The script that the definition at `definition` starts; nothing when it starts none that can be
// read, or our launcher.
[[nodiscard]] std::vector<PolicyFinding> check_program_of(const std::filesystem::path& definition,
                                                          const host::Host& host,
                                                          const RuleSetting& setting);

// A rule's finding with its severity, lowered when the declaration waives it.
[[nodiscard]] PolicyFinding make_finding(std::string_view rule_id,
                                         const std::filesystem::path& path,
                                         const RuleSetting& setting, std::string message,
                                         std::uint64_t line = 0, std::string excerpt = {});
[[nodiscard]] bool has_high(const std::vector<PolicyFinding>& findings);

}  // namespace sourceos::runtime
