// What is to be collected: which collectors, with which options, how much, with which rules.
// Read from TOML or JSON (`--plan`), from a built-in preset, or put together by the command line.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/limits.hpp"
#include "core/result.hpp"

namespace sourceos::collect {

struct PlanLimits {
  std::uint64_t timeout_ms = limits::k_collector_timeout_ms;
  std::uint64_t bytes_max = limits::k_collector_bytes_max;
  std::uint64_t entries_max = limits::k_collector_entries_max;
};

struct PlannedCollector {
  std::string name;
  std::string options_json = "{}";  // handed to the collector as it is
  // Asked for by name, plan or path: when it does not deliver, the exit code is 3.
  bool is_required = false;
  PlanLimits limits;
};

struct Plan {
  std::string name;  // preset name, "plan" or "command-line"
  std::string subject_kind = "host";
  std::string subject_ref = "local";
  std::vector<PlannedCollector> collectors;  // in the table's order, each name once
  std::vector<std::string> rule_files;       // absolute paths
  std::vector<std::string> known_values;     // never written anywhere
  // Logs and files were written by whoever is under suspicion: no tags for weak secrets (S-16).
  bool is_hostile = false;

  // The collector of this name, added at the end when it is not there yet.
  PlannedCollector& collector(std::string_view name);
};

struct PlanPermissions {
  bool exec = false;   // `command` may run (--allow-exec)
  bool paths = false;  // files outside the working directory may be read (--allow-path)
};

// "local-runtime", "agent-machine", "incident" or "minimal"; anything else is `usage`.
[[nodiscard]] Result<Plan> preset(std::string_view name);
[[nodiscard]] std::vector<std::string_view> preset_names();

// A plan file, TOML or JSON by its first byte. Relative paths in it are relative to the file.
// A plan inside a repository of this call never names commands or foreign files (S-39); pass
// permissions accordingly. Unknown keys and collectors are `malformed` and named.
[[nodiscard]] Result<Plan> read_plan(const std::filesystem::path& path,
                                     const PlanPermissions& permissions);

// The digest that stands for the plan in the record (`policyHash`): canonical JSON of all of it
// but the known values.
[[nodiscard]] Result<std::string> canonical_plan(const Plan& plan);

}  // namespace sourceos::collect
