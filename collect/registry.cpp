#include "collect/registry.hpp"

#include "collect/collectors/builtin.hpp"
#include "core/json/json.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sourceos::collect {

namespace {

using Option = CollectorOption;

constexpr std::array<Option, 2> k_tools = {
    {{"names", OptionType::text_list, "further tools to ask for their version"},
     {"versions", OptionType::flag, "start each tool to ask for its version (default true)"}}};
constexpr std::array<Option, 1> k_git = {
    {{"paths", OptionType::text_list, "repositories (default: that of the directory)"}}};
constexpr std::array<Option, 3> k_podman = {
    {{"connection", OptionType::text, "name of a podman connection"},
     {"containers", OptionType::text_list, "containers to inspect"},
     {"images", OptionType::text_list, "images to inspect"}}};
constexpr std::array<Option, 3> k_systemd = {
    {{"user_units", OptionType::text_list, "units of the user manager"},
     {"system_units", OptionType::text_list, "units of the system manager"},
     {"journal_lines", OptionType::number, "last lines of each unit's journal (default 200)"}}};
constexpr std::array<Option, 1> k_launchd = {
    {{"labels", OptionType::text_list, "services (default: all that are not the system's)"}}};
constexpr std::array<Option, 2> k_auth = {
    {{"paths", OptionType::text_list, "auth files besides those that tools look for"},
     {"ambient", OptionType::flag, "look at the files that tools look for (default true)"}}};
constexpr std::array<Option, 7> k_logs = {
    {{"paths", OptionType::text_list, "files, patterns and directories"},
     {"journal_user_units", OptionType::text_list, "units of the user manager"},
     {"journal_system_units", OptionType::text_list, "units of the system manager"},
     {"journal_lines", OptionType::number, "last lines only (default: all)"},
     {"journal_since", OptionType::text, "a time as journalctl takes it"},
     {"containers", OptionType::text_list, "containers whose output is read"},
     {"connection", OptionType::text, "name of a podman connection"}}};
constexpr std::array<Option, 1> k_files = {
    {{"paths", OptionType::text_list, "files and directories"}}};
constexpr std::array<Option, 1> k_command = {
    {{"argv", OptionType::text_list, "program and arguments"}}};

bool fits(OptionType type, const json::Value& value) {
  switch (type) {
    case OptionType::text: return value.is_string();
    case OptionType::text_list:
      return value.is_array() && std::all_of(value.begin(), value.end(),
                                             [](const auto& item) { return item.is_string(); });
    case OptionType::number:
      return value.is_number_integer() &&
             (value.is_number_unsigned() || value.get<std::int64_t>() >= 0);
    case OptionType::flag: return value.is_boolean();
  }
  return false;
}

std::string known_options(const CollectorRow& row) {
  std::string names;
  for (const Option& option : row.options) {
    names += (names.empty() ? "" : ", ") + std::string(option.name);
  }
  return names.empty() ? "none" : names;
}

}  // namespace

std::span<const CollectorRow> collectors() {
  static const std::array<CollectorRow, 12> rows = {{
      {&host_collector(), "HostFacts", {}},
      {&tools_collector(), "ToolVersions", k_tools},
      {&git_collector(), "GitState", k_git},
      {&podman_collector(), "PodmanFacts", k_podman},
      {&systemd_collector(), "SystemdFacts", k_systemd},
      {&launchd_collector(), "LaunchdFacts", k_launchd},
      {&nix_collector(), "NixState", {}},
      {&mounts_collector(), "MountState", {}},
      {&auth_collector(), "AuthFacts", k_auth},
      {&logs_collector(), "NotRead", k_logs},
      {&files_collector(), "NotRead", k_files},
      {&command_collector(), "CommandResult", k_command},
  }};
  return rows;
}

const CollectorRow* find_collector(std::string_view name) {
  for (const CollectorRow& row : collectors()) {
    if (row.collector->name() == name) {
      return &row;
    }
  }
  return nullptr;
}

std::string_view expected(OptionType type) {
  switch (type) {
    case OptionType::text: return "a string";
    case OptionType::text_list: return "a list of strings";
    case OptionType::number: return "a number from 0";
    case OptionType::flag: return "true or false";
  }
  return "";
}

Status check_options(const CollectorRow& row, const json::Value& options) {
  const std::string_view name = row.collector->name();
  if (!options.is_object()) {
    return fail(ErrorKind::usage, "collector-option",
                fmt::format("options of '{}': expected a table", name));
  }
  for (const auto& [key, value] : options.items()) {
    const auto option = std::find_if(row.options.begin(), row.options.end(),
                                     [&](const Option& known) { return known.name == key; });
    if (option == row.options.end()) {
      return fail(ErrorKind::usage, "collector-option",
                  fmt::format("collector '{}' has no option '{}': expected {}", name, key,
                              known_options(row)));
    }
    if (!fits(option->type, value)) {
      return fail(ErrorKind::usage, "collector-option",
                  fmt::format("option '{}' of '{}': expected {}", key, name,
                              expected(option->type)));
    }
  }
  return {};
}

}  // namespace sourceos::collect
