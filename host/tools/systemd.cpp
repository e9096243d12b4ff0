#include "host/tools/systemd.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

namespace sourceos::host {

namespace {

// What a service is, how it went and what starts it again (local agents, 3.2 and 3.6).
constexpr std::string_view k_properties =
    "ActiveEnterTimestamp,ActiveState,ControlGroup,Description,DropInPaths,Environment,EnvironmentFiles,"
    "ExecMainCode,ExecMainExitTimestamp,ExecMainPID,ExecMainStartTimestamp,ExecMainStatus,"
    "ExecStart,FragmentPath,Id,InactiveEnterTimestamp,LoadError,LoadState,MainPID,NRestarts,"
    "Names,NeedDaemonReload,OnFailure,OnSuccess,Restart,RestartPreventExitStatus,RestartUSec,"
    "Result,SourcePath,StartLimitAction,StartLimitBurst,StartLimitIntervalUSec,SubState,"
    "TriggeredBy,Triggers,Type,UnitFilePreset,UnitFileState,UpheldBy,User,WantedBy";

}  // namespace

std::string_view to_string(SystemdScope scope) {
  return scope == SystemdScope::user ? "user" : "system";
}

std::vector<std::string> Systemd::command(std::vector<std::string> words) const {
  std::vector<std::string> argv = {"systemctl",
                                   scope_ == SystemdScope::user ? "--user" : "--system"};
  std::move(words.begin(), words.end(), std::back_inserter(argv));
  return argv;
}

Result<ToolAnswer> Systemd::state(std::uint64_t timeout_ms) const {
  return ask(runner_, command({"is-system-running"}), timeout_ms);
}

Result<ToolAnswer> Systemd::failed_units(std::uint64_t timeout_ms) const {
  return ask(runner_,
             command({"list-units", "--all", "--state=failed", "--plain", "--no-legend",
                      "--no-pager", "--full"}),
             timeout_ms);
}

Result<ToolAnswer> Systemd::show(const std::string& unit, std::uint64_t timeout_ms) const {
  return ask(runner_,
             command({"show", "--no-pager", fmt::format("--property={}", k_properties), "--", unit}),
             timeout_ms);
}

Result<ToolAnswer> Systemd::definition(const std::string& unit, std::uint64_t timeout_ms) const {
  return ask(runner_, command({"cat", "--no-pager", "--", unit}), timeout_ms);
}

ProcessRequest Systemd::journal(const std::string& unit, JournalForm form, std::uint64_t lines,
                                const std::string& since, std::uint64_t timeout_ms) const {
  ProcessRequest request;
  request.argv = {"journalctl", "--no-pager", "--quiet", "--utc", "--all",
                  form == JournalForm::text ? "--output=short-iso-precise" : "--output=export"};
  if (!unit.empty()) {
    request.argv.push_back(
        fmt::format("{}={}", scope_ == SystemdScope::user ? "--user-unit" : "--unit", unit));
  } else if (scope_ == SystemdScope::user) {
    request.argv.emplace_back("--user");
  }
  if (lines > 0) {
    request.argv.push_back(fmt::format("--lines={}", lines));
  }
  if (!since.empty()) {
    request.argv.push_back("--since=" + since);
  }
  request.environment = plain_locale();
  request.timeout_ms = timeout_ms;
  return request;
}

bool is_manager_unreachable(const ProcessOutcome& outcome) {
  return outcome.error_output.find("Failed to connect to bus") != std::string::npos ||
         outcome.error_output.find("not been booted with systemd") != std::string::npos ||
         text::trim(outcome.output) == "offline";
}

std::vector<UnitProperty> parse_unit_properties(std::string_view output) {
  std::vector<UnitProperty> properties;
  for (const std::string_view line : text::lines(output)) {
    const auto equals = line.find('=');
    if (equals != std::string_view::npos && equals > 0) {
      properties.push_back({std::string(line.substr(0, equals)), std::string(line.substr(equals + 1))});
    }
  }
  return properties;
}

std::string_view find_property(const std::vector<UnitProperty>& properties, std::string_view name) {
  for (const UnitProperty& property : properties) {
    if (property.name == name) {
      return property.value;
    }
  }
  return {};
}

std::vector<std::string> parse_unit_names(std::string_view output) {
  std::vector<std::string> names;
  for (std::string_view line : text::lines(output)) {
    line = text::trim(line);
    const std::string_view name = line.substr(0, line.find(' '));
    if (name.find('.') != std::string_view::npos) {
      names.emplace_back(name);
    }
  }
  return names;
}

std::vector<std::string> parse_path_list(std::string_view value) {
  std::vector<std::string> paths;
  std::string path;
  for (std::size_t i = 0; i <= value.size(); ++i) {
    if (i == value.size() || value[i] == ' ') {
      if (!path.empty()) {
        paths.push_back(std::move(path));
      }
      path.clear();
    } else if (value[i] == '\\' && i + 1 < value.size()) {
      path += value[++i];
    } else {
      path += value[i];
    }
  }
  return paths;
}

}  // namespace sourceos::host
