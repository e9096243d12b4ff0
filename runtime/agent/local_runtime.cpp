#include "runtime/agent/local_runtime.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tools/nix.hpp"
#include "host/tools/version.hpp"
#include "host/tools/plist.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/places.hpp"
#include "runtime/agent/podman_answers.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_definitions_max = 10'000;

std::vector<fs::path> places_to_look(const host::Host& host) {
  const host::Environment& environment = host.environment;
  const fs::path& home = environment.home;
  if (platform_of(host) == Platform::macos) {
    return {home / "Library/LaunchAgents", host::system_path(environment, "/Library/LaunchAgents"),
            host::system_path(environment, "/Library/LaunchDaemons")};
  }
  return {home / ".config/systemd/user", host::system_path(environment, "/etc/systemd/user"),
          host::system_path(environment, "/etc/systemd/system"),
          home / ".config/containers/systemd",
          host::system_path(environment, "/etc/containers/systemd")};
}

bool is_definition(const std::string& name) {
  return name.ends_with(".plist") || name.ends_with(".service") || name.ends_with(".timer") ||
         name.ends_with(".container");
}

// All that a definition may start, as one text to look for words in.
struct Content {
  std::string label;
  std::string words;
};

Content content_of(const fs::path& file) {
  Content content;
  const auto text = host::read_file(file, limits::k_config_file_bytes_max);
  if (!text) {
    return content;
  }
  if (file.extension() != ".plist") {
    content.label = file.filename().string();
    const auto unit = read_unit(file);
    for (const UnitAssignment& each : unit ? unit->assignments() : std::vector<UnitAssignment>()) {
      if (each.key.starts_with("Exec") || each.section == "Container" || each.key.starts_with("Standard")) {
        content.words += each.value + "\n";
      }
    }
    return content;
  }
  const auto plist = host::parse_plist(*text);
  if (!plist) {
    return content;
  }
  if (const host::PlistValue* label = plist->find("Label")) {
    content.label = label->text;
  }
  for (const char* key : {"Program", "StandardOutPath", "StandardErrorPath"}) {
    if (const host::PlistValue* value = plist->find(key)) {
      content.words += value->text + "\n";
    }
  }
  if (const host::PlistValue* list = plist->find("ProgramArguments")) {
    for (const host::PlistValue& item : list->items) {
      content.words += item.text + "\n";
    }
  }
  return content;
}

std::vector<std::string> reasons_in(const std::string& words) {
  std::vector<std::string> why;
  const auto has = [&](std::string_view word) { return words.find(word) != std::string::npos; };
  if (has("podman") || has("docker run") || has("localhost/")) {
    why.emplace_back("calls-podman");
  }
  if (has("/nix/store/")) {
    why.emplace_back("nix-store-path");
  }
  if (has("sh -c") || has("bash -c") || has("sh\n-c\n") || has("bash\n-c\n") || has("-lc\n")) {
    why.emplace_back("shell-string");
  }
  if (has("/tmp/")) {
    why.emplace_back("temporary-path");
  }
  return why;
}

bool is_declared(const fs::path& file, const Catalog& catalog, const host::Host& host) {
  return std::ranges::any_of(catalog.agents, [&](const ReadDeclaration& each) {
    const AgentPlaces places = places_of(each.declaration, host);
    return file == places.definition || file == places.legacy_plist;
  });
}

json::Value enrolment(const host::Host& host, const Redactor& redact) {
  if (platform_of(host) != Platform::macos) {
    return {{"status", "skip"}, {"detail", "not-applicable"}};
  }
  const CommandRun run =
      run_and_note(host, {"profiles", "status", "-type", "enrollment"}, limits::k_probe_timeout_ms);
  return {{"status", run.ok() ? "pass" : "skip"},
          {"detail", redact(run.ok() ? std::string(text::trim(run.output)) : complaint(run))}};
}

