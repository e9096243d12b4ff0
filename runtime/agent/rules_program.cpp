// Rules over what a definition starts: a script behind a plist or a unit is as much of the service
// as the definition itself, and is where a remote image or a helper hides.
#include <algorithm>

#include "core/limits.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tools/plist.hpp"
#include "runtime/agent/launcher.hpp"
#include "runtime/agent/rule_commands.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> plist_command(const fs::path& file) {
  const auto text = host::read_file(file, limits::k_config_file_bytes_max);
  const auto plist = text ? host::parse_plist(*text) : Result<host::PlistValue>(fail(text.error()));
  std::vector<std::string> argv;
  if (!plist) {
    return argv;
  }
  if (const host::PlistValue* list = plist->find("ProgramArguments")) {
    for (const host::PlistValue& item : list->items) {
      argv.push_back(item.text);
    }
  }
  if (const host::PlistValue* program = plist->find("Program"); program != nullptr) {
    argv.resize(std::max<std::size_t>(argv.size(), 1));
    argv.front() = program->text;
  }
  return argv;
}

std::vector<std::string> unit_command(const fs::path& file) {
  const auto unit = read_unit(file);
  const UnitAssignment* start = unit ? unit->last("Service", "ExecStart") : nullptr;
  std::vector<std::string> argv = start == nullptr ? std::vector<std::string>() : unit_words(start->value);
  if (!argv.empty()) {
    argv.front().erase(0, argv.front().find_first_not_of("@-:+!"));
  }
  return argv;
}

// The script of "/bin/sh /path/to/script", or the program.
std::string script_of(const std::vector<std::string>& argv) {
  if (argv.empty()) {
    return {};
  }
  const std::string name = fs::path(argv[0]).filename().string();
  const bool is_shell = name == "sh" || name == "bash" || name == "zsh" || name == "dash";
  return is_shell && argv.size() > 1 && argv[1].starts_with('/') ? argv[1] : argv[0];
}

// A program of the account is where it says, one of the system below the root of this host.
fs::path place_of(const std::string& program, const host::Host& host) {
  const fs::path path = fs::path(program).lexically_normal();
  const auto [end, ignored] = std::mismatch(host.environment.home.begin(), host.environment.home.end(),
                                            path.begin(), path.end());
  return end == host.environment.home.end() ? path : host::system_path(host.environment, path.string());
}

}  // namespace

std::vector<PolicyFinding> check_program_of(const fs::path& definition, const host::Host& host,
                                            const RuleSetting& setting) {
  const bool is_plist = definition.extension() == ".plist";
  if (!is_plist && definition.extension() != ".service") {
    return {};
  }
  const std::string program = script_of(is_plist ? plist_command(definition) : unit_command(definition));
  if (!program.starts_with('/')) {
    return {};
  }
  const auto text = host::read_file(place_of(program, host), limits::k_config_file_bytes_max);
  const bool is_script = text && text->starts_with("#!") && text->find('\0') == std::string::npos;
  if (!is_script || text->find(k_launcher_mark) != std::string::npos) {
    return {};
  }
  return check_service_script(*text, program, setting);
}

}  // namespace sourceos::runtime
