// Checks 14 to 18: logs, labels, and what would be installed.
#include <unistd.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tools/plist.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/declaration_checks.hpp"
#include "runtime/agent/definition.hpp"
#include "runtime/agent/launcher.hpp"
#include "runtime/agent/preflight_run.hpp"
#include "runtime/agent/wrapper_lint.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_definitions_max = 10'000;  // of one directory

bool is_there(const fs::path& path) { return host::describe(path).has_value(); }

fs::path deepest_existing(fs::path path) {
  while (path.has_relative_path() && !is_there(path)) {
    path = path.parent_path();
  }
  return path;
}

bool is_writable_directory(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) && ::access(path.c_str(), W_OK | X_OK) == 0;
}

// The same questions with every link resolved.
DeclarationSetting resolved(DeclarationSetting setting) {
  std::error_code ignored;
  setting.home = fs::weakly_canonical(setting.home, ignored);
  setting.state_root = fs::weakly_canonical(setting.state_root, ignored);
  return setting;
}

std::vector<fs::path> files_below(const fs::path& directory, std::string_view extension) {
  std::vector<fs::path> files;
  const auto opened = host::open_directory(directory);
  const auto entries = opened ? host::list_directory(*opened, k_definitions_max)
                              : Result<std::vector<host::DirectoryEntry>>(fail(opened.error()));
  if (entries) {
    for (const host::DirectoryEntry& entry : *entries) {
      if (entry.name.ends_with(extension)) {
        files.push_back(directory / entry.name);
      }
    }
  }
  return files;
}

std::string label_in(const fs::path& file) {
  const auto text = host::read_file(file, limits::k_config_file_bytes_max);
  const auto plist = text ? host::parse_plist(*text) : Result<host::PlistValue>(fail(text.error()));
  const host::PlistValue* label = plist ? plist->find("Label") : nullptr;
  return label != nullptr ? label->text : std::string();
}

// A private directory for the platform's linter, gone when this ends.
class ScratchDirectory {
 public:
  explicit ScratchDirectory(const host::Host& host) {
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    constexpr std::size_t k_name_bytes = 12;
    path_ = base / ("sourceos-lint-" + hex_encode(host.random.bytes(k_name_bytes)));
    made_ = !error && fs::create_directory(path_, error) && !error;
    if (made_) {
      fs::permissions(path_, fs::perms::owner_all, error);
    }
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    if (made_) {
      fs::remove_all(path_, ignored);
    }
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  [[nodiscard]] bool made() const { return made_; }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool made_ = false;
};

}  // namespace

void PreflightRun::check_one_log(Check& check, const fs::path& log) {
  const DeclarationSetting place = setting_of(host_);
  const fs::path directory = log.parent_path();
  check.observed.emplace_back("path", log.string());
  std::error_code ignored;
  const fs::path real_directory = fs::weakly_canonical(directory, ignored);
  const DeclarationSetting real_place = resolved(place);
  if (is_temporary_path(log, place) || is_temporary_path(real_directory / log.filename(), real_place)) {
    fail_check(check, "log-dir-tmp", fmt::format("'{}' is in a temporary directory", log.string()),
               "declare 'logs.app' elsewhere");
    return;
  }
  const auto facts = host::describe(log);
  const bool is_link = facts && facts->kind != host::FileKind::regular;
  if (is_link || !is_log_place(log, d_, place) ||
      !is_log_place(real_directory / log.filename(), d_, real_place)) {
    fail_check(check, "log-path-outside",
               fmt::format("'{}' is not a file below one of the places for logs", log.string()),
               "declare 'logs.app' below ~/Library/Logs, the state root or /var/log/<name>");
    return;
  }
  const std::string make = "mkdir -p " + text::shell_word(directory.string());
  const fs::path ground = deepest_existing(directory);
  if (!is_writable_directory(ground)) {
    fail_check(check, "log-dir-unwritable", fmt::format("'{}' is no writable directory", ground.string()),
               "ls -ld " + text::shell_word(ground.string()));
  } else if (ground != directory && !setting_.assume_made) {
    fail_check(check, "log-dir-missing",
               fmt::format("'{}' does not exist; install makes it", directory.string()), make);
  } else {
    pass(check, ground == directory ? directory.string()
                                    : fmt::format("'{}' is made by install", directory.string()));
  }
}

void PreflightRun::log_directory(Check& check) {
  for (const fs::path& log : {d_.app_log, d_.stdout_log, d_.stderr_log}) {
    if (!log.empty() && check.status != CheckStatus::fail) {
      check_one_log(check, log);
    }
  }
}

