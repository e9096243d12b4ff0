#include "collect/plan.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "collect/registry.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/toml.hpp"
#include "host/files.hpp"

namespace sourceos::collect {

namespace {

namespace fs = std::filesystem;

struct Preset {
  std::string_view name;
  std::vector<std::string_view> collectors;
  bool is_hostile = false;
  bool without_versions = false;  // tools are found, not asked: nothing is started
};

const std::array<Preset, 4>& presets() {
  static const std::array<Preset, 4> table = {{
      {"local-runtime",
       {"host", "tools", "git", "podman", "systemd", "launchd", "nix", "mounts", "auth"}},
      {"agent-machine", {"host", "tools", "git", "podman", "mounts", "auth"}},
      {"incident",
       {"host", "tools", "git", "podman", "systemd", "launchd", "nix", "mounts", "auth", "logs"},
       true},
      {"minimal", {"host", "tools"}, false, true},
  }};
  return table;
}

std::unexpected<Error> bad_plan(std::string what) {
  return fail(Error(ErrorKind::malformed, "plan-invalid", std::move(what))
                  .with_next("sourceosctl evidence collect --list"));
}

// Plain members of the plan file; a table named like a collector holds that collector's options.
constexpr std::array k_plan_keys = {"subject", "collectors",   "limits",
                                    "rules",   "known_values", "hostile"};

bool is_collector(std::string_view name) { return find_collector(name) != nullptr; }

Status check_keys(const json::Value& document) {
  for (const auto& [key, member] : document.items()) {
    const bool is_plan_key = std::find(k_plan_keys.begin(), k_plan_keys.end(), key) != k_plan_keys.end();
    if (is_plan_key) {
      continue;
    }
    if (!is_collector(key)) {
      return bad_plan(fmt::format("unknown key '{}': expected a collector's name or one of {}", key,
                                  fmt::join(k_plan_keys, ", ")));
    }
    if (!member.is_object()) {
      return bad_plan(fmt::format("expected a table of options for collector '{}'", key));
    }
  }
  return {};
}

Result<std::vector<std::string>> read_strings(const json::Value& document, std::string_view key) {
  std::vector<std::string> values;
  const auto found = document.find(key);
  if (found == document.end()) {
    return values;
  }
  if (!found->is_array()) {
    return bad_plan(fmt::format("expected an array of strings for '{}'", key));
  }
  for (const json::Value& item : *found) {
    if (!item.is_string()) {
      return bad_plan(fmt::format("expected an array of strings for '{}'", key));
    }
    values.push_back(item.get<std::string>());
  }
  return values;
}

Status read_limits(const json::Value& document, PlanLimits& plan_limits) {
  const auto found = document.find("limits");
  if (found == document.end()) {
    return {};
  }
  if (!found->is_object()) {
    return bad_plan("expected a table for 'limits'");
  }
  for (const auto& [key, member] : found->items()) {
    std::uint64_t* target = key == "timeout_ms"    ? &plan_limits.timeout_ms
                            : key == "bytes_max"   ? &plan_limits.bytes_max
                            : key == "entries_max" ? &plan_limits.entries_max
                                                   : nullptr;
    if (target == nullptr || !member.is_number_integer() || member.get<std::int64_t>() <= 0) {
      return bad_plan(fmt::format(
          "limits: expected timeout_ms, bytes_max or entries_max as a number above 0, there is '{}'",
          key));
    }
    *target = member.get<std::uint64_t>();
  }
  return {};
}

Status read_subject(const json::Value& document, Plan& plan) {
  const auto found = document.find("subject");
  if (found == document.end()) {
    return {};
  }
  if (!found->is_string()) {
    return bad_plan("expected 'subject' as a string like \"local-agent:name\"");
  }
  const std::string text = found->get<std::string>();
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
    return bad_plan("expected 'subject' as a string like \"local-agent:name\"");
  }
  plan.subject_kind = text.substr(0, colon);
  plan.subject_ref = text.substr(colon + 1);
  return {};
}

Result<bool> read_flag(const json::Value& document, std::string_view key) {
  const auto found = document.find(key);
  if (found == document.end()) {
    return false;
  }
  if (!found->is_boolean()) {
    return bad_plan(fmt::format("expected true or false for '{}'", key));
  }
  return found->get<bool>();
}

// Makes the paths of one collector's options absolute and refuses those that are not allowed.
Status resolve_paths(json::Value& options, const fs::path& base, const PlanPermissions& permissions) {
  const auto found = options.find("paths");
  if (found == options.end()) {
    return {};
  }
  for (json::Value& item : *found) {
    const std::string named = item.get<std::string>();
    // The collector knows where home is.
    const bool is_at_home = named == "~" || named.starts_with("~/");
    const fs::path path = is_at_home ? fs::path(named) : (base / named).lexically_normal();
    const fs::path relative = is_at_home ? fs::path() : path.lexically_relative(fs::current_path());
    const bool is_below = !relative.empty() && *relative.begin() != "..";
    if (!is_below && !permissions.paths) {
      return fail(Error(ErrorKind::refused, "plan-path-not-allowed",
                        fmt::format("the plan names '{}', which is outside the working directory", named))
                      .with_next("add --allow-path when you trust the plan"));
    }
    item = path.string();
  }
  return {};
}

Status read_collectors(const json::Value& document, const fs::path& base,
                       const PlanPermissions& permissions, const PlanLimits& plan_limits,
                       Plan& plan) {
  SOURCEOS_TRY_ASSIGN(const std::vector<std::string> names, read_strings(document, "collectors"));
  for (const std::string& name : names) {
    if (!is_collector(name)) {
      return bad_plan(fmt::format("unknown collector '{}'", name));
    }
    plan.collector(name).is_required = true;
  }
  for (const auto& [key, member] : document.items()) {
    if (!is_collector(key)) {
      continue;
    }
    if (key == "command" && !permissions.exec) {
      return fail(Error(ErrorKind::refused, "plan-exec-not-allowed", "the plan names a command to run")
                      .with_next("add --allow-exec when you trust the plan"));
    }
    if (const Status known = check_options(*find_collector(key), member); !known) {
      return bad_plan(known.error().message);
    }
    json::Value options = member;
    SOURCEOS_TRY_CONTEXT(resolve_paths(options, base, permissions), fmt::format("[{}]", key));
    plan.collector(key).options_json = options.dump();
  }
  if (plan.collectors.empty()) {
    return bad_plan("the plan names no collector");
  }
  for (PlannedCollector& collector : plan.collectors) {
    collector.limits = plan_limits;
  }
  return {};
}

}  // namespace

