#include "runtime/activation/staging.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "host/files.hpp"
#include "runtime/agent/definition.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr int k_clashes_max = 100;  // within one second

// "20260504-184500" of "2026-05-04T18:45:00Z".
std::string stamp(UtcTime time) {
  std::string text;
  for (const char c : format_seconds(time)) {
    if (c == 'T') {
      text += '-';
    } else if (c >= '0' && c <= '9') {
      text += c;
    }
  }
  return text;
}

json::Value lint_report(const Candidate& candidate, const Redactor& redact) {
  json::Value wrapper = json::Value::array();
  for (const LintFinding& finding : candidate.wrapper_findings) {
    wrapper.push_back(as_json(finding));
  }
  json::Value service = json::Value::array();
  for (const PolicyFinding& finding : candidate.service_findings) {
    service.push_back(as_json(finding, redact));
  }
  json::Value installed = json::Value::array();
  for (const PolicyFinding& finding : candidate.installed_findings) {
    installed.push_back(as_json(finding, redact));
  }
  return {{"wrapper", wrapper}, {"service", service}, {"installed", installed}};
}

struct StagedFile {
  std::string path;
  std::string bytes;
  std::uint32_t mode = 0644;
};

std::vector<StagedFile> files_of(const Candidate& candidate, const std::vector<Remedy>& remedies,
                                 const StagingSetting& setting) {
  const Declaration& d = candidate.site.declaration;
  const fs::path& launcher = candidate.site.places.launcher;
  const std::string units = d.scope == AgentScope::user ? "systemd-user/" : "systemd-system/";
  std::vector<StagedFile> files = {
      {"bin/" + d.name + "-launch", candidate.launcher, 0755},
      {"launchd/" + d.label + ".plist", make_plist(d, launcher)},
      {units + candidate.site.places.unit, make_unit(d, launcher)},
      {"agent.json", as_json(d).dump(2) + "\n"},
      {"lint.json", lint_report(candidate, setting.redact).dump(2) + "\n"},
      {"REMEDIATION.md",
       setting.redact(remediation_text(candidate.site, remedies, setting.undo, setting.next))},
  };
  if (candidate.preflight) {
    files.push_back({"preflight.json", as_json(*candidate.preflight, setting.redact).dump(2) + "\n"});
  }
  std::ranges::sort(files, {}, &StagedFile::path);
  return files;
}

json::Value manifest_of(const Candidate& candidate, const std::vector<StagedFile>& files, UtcTime now) {
  json::Value rows = json::Value::array();
  for (const StagedFile& file : files) {
    rows.push_back({{"path", file.path}, {"sha256", bundle::sha256(file.bytes).hex()}});
  }
  return {{"type", "LocalAgentStaging"},
          {"agent", candidate.site.declaration.name},
          {"declarationHash", candidate.declaration_hash},
          {"createdAt", format_seconds(now)},
          {"files", rows}};
}

Result<fs::path> make_new_directory(const fs::path& root, const std::string& name) {
  SOURCEOS_TRY(host::make_directories(root, 0700));
  for (int clash = 0; clash < k_clashes_max; ++clash) {
    const fs::path path = root / (clash == 0 ? name : fmt::format("{}-{}", name, clash));
    std::error_code failure;
    if (fs::create_directory(path, failure)) {
      fs::permissions(path, fs::perms::owner_all, failure);
      return path;
    }
    if (failure) {
      return fail(system_error(failure.value(), fmt::format("make '{}'", path.native())));
    }
  }
  return fail(ErrorKind::io, "staging-clash",
              fmt::format("expected a new name for '{}', all are taken", name));
}

Status write_files(const fs::path& directory, const std::vector<StagedFile>& files,
                   const json::Value& manifest) {
  for (const StagedFile& file : files) {
    const fs::path path = directory / file.path;
    SOURCEOS_TRY(host::make_directories(path.parent_path(), 0700));
    SOURCEOS_TRY(host::write_file_atomically(path, file.bytes, file.mode, host::Durability::none));
  }
  // Last: a directory without it was not finished.
  return host::write_file_atomically(directory / "manifest.json", manifest.dump(2) + "\n", 0644,
                                     host::Durability::synced);
}

}  // namespace

std::vector<Remedy> remedies_of(const Candidate& candidate) {
  std::vector<Remedy> remedies;
  for (const LintFinding& finding : candidate.wrapper_findings) {
    remedies.push_back({"wrapper-lint", fmt::format("line {}: {} ({})", finding.line, finding.message, finding.rule),
                        "change the declaration or what it calls"});
  }
  for (const PolicyFinding& finding : candidate.service_findings) {
    if (finding.severity == Severity::high) {
      remedies.push_back({finding.rule_id, finding.message,
                          "less " + text::shell_word(finding.path.string())});
    }
  }
  if (candidate.preflight) {
    for (const Check& check : candidate.preflight->checks) {
      const bool is_repeated = check.number >= 17 && !remedies.empty();
      if (check.status == CheckStatus::fail && !is_repeated) {
        remedies.push_back({std::string(check.id), fmt::format("{}: {}", check.reason, check.detail),
                            check.remediation});
      }
    }
  }
  if (remedies.empty() && !candidate.passed()) {
    remedies.push_back({std::string(to_string(*candidate.failed_step)),
                        fmt::format("{}: {}", candidate.reason, candidate.detail), {}});
  }
  return remedies;
}

std::string remediation_text(const AgentSite& site, const std::vector<Remedy>& remedies,
                             const UndoReport& undo, const std::string& next) {
  std::string text = fmt::format("# {}: what to do\n\n", site.declaration.name);
  if (remedies.empty()) {
    text += "Nothing failed.\n";
  }
  for (const Remedy& remedy : remedies) {
    text += fmt::format("* **{}**: {}\n", remedy.what, remedy.cause);
    if (!remedy.fix.empty()) {
      text += fmt::format("\n      {}\n\n", remedy.fix);
    }
  }
  bool has_heading = false;
  for (const UndoAction& action : undo.actions) {
    if (action.done || action.command.empty()) {
      continue;
    }
    if (!has_heading) {
      text += "\n## Not undone: type these, in this order\n\n";
      has_heading = true;
    }
    text += fmt::format("      {}\n", action.command);
  }
  return text + fmt::format("\nThen:\n\n      {}\n", next);
}

Result<fs::path> write_staging(const host::Host& host, const Candidate& candidate,
                               const std::vector<Remedy>& remedies, const StagingSetting& setting) {
  const fs::path root = setting.root.empty() ? candidate.site.places.staging_root : setting.root;
  const UtcTime now = host.clock.now();
  SOURCEOS_TRY_ASSIGN_CONTEXT(
      const fs::path directory,
      make_new_directory(root, fmt::format("{}-{}", candidate.site.declaration.name, stamp(now))),
      "stage");
  const std::vector<StagedFile> files = files_of(candidate, remedies, setting);
  if (const Status written = write_files(directory, files, manifest_of(candidate, files, now)); !written) {
    (void)host::remove_tree(directory);
    return fail(Error(written.error()).with_context("stage"));
  }
  return directory;
}

}  // namespace sourceos::runtime
