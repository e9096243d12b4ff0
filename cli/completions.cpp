// Each script walks the words before the cursor down the tree of commands, as the parser does, and
// so knows a path such as "/evidence/collect". What is offered there is written into the script as
// plain lists: nothing runs when a key is pressed.
#include "cli/completions.hpp"

#include <vector>

#include <fmt/format.h>

#include "cli/parser.hpp"

namespace sourceos::cli {

namespace {

struct Place {
  std::string path;  // "" at the root
  const Command* command;
};

void walk(const Command& command, const std::string& path, std::vector<Place>& places) {
  places.push_back({path, &command});
  for (const Command* below : command.commands) {
    walk(*below, fmt::format("{}/{}", path, below->name), places);
  }
}

std::vector<Place> places_of(const Command& root) {
  std::vector<Place> places;
  walk(root, "", places);
  return places;
}

std::vector<Option> options_of(const Command& command) {
  std::vector<Option> options(command.options.begin(), command.options.end());
  options.insert(options.end(), global_options().begin(), global_options().end());
  return options;
}

// In single quotes for sh, zsh and fish alike: the words are ours and hold no backslash.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

std::string function_name(std::string_view program) {
  std::string name = "_";
  for (const char c : program) {
    name += c == '-' ? '_' : c;
  }
  return name;
}

std::string command_names(const Command& command) {
  std::vector<std::string_view> names;
  for (const Command* below : command.commands) {
    names.push_back(below->name);
  }
  return fmt::format("{}", fmt::join(names, " "));
}

bool takes_files(const Command& command) {
  for (const Operand& operand : command.operands) {
    if (operand.kind == ValueKind::file || operand.kind == ValueKind::bundle ||
        operand.kind == ValueKind::directory) {
      return true;
    }
  }
  return false;
}

bool takes_bundle(const Command& command) {
  return !command.operands.empty() && command.operands.front().kind == ValueKind::bundle;
}

// "/evidence|/evidence/collect": what goes one level down.
std::string all_paths(const std::vector<Place>& places) {
  std::vector<std::string> paths;
  for (const Place& place : places) {
    if (!place.path.empty()) {
      paths.push_back(place.path);
    }
  }
  return fmt::format("{}", fmt::join(paths, "|"));
}

std::string bash_values(const Option& option) {
  switch (option.kind) {
    case ValueKind::choice:
      return fmt::format("-W '{}'", fmt::join(option.choices, " "));
    case ValueKind::directory:
      return "-d";
    case ValueKind::file:
    case ValueKind::bundle:
      return "-f";
    case ValueKind::none:
    case ValueKind::text:
    case ValueKind::number:
      break;
  }
  return "";
}

std::string bash_script(std::string_view program, const Command& root) {
  const auto places = places_of(root);
  const std::string function = function_name(program);
  std::string out = fmt::format("# bash completion for {0}, made by '{0} completion bash'\n{1}() {{\n",
                                program, function);
  out += "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  local path= options= words= files= i\n"
         "  COMPREPLY=()\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case $path/${COMP_WORDS[i]} in\n";
  out += fmt::format("      {}) path+=/${{COMP_WORDS[i]}} ;;\n    esac\n  done\n", all_paths(places));
  out += "  case \"$path $previous\" in\n";
  for (const Place& place : places) {
    for (const Option& option : options_of(*place.command)) {
      if (option.kind == ValueKind::none) {
        continue;
      }
      std::string pattern = in_quotes(fmt::format("{} {}", place.path, option.name));
      if (option.letter != 0) {
        pattern += "|" + in_quotes(fmt::format("{} -{}", place.path, option.letter));
      }
      const std::string values = bash_values(option);
      out += fmt::format("    {}) {}return ;;\n", pattern,
                         values.empty() ? std::string()
                                        : fmt::format("mapfile -t COMPREPLY < <(compgen {} -- "
                                                      "\"$current\"); ",
                                                      values));
    }
  }
  out += "  esac\n  case $path in\n";
  for (const Place& place : places) {
    std::vector<std::string> names;
    for (const Option& option : options_of(*place.command)) {
      names.emplace_back(option.name);
    }
    std::string words = command_names(*place.command);
    if (takes_bundle(*place.command)) {
      words += words.empty() ? "@last" : " @last";
    }
    out += fmt::format("    {}) options='{}' words='{}' files={} ;;\n", in_quotes(place.path),
                       fmt::join(names, " "), words, takes_files(*place.command) ? "yes" : "");
  }
  out += "  esac\n"
         "  if [[ $current == -* ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
         "    return\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\"\n"
         "    [[ -n $files ]] && compgen -f -- \"$current\")\n"
         "}\n";
  return out + fmt::format("complete -o filenames -F {} {}\n", function, program);
}

std::string zsh_values(const Option& option) {
  switch (option.kind) {
    case ValueKind::choice:
      return fmt::format("compadd -- {}", fmt::join(option.choices, " "));
    case ValueKind::directory:
      return "_files -/";
    case ValueKind::file:
    case ValueKind::bundle:
      return "_files";
    case ValueKind::none:
    case ValueKind::text:
    case ValueKind::number:
      break;
  }
  return "_message " + in_quotes(option.value);
}

// "name:what it does" for _describe, where a colon in the name would end it.
std::string described(std::string_view name, std::string_view help) {
  return in_quotes(fmt::format("{}:{}", name, help));
}

std::string zsh_script(std::string_view program, const Command& root) {
  const auto places = places_of(root);
  const std::string function = function_name(program);
  std::string out =
      fmt::format("#compdef {0}\n# zsh completion for {0}, made by '{0} completion zsh'\n{1}() {{\n",
                  program, function);
  out += "  local at= previous=${words[CURRENT-1]} files=\n"
         "  local -a names options\n"
         "  integer i\n"
         "  for ((i = 2; i < CURRENT; i++)); do\n"
         "    case $at/${words[i]} in\n";
  out += fmt::format("      {}) at+=/${{words[i]}} ;;\n    esac\n  done\n", all_paths(places));
  out += "  case \"$at $previous\" in\n";
  for (const Place& place : places) {
    for (const Option& option : options_of(*place.command)) {
      if (option.kind != ValueKind::none) {
        out += fmt::format("    {}) {}; return ;;\n",
                           in_quotes(fmt::format("{} {}", place.path, option.name)), zsh_values(option));
      }
    }
  }
  out += "  esac\n  case $at in\n";
  for (const Place& place : places) {
    out += fmt::format("    {})\n      names=(", in_quotes(place.path));
    for (const Command* below : place.command->commands) {
      out += "\n        " + described(below->name, below->summary);
    }
    if (takes_bundle(*place.command)) {
      out += "\n        " + described("@last", "the newest bundle of the store");
    }
    out += ")\n      options=(";
    for (const Option& option : options_of(*place.command)) {
      out += "\n        " + described(option.name, option.help);
    }
    out += fmt::format(")\n      files={} ;;\n", takes_files(*place.command) ? "yes" : "");
  }
  out += "  esac\n"
         "  if [[ ${words[CURRENT]} == -* ]]; then\n"
         "    _describe -o option options\n"
         "    return\n"
         "  fi\n"
         "  (( ${#names} )) && _describe command names\n"
         "  [[ -n $files ]] && _files\n"
         "}\n";
  out += fmt::format("if [[ $funcstack[1] == {0} ]]; then {0} \"$@\"; else compdef {0} {1}; fi\n",
                     function, program);
  return out;
}

std::string fish_values(const Option& option) {
  switch (option.kind) {
    case ValueKind::none:
      return "";
    case ValueKind::choice:
      return fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
    case ValueKind::directory:
      return " -x -a '(__fish_complete_directories)'";
    case ValueKind::file:
    case ValueKind::bundle:
      return " -r -F";
    case ValueKind::text:
    case ValueKind::number:
      break;
  }
  return " -x";
}

std::string fish_script(std::string_view program, const Command& root) {
  const auto places = places_of(root);
  const std::string function = "_" + function_name(program) + "_path";
  std::string out = fmt::format("# fish completion for {0}, made by '{0} completion fish'\n", program);
  out += fmt::format("function {}\n  set -l at ''\n  for word in (commandline -opc)[2..-1]\n"
                     "    switch \"$at/$word\"\n      case",
                     function);
  for (const Place& place : places) {
    if (!place.path.empty()) {
      out += " " + place.path;
    }
  }
  out += "\n        set at \"$at/$word\"\n    end\n  end\n  echo \"$at/\"\nend\n";
  out += fmt::format("complete -c {} -f\n", program);
  for (const Place& place : places) {
    const std::string here =
        fmt::format("complete -c {} -n 'test ({}) = {}/'", program, function, place.path);
    for (const Command* below : place.command->commands) {
      out += fmt::format("{} -a {} -d {}\n", here, below->name, in_quotes(below->summary));
    }
    if (takes_bundle(*place.command)) {
      out += fmt::format("{} -a @last -d 'the newest bundle of the store'\n", here);
    }
    if (takes_files(*place.command)) {
      out += here + " -F\n";
    }
    for (const Option& option : options_of(*place.command)) {
      out += fmt::format("{} -l {}", here, option.name.substr(2));
      if (option.letter != 0) {
        out += fmt::format(" -s {}", option.letter);
      }
      out += fmt::format("{} -d {}\n", fish_values(option), in_quotes(option.help));
    }
  }
  return out;
}

}  // namespace

std::string completion_script(Shell shell, std::string_view program, const Command& root) {
  switch (shell) {
    case Shell::bash:
      return bash_script(program, root);
    case Shell::zsh:
      return zsh_script(program, root);
    case Shell::fish:
      return fish_script(program, root);
  }
  return {};
}

}  // namespace sourceos::cli