void PreflightRun::label_disabled(Check& check) {
  check.observed = {{"disabledOverride", status_.disabled_override ? "true" : "false"}};
  const bool own = setting_.own_override || state_.own_override;
  if (!status_.disabled_override) {
    pass(check, "no disabled override");
  } else if (own && setting_.own_override) {
    pass(check, "disabled by this tool, and enabled again by it");
  } else {
    const bool macos = platform_of(host_) == Platform::macos;
    fail_check(check, "label-disabled",
               macos ? fmt::format("launchd has a disabled override for '{}'", d_.label)
                     : fmt::format("'{}' is masked", places_.unit),
               command_line(backend_.override_fix(service_)));
  }
}

std::vector<fs::path> PreflightRun::files_with_label() const {
  const host::Environment& environment = host_.environment;
  std::vector<fs::path> found;
  if (platform_of(host_) == Platform::macos) {
    for (const fs::path& directory :
         {environment.home / "Library/LaunchAgents",
          host::system_path(environment, "/Library/LaunchAgents"),
          host::system_path(environment, "/Library/LaunchDaemons")}) {
      for (const fs::path& file : files_below(directory, ".plist")) {
        if (file != places_.definition && label_in(file) == d_.label) {
          found.push_back(file);
        }
      }
    }
    const bool listed = std::ranges::find(found, places_.legacy_plist) != found.end();
    if (is_there(places_.legacy_plist) && !listed && places_.legacy_plist != places_.definition) {
      found.push_back(places_.legacy_plist);  // whatever its label says
    }
    return found;
  }
  for (const fs::path& directory :
       {environment.home / ".config/systemd/user", environment.home / ".local/share/systemd/user",
        host::system_path(environment, "/etc/systemd/user"),
        host::system_path(environment, "/etc/systemd/system"),
        host::system_path(environment, "/usr/local/lib/systemd/user"),
        host::system_path(environment, "/usr/lib/systemd/user")}) {
    const fs::path file = directory / places_.unit;
    const auto facts = host::describe(file);
    const bool is_mask = facts && facts->kind == host::FileKind::link;
    if (facts && !is_mask && file != places_.definition) {
      found.push_back(file);
    }
  }
  return found;
}

// The manager may have loaded something that is not the file at the final path.
void PreflightRun::check_loaded_file(Check& check) {
  const fs::path& loaded = status_.loaded_from;
  const bool ours = loaded == places_.definition ||
                    host::system_path(host_.environment, loaded.string()) == places_.definition;
  const bool loaded_there = is_there(loaded) ||
                            is_there(host::system_path(host_.environment, loaded.string()));
  if (status_.known && loaded.is_absolute() && !status_.disabled_override && !loaded_there) {
    fail_check(check, "service-stale",
               fmt::format("'{}' is loaded, but its file '{}' is gone", service_.unit, loaded.string()),
               command_line(backend_.stop_commands(service_).front()));
  } else if (status_.known && loaded.is_absolute() && !status_.disabled_override && !ours) {
    fail_check(check, "label-duplicate",
               fmt::format("loaded from '{}', not from '{}'", loaded.string(),
                           places_.definition.string()),
               command_line(backend_.stop_commands(service_).front()));
  } else if (is_there(places_.definition) && !is_there(places_.launcher) && !setting_.assume_made) {
    fail_check(check, "service-stale",
               fmt::format("'{}' is installed, but its program '{}' is gone",
                           places_.definition.string(), places_.launcher.string()),
               "sourceos-agent install " + d_.name);
  } else {
    pass(check, "nothing else has the label");
  }
}

void PreflightRun::label_conflict(Check& check) {
  std::vector<fs::path> others = files_with_label();
  for (const fs::path& file : others) {
    check.observed.emplace_back("file", file.string());
  }
  if (others.empty()) {
    check_loaded_file(check);
    return;
  }
  if (is_there(places_.definition)) {
    others.insert(others.begin(), places_.definition);
  }
  const fs::path system_wide = host::system_path(host_.environment, "/Library/LaunchAgents");
  const fs::path& first = others.front();
  const bool legacy = others.size() == 1 &&
                      (first == places_.legacy_plist || first.parent_path() == system_wide);
  std::string names;
  for (const fs::path& file : others) {
    names += fmt::format("{}'{}'", names.empty() ? "" : " and ", file.string());
  }
  if (legacy) {
    fail_check(check, "legacy-system-plist", fmt::format("an old system-wide plist is in place: {}", names),
               "sourceos-agent quarantine " + d_.name);
    return;
  }
  if (others.size() == 1) {
    names += fmt::format(" and '{}'", places_.definition.string());
  }
  fail_check(check, "label-duplicate", fmt::format("the label is owned by {}", names),
             "remove all but one, or: sourceos-agent quarantine " + d_.name);
}

Result<std::string> PreflightRun::launcher_text() const {
  if (setting_.launcher) {
    return *setting_.launcher;
  }
  return make_launcher(d_, {.platform = platform_of(host_),
                            .state = places_.state,
                            .podman_directory = {},
                            .owner_tag = owner_tag(places_, d_.name)});
}

