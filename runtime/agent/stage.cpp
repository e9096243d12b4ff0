#include "runtime/agent/stage.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tools/plist.hpp"
#include "runtime/agent/definition.hpp"
#include "runtime/agent/launcher.hpp"
#include "runtime/agent/state.hpp"
#include "runtime/agent/wrapper_lint.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

struct StagedFile {
  std::string path;  // below the directory
  std::string text;
  std::uint32_t mode = 0644;
};

std::string with_home_variable(std::string text, const fs::path& home) {
  const std::string prefix = "\"" + home.string() + "/";
  for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
    text.replace(at, prefix.size(), "\"$HOME/");
  }
  return text;
}

json::Value lint_of(const host::Host& host, const ReadDeclaration& agent, const std::string& launcher,
                    const std::string& unit, const std::string& plist) {
  const Declaration& d = agent.declaration;
  json::Value wrapper = json::Value::array();
  for (const LintFinding& finding : lint_wrapper(launcher, {.platform = platform_of(host), .exists = {}})) {
    wrapper.push_back(as_json(finding));
  }
  RuleSetting rules = rule_setting(host, &d);
  rules.managed = true;
  const std::string program = places_of(d, host).launcher.string();
  rules.is_bounded_launcher = [&](const std::string& word) { return word == program; };
  json::Value service = json::Value::array();
  UnitFile parsed;
  const std::string unit_file = places_of(d, host).unit;
  parsed.add(unit, unit_file);
  auto findings = check_unit(parsed, unit_file, rules);
  if (const auto list = host::parse_plist(plist)) {
    std::ranges::move(check_plist(*list, plist, d.label + ".plist", rules), std::back_inserter(findings));
  }
  for (const PolicyFinding& finding : findings) {
    service.push_back(as_json(finding));
  }
  return {{"type", "LocalAgentLint"}, {"agent", d.name}, {"wrapper", wrapper}, {"service", service}};
}

Result<std::vector<StagedFile>> files_of(const host::Host& host, const ReadDeclaration& agent,
                                         const Preflight& preflight, const Redactor& redact) {
  const Declaration& d = agent.declaration;
  const AgentPlaces places = places_of(d, host);
  SOURCEOS_TRY_ASSIGN(const std::string launcher,
                      make_launcher(d, {.platform = platform_of(host),
                                        .state = places.state,
                                        .podman_directory = {},
                                        .owner_tag = owner_tag(places, d.name)}));
  const std::string unit = make_unit(d, places.launcher);
  const std::string plist = make_plist(d, places.launcher);
  const std::string folder = d.scope == AgentScope::user ? "systemd-user/" : "systemd-system/";
  std::vector<StagedFile> files = {
      {"bin/" + d.name + "-launch", launcher, 0755},
      {"launchd/" + d.label + ".plist", plist},
      {folder + places.unit, unit},
      {"agent.json", with_home_variable(as_json(d).dump(2) + "\n", host.environment.home)},
      {"preflight.json", as_json(preflight, redact).dump(2) + "\n"},
      {"lint.json", lint_of(host, agent, launcher, unit, plist).dump(2) + "\n"},
      {"REMEDIATION.md", remediation_of(preflight, redact)}};
  if (d.quadlet && d.runtime == AgentRuntime::podman) {
    files.push_back({"quadlet/" + d.name + ".container", make_quadlet(d)});
  }
  json::Value rows = json::Value::array();
  for (const StagedFile& file : files) {
    rows.push_back({{"path", file.path},
                    {"sha256", bundle::sha256(file.text).hex()},
                    {"size", file.text.size()}});
  }
  const json::Value manifest = {{"type", "LocalAgentStaging"},
                                {"agent", d.name},
                                {"declarationHash", agent.hash},
                                {"createdAt", format_seconds(host.clock.now())},
                                {"result", preflight.passed() ? "pass" : "fail"},
                                {"files", std::move(rows)}};
  files.push_back({"manifest.json", manifest.dump(2) + "\n"});
  return files;
}

}  // namespace

fs::path fresh_directory(const fs::path& root, std::string_view name, UtcTime at) {
  // "2026-05-04T18:45:00Z" as 20260504-184500.
  std::string stamp;
  for (const char c : format_seconds(at)) {
    if (c == 'T') {
      stamp += '-';
    } else if (c >= '0' && c <= '9') {
      stamp += c;
    }
  }
  const fs::path first = root / fmt::format("{}-{}", name, stamp);
  fs::path path = first;
  constexpr int k_suffix_max = 10'000;
  for (int i = 2; host::describe(path) && i < k_suffix_max; ++i) {
    path = fmt::format("{}-{}", first.string(), i);
  }
  return path;
}

std::string remediation_of(const Preflight& preflight, const Redactor& redact) {
  std::string text = fmt::format("# {}\n\n", preflight.agent);
  if (preflight.passed()) {
    return text + fmt::format("Every check passes.\n\nNext: `sourceos-agent install {}`\n", preflight.agent);
  }
  text += "Nothing was installed, enabled or started.\n\n";
  for (const Check& check : preflight.checks) {
    if (check.status == CheckStatus::fail) {
      text += fmt::format("## Check {}, {}: {}\n\n{}\n\n    {}\n\n", check.number, check.id,
                          check.reason, redact(check.detail), redact(check.remediation));
    }
  }
  for (const DeclarationFinding& finding : preflight.declaration_findings) {
    text += fmt::format("## Declaration, field {}\n\n{}\n\n", finding.field, redact(finding.message));
  }
  for (const PolicyFinding& finding : preflight.policy_findings) {
    text += fmt::format("## Rule {} ({})\n\n{}\n\n", finding.rule_id, to_string(finding.severity),
                        redact(finding.message));
  }
  return text + fmt::format("Then: `sourceos-agent install {}`\n", preflight.agent);
}

Status stage_agent(const host::Host& host, const ReadDeclaration& agent, const Preflight& preflight,
                   const Redactor& redact, const fs::path& directory, ActionLog& log) {
  SOURCEOS_TRY_ASSIGN(const std::vector<StagedFile> files, files_of(host, agent, preflight, redact));
  const Status written = log.file("stage", directory / "manifest.json", [&]() -> Status {
    for (const StagedFile& file : files) {
      const fs::path path = directory / file.path;
      SOURCEOS_TRY(host::make_directories(path.parent_path(), 0700));
      SOURCEOS_TRY(host::write_file_atomically(path, file.text, file.mode, host::Durability::none));
    }
    return host::sync_directory(directory);
  });
  if (!written) {
    (void)host::remove_tree(directory);
  }
  return written;
}

}  // namespace sourceos::runtime
