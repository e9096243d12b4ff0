// The table of rules, and what their findings share.
#include "runtime/agent/rules.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "runtime/agent/ambient_auth.hpp"
#include "runtime/agent/launcher.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_ruleset_version = "1";

constexpr std::array k_rules = {
    RuleInfo{"launchd-root-user-agent", Severity::high, true,
             "a plist that is not Apple's in the system-wide LaunchAgents"},
    RuleInfo{"launchd-keepalive-true", Severity::high, true, "KeepAlive restarts without a bound"},
    RuleInfo{"tmp-product-log", Severity::medium, false, "a log in a temporary directory"},
    RuleInfo{"ambient-gcloud-helper", Severity::high, false,
             "a service that needs a credential helper"},
    RuleInfo{"direct-google-artifact-runtime", Severity::high, false,
             "a Google registry's image in a persistent run command"},
    RuleInfo{"direct-registry-runtime", Severity::high, true,
             "a remote image in the run command of a local agent"},
    RuleInfo{"raw-podman-run-persistence", Severity::medium, false,
             "'podman run' without the launcher"},
    RuleInfo{"raw-shell-launch-wrapper", Severity::medium, true, "a shell string as the program"},
    RuleInfo{"opaque-nix-store-target", Severity::medium, true, "a store path as the only program"},
    RuleInfo{"nix-store-target-missing", Severity::high, false, "a store path that does not exist"},
    RuleInfo{"systemd-restart-always", Severity::high, true, "Restart=always"},
    RuleInfo{"systemd-unbounded-restart", Severity::high, false,
             "restart without an effective start limit"},
    RuleInfo{"systemd-startlimit-section", Severity::high, false,
             "StartLimitIntervalSec in [Service], where systemd ignores it"},
    RuleInfo{"launchd-repeat-trigger", Severity::high, true, "launchd starts it again and again"},
    RuleInfo{"systemd-repeat-trigger", Severity::high, true, "systemd starts it again and again"},
    RuleInfo{"excessive-run-count", Severity::high, false, "far more starts than are allowed"},
    RuleInfo{"missing-uninstall-quarantine", Severity::high, false,
             "an installed service that nothing declares"},
    RuleInfo{"interactive-helper-in-service", Severity::high, false,
             "the service's credentials need a helper"},
    RuleInfo{"label-duplicate", Severity::high, false, "one label in two files or domains"},
    RuleInfo{"service-stale", Severity::high, false, "the service's file or program is gone"},
    RuleInfo{"plist-unreadable", Severity::medium, false, "a plist that cannot be parsed"},
};

const RuleInfo* find_rule(std::string_view id) {
  const auto* found = std::ranges::find(k_rules, id, &RuleInfo::id);
  return found == k_rules.end() ? nullptr : found;
}

json::Value without_excerpt(const PolicyFinding& finding) {
  return {{"ruleId", finding.rule_id},
          {"severity", to_string(finding.severity)},
          {"path", finding.path.string()},
          {"line", finding.line == 0 ? json::Value() : json::Value(finding.line)},
          {"message", finding.message}};
}

}  // namespace

std::span<const RuleInfo> rules() { return k_rules; }

std::string ruleset_hash() {
  std::string text = fmt::format("sourceos.local-agent.rules/{}\n", k_ruleset_version);
  for (const RuleInfo& rule : k_rules) {
    text += fmt::format("{} {} {}\n", rule.id, to_string(rule.severity), rule.waivable);
  }
  return bundle::sha256(text).text();
}

json::Value as_json(const PolicyFinding& finding) {
  json::Value row = without_excerpt(finding);
  row["waived"] = finding.waived;
  return row;
}

json::Value as_json(const PolicyFinding& finding,
                    const std::function<std::string(std::string_view)>& redact) {
  json::Value row = without_excerpt(finding);
  row["path"] = redact(finding.path.string());
  row["message"] = redact(finding.message);
  row["waived"] = finding.waived;
  row["excerptRedacted"] = redact(finding.excerpt);
  return row;
}

PolicyFinding make_finding(std::string_view rule_id, const fs::path& path,
                           const RuleSetting& setting, std::string message, std::uint64_t line,
                           std::string excerpt) {
  const RuleInfo* rule = find_rule(rule_id);
  PolicyFinding finding{std::string(rule_id), rule == nullptr ? Severity::high : rule->severity,
                        path, line, std::move(message), std::move(excerpt), false};
  if (rule_id == "tmp-product-log" && setting.managed) {
    finding.severity = Severity::high;
  }
  const bool waivable = rule != nullptr && rule->waivable && setting.declaration != nullptr;
  if (waivable && setting.declaration->waiver(rule_id) != nullptr) {
    finding.severity = Severity::medium;
    finding.waived = true;
  }
  return finding;
}

bool has_high(const std::vector<PolicyFinding>& findings) {
  return std::ranges::any_of(
      findings, [](const PolicyFinding& each) { return each.severity == Severity::high; });
}

RuleSetting rule_setting(const host::Host& host, const Declaration* declaration) {
  RuleSetting setting;
  setting.declaration = declaration;
  setting.place = setting_of(host);
  const host::Environment* environment = &host.environment;
  setting.is_bounded_launcher = [](const std::string& program) {
    const auto text = host::read_file(program, limits::k_config_file_bytes_max);
    return text && text->find(k_launcher_mark) != std::string::npos;
  };
  setting.exists = [environment](const std::string& path) {
    std::error_code ignored;
    return fs::exists(host::system_path(*environment, path), ignored);
  };
  setting.has_helpers = [](const std::string& path) {
    const fs::path file = fs::is_directory(path) ? fs::path(path) / "config.json" : fs::path(path);
    const AuthFileFacts facts = read_auth_file(file);
    return !facts.helpers.empty() || facts.store.has_value();
  };
  setting.helper_for = [&host](const std::string& registry) {
    std::string names;
    for (const AuthFileFacts& file : read_ambient_auth(host)) {
      if (names.empty() && file.has_helper_for(registry)) {
        const auto named = std::ranges::find(file.helpers, registry, &HelperFact::registry);
        names = named != file.helpers.end() ? named->helper : file.store.value_or("?");
      }
    }
    return names;
  };
  return setting;
}

std::optional<PolicyFinding> check_run_count(std::uint64_t runs,
                                             std::uint64_t restarts_per_hour_max,
                                             std::uint64_t hours_since_load, const fs::path& path) {
  constexpr std::uint64_t k_runs_min = 10;
  const std::uint64_t allowed =
      std::max(k_runs_min, restarts_per_hour_max * std::max<std::uint64_t>(hours_since_load, 1));
  if (runs <= allowed) {
    return std::nullopt;
  }
  return make_finding("excessive-run-count", path, {},
                      fmt::format("{} starts since it was loaded, {} allowed", runs, allowed));
}

}  // namespace sourceos::runtime