void PreflightRun::run_linter(Check& check, const std::string& definition) {
  const ScratchDirectory scratch(host_);
  const fs::path file = scratch.path() / places_.definition.filename();
  if (!scratch.made() ||
      !host::write_file_atomically(file, definition, 0644, host::Durability::none)) {
    check.observed.emplace_back("linter", "no scratch directory");
    return;
  }
  if (platform_of(host_) == Platform::macos) {
    const CommandRun lint = probe({"plutil", "-lint", file.string()});
    check.observed.emplace_back("linter", lint.ok() ? "plutil: ok" : "plutil: " + complaint(lint));
    if (lint.end == host::ProcessEnd::exited && lint.status != 0) {
      fail_check(check, "service-lint", "plutil -lint: " + complaint(lint), "plutil -lint " + places_.definition.string());
    }
    return;
  }
  const CommandRun lint = probe({"systemd-analyze", d_.scope == AgentScope::user ? "--user" : "--system",
                                 "--man=no", "verify", file.string()});
  const std::string said = lint.error_output + lint.output;
  // It also fails where it cannot run at all: only what it says of this unit counts.
  const bool about_it = said.find(file.filename().string()) != std::string::npos;
  check.observed.emplace_back("linter", lint.ok() ? "systemd-analyze: ok" : complaint(lint));
  if (lint.end == host::ProcessEnd::exited && lint.status != 0 && about_it) {
    fail_check(check, "service-lint", "systemd-analyze verify: " + complaint(lint),
               "systemd-analyze --user verify " + places_.definition.string());
  }
}

void PreflightRun::service_lint(Check& check) {
  RuleSetting rules = rule_setting(host_, &d_);
  rules.managed = true;
  const std::string launcher = places_.launcher.string();
  rules.is_bounded_launcher = [launcher](const std::string& program) { return program == launcher; };
  const std::string text = setting_.definition.value_or(
      make_definition(d_, platform_of(host_), places_.launcher));
  std::vector<PolicyFinding> findings;
  if (platform_of(host_) == Platform::macos) {
    const auto plist = host::parse_plist(text);
    findings = plist ? check_plist(*plist, text, places_.definition, rules)
                     : std::vector{make_finding("plist-unreadable", places_.definition, rules,
                                                plist.error().message)};
  } else {
    UnitFile unit;
    unit.add(text, places_.definition);
    if (const Status added = add_drop_ins(unit, places_.definition); !added) {
      check.observed.emplace_back("drop-ins", added.error().read_out());
    }
    findings = check_unit(unit, places_.definition, rules);
  }
  for (const DeclarationFinding& finding : agent_.findings) {
    if (finding.reason == "service-lint" && finding.severity == Severity::high) {
      fail_check(check, "service-lint", fmt::format("'{}': {}", finding.field, finding.message),
                 fmt::format("change '{}' in {}", finding.field, agent_.file.string()));
    }
  }
  const auto bad = std::ranges::find(findings, Severity::high, &PolicyFinding::severity);
  if (bad != findings.end()) {
    fail_check(check, "service-lint", fmt::format("{}: {}", bad->rule_id, bad->message),
               "less " + text::shell_word(bad->path.string()));
  } else if (check.status != CheckStatus::fail) {
    pass(check, fmt::format("no high finding in {}", places_.definition.filename().string()));
    // The linter wants the program to exist: it is given one that always does.
    run_linter(check, setting_.definition ? text : make_definition(d_, platform_of(host_), "/bin/sh"));
  }
  for (PolicyFinding& finding : check_run_command(run_command(d_), agent_.file, rules)) {
    findings.push_back(std::move(finding));
  }
  std::ranges::move(findings, std::back_inserter(result_.policy_findings));
}

void PreflightRun::wrapper_lint(Check& check) {
  const Result<std::string> text = launcher_text();
  if (!text) {
    fail_check(check, "wrapper-lint", text.error().message, "change the declaration");
    return;
  }
  const host::Environment& environment = host_.environment;
  const auto findings = runtime::lint_wrapper(
      *text, {.platform = platform_of(host_), .exists = [&](const std::string& path) {
                return is_there(host::system_path(environment, path));
              }});
  const auto missing = std::ranges::find(findings, "store-path-missing", &LintFinding::rule);
  if (missing != findings.end()) {
    result_.policy_findings.push_back(make_finding("nix-store-target-missing", places_.launcher,
                                                   rule_setting(host_, &d_), missing->message,
                                                   missing->line));
  }
  if (findings.empty()) {
    pass(check, "launcher is plain sh");
    return;
  }
  const LintFinding& first = findings.front();
  check.observed.emplace_back("line", fmt::format("{}", first.line));
  fail_check(check, "wrapper-lint", fmt::format("line {}: {}", first.line, first.message),
             fmt::format("rule {}", first.rule));
}

}  // namespace sourceos::runtime