json::Value machines(const host::Host& host, const Redactor& redact) {
  const CommandRun run =
      run_and_note(host, {"podman", "machine", "list", "--format", "json"}, limits::k_probe_timeout_ms);
  const auto list = run.ok() ? json::parse(run.output, k_podman_bounds)
                             : Result<json::Value>(fail(ErrorKind::unavailable, "", ""));
  json::Value rows = json::Value::array();
  for (const json::Value& row : list && list->is_array() ? *list : json::Value::array()) {
    const std::string name = row.is_object() ? row.value("Name", std::string()) : std::string();
    const auto machine = find_machine(run.output, name);
    rows.push_back({{"name", redact(name)}, {"state", machine ? machine->state : ""}});
  }
  return {{"status", run.ok() ? "pass" : "skip"},
          {"detail", run.ok() ? "" : redact(complaint(run))},
          {"machines", std::move(rows)}};
}

}  // namespace

std::vector<SuspectService> find_suspects(const host::Host& host, const Catalog& catalog) {
  std::vector<SuspectService> suspects;
  const RuleSetting rules = rule_setting(host, nullptr);
  for (const fs::path& directory : places_to_look(host)) {
    const auto opened = host::open_directory(directory);
    const auto entries = opened ? host::list_directory(*opened, k_definitions_max)
                                : Result<std::vector<host::DirectoryEntry>>(fail(opened.error()));
    for (const host::DirectoryEntry& entry : entries ? *entries : std::vector<host::DirectoryEntry>()) {
      const fs::path file = directory / entry.name;
      if (!is_definition(entry.name) || entry.kind != host::FileKind::regular) {
        continue;
      }
      const Content content = content_of(file);
      if (content.label.starts_with("com.apple.")) {
        continue;
      }
      SuspectService suspect{file, content.label.empty() ? entry.name : content.label,
                             is_declared(file, catalog, host), reasons_in(content.words), {}};
      if (auto findings = check_definition_file(file, rules)) {
        suspect.findings = std::move(*findings);
      }
      std::ranges::move(check_program_of(file, host, rules), std::back_inserter(suspect.findings));
      const bool like_an_agent = !suspect.why.empty() || entry.name.starts_with("sourceos-agent@");
      if (!suspect.declared && like_an_agent) {
        suspect.findings.push_back(make_finding("missing-uninstall-quarantine", file, rules,
                                                "an installed service that no declaration names"));
      }
      if (suspect.declared || like_an_agent || !suspect.findings.empty()) {
        suspects.push_back(std::move(suspect));
      }
    }
  }
  return suspects;
}

std::vector<PolicyFinding> find_duplicates(const std::vector<SuspectService>& suspects) {
  std::map<std::string, std::vector<fs::path>> by_name;
  for (const SuspectService& suspect : suspects) {
    by_name[suspect.name].push_back(suspect.file);
  }
  std::vector<PolicyFinding> findings;
  for (const auto& [name, files] : by_name) {
    if (files.size() > 1) {
      findings.push_back(make_finding("label-duplicate", files[1], {},
                                      fmt::format("'{}' is in '{}' and '{}'", name,
                                                  files[0].string(), files[1].string())));
    }
  }
  return findings;
}

json::Value as_json(const SuspectService& suspect, const Redactor& redact) {
  json::Value findings = json::Value::array();
  for (const PolicyFinding& finding : suspect.findings) {
    findings.push_back(as_json(finding, redact));
  }
  return {{"file", redact(suspect.file.string())},
          {"name", redact(suspect.name)},
          {"declared", suspect.declared},
          {"why", suspect.why},
          {"findings", std::move(findings)}};
}

json::Value host_facts(const host::Host& host, const Redactor& redact) {
  json::Value generations = json::Value::array();
  for (const host::NixProfile& profile : host::read_nix_profiles(host.environment)) {
    generations.push_back({{"name", profile.name},
                           {"generation", profile.generation ? json::Value(*profile.generation) : json::Value()}});
  }
  const CommandRun version = run_and_note(host, {"podman", "--version"}, limits::k_probe_timeout_ms);
  return {{"platform", host.environment.adapter},
          {"backend", make_backend(host)->name()},
          {"mdm", enrolment(host, redact)},
          {"nix", {{"present", host::has_nix_store(host.environment)}, {"generations", generations}}},
          {"podman", {{"present", version.end != host::ProcessEnd::missing},
                      {"version", host::podman_version_in(version.output)}}},
          {"machine", machines(host, redact)}};
}

}  // namespace sourceos::runtime