PlannedCollector& Plan::collector(std::string_view collector_name) {
  for (PlannedCollector& planned : collectors) {
    if (planned.name == collector_name) {
      return planned;
    }
  }
  collectors.push_back({.name = std::string(collector_name), .limits = {}});
  return collectors.back();
}

std::vector<std::string_view> preset_names() {
  std::vector<std::string_view> names;
  for (const Preset& entry : presets()) {
    names.push_back(entry.name);
  }
  return names;
}

Result<Plan> preset(std::string_view name) {
  for (const Preset& entry : presets()) {
    if (entry.name != name) {
      continue;
    }
    Plan plan;
    plan.name = name;
    plan.is_hostile = entry.is_hostile;
    for (const std::string_view collector : entry.collectors) {
      plan.collector(collector);
    }
    if (entry.without_versions) {
      plan.collector("tools").options_json = R"({"versions":false})";
    }
    return plan;
  }
  return fail(ErrorKind::usage, "usage",
              fmt::format("unknown preset '{}': expected one of {}", name,
                          fmt::join(preset_names(), ", ")));
}

Result<Plan> read_plan(const fs::path& path, const PlanPermissions& permissions) {
  const std::string doing = fmt::format("read plan '{}'", path.string());
  SOURCEOS_TRY_ASSIGN_CONTEXT(const std::string text,
                              host::read_file(path, limits::k_config_file_bytes_max), doing);
  const bool is_json = text.find_first_not_of(" \t\r\n") != std::string::npos &&
                       text[text.find_first_not_of(" \t\r\n")] == '{';
  SOURCEOS_TRY_ASSIGN_CONTEXT(const json::Value document,
                              is_json ? json::parse(text) : toml::parse(text), doing);
  const fs::path base = fs::absolute(path).parent_path();
  Plan plan;
  plan.name = "plan";
  PlanLimits plan_limits;
  SOURCEOS_TRY_CONTEXT(check_keys(document), doing);
  SOURCEOS_TRY_CONTEXT(read_subject(document, plan), doing);
  SOURCEOS_TRY_CONTEXT(read_limits(document, plan_limits), doing);
  SOURCEOS_TRY_CONTEXT(read_collectors(document, base, permissions, plan_limits, plan), doing);
  SOURCEOS_TRY_ASSIGN_CONTEXT(plan.known_values, read_strings(document, "known_values"), doing);
  SOURCEOS_TRY_ASSIGN_CONTEXT(plan.rule_files, read_strings(document, "rules"), doing);
  for (std::string& file : plan.rule_files) {
    file = (base / file).lexically_normal().string();
  }
  SOURCEOS_TRY_ASSIGN_CONTEXT(plan.is_hostile, read_flag(document, "hostile"), doing);
  return plan;
}

Result<std::string> canonical_plan(const Plan& plan) {
  json::Value collectors = json::Value::array();
  for (const PlannedCollector& collector : plan.collectors) {
    collectors.push_back({{"name", collector.name},
                          {"options", collector.options_json},
                          {"required", collector.is_required},
                          {"timeoutMs", collector.limits.timeout_ms},
                          {"bytesMax", collector.limits.bytes_max},
                          {"entriesMax", collector.limits.entries_max}});
  }
  return json::write_canonical({{"name", plan.name},
                                {"subject", plan.subject_kind + ":" + plan.subject_ref},
                                {"collectors", std::move(collectors)},
                                {"rules", plan.rule_files},
                                {"hostile", plan.is_hostile}});
}

}  // namespace sourceos::collect
