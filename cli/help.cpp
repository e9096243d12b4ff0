#include "cli/help.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/parser.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

constexpr std::size_t k_line_width = 90;
constexpr std::size_t k_left_width_max = 30;

// `words` broken between spaces; the first line goes on where `out` ends, the others at `indent`.
void wrap(std::string& out, std::string_view words, std::size_t indent, std::size_t column) {
  bool begins_line = true;
  for (const std::string_view word : text::split(words, ' ')) {
    if (!begins_line && column + 1 + word.size() > k_line_width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
      begins_line = true;
    }
    out += begins_line ? "" : " ";
    out += word;
    column += word.size() + (begins_line ? 0 : 1);
    begins_line = false;
  }
  out += '\n';
}

struct Row {
  std::string left;
  std::string right;
};

void add_rows(std::string& out, std::string_view title, const std::vector<Row>& rows) {
  if (rows.empty()) {
    return;
  }
  std::size_t width = 0;
  for (const Row& row : rows) {
    if (row.left.size() <= k_left_width_max) {
      width = std::max(width, row.left.size());
    }
  }
  out += fmt::format("\n{}:\n", title);
  for (const Row& row : rows) {
    out += "  " + row.left;
    if (row.left.size() > width) {
      out += "\n" + std::string(width + 4, ' ');
    } else {
      out += std::string(width + 2 - row.left.size(), ' ');
    }
    wrap(out, row.right, width + 4, width + 4);
  }
}

std::string shown_name(const Option& option) {
  std::string name = option.letter == 0 ? std::string("    ") : fmt::format("-{}, ", option.letter);
  name += option.name;
  if (option.kind != ValueKind::none) {
    name += fmt::format(" {}", option.value);
  }
  return name;
}

std::vector<Row> option_rows(std::span<const Option> options) {
  std::vector<Row> rows;
  for (const Option& option : options) {
    std::string right(option.help);
    if (!option.choices.empty()) {
      right += fmt::format(" ({})", fmt::join(option.choices, ", "));
    }
    if (option.repeat == Repeat::many) {
      right += "; may be repeated";
    }
    rows.push_back({shown_name(option), std::move(right)});
  }
  return rows;
}

std::string shown_operand(const Operand& operand) {
  std::string name(operand.name);
  name += operand.most > 1 ? "..." : "";
  return operand.least == 0 ? "[" + name + "]" : name;
}

void add_description(std::string& out, std::string_view description) {
  for (const std::string_view paragraph : text::split(description, '\n')) {
    out += "\n";
    wrap(out, paragraph, 0, 0);
  }
}

void add_examples(std::string& out, std::string_view program, const Command& command) {
  if (command.examples.empty()) {
    return;
  }
  out += "\nExamples:\n";
  for (const Example& example : command.examples) {
    out += fmt::format("  # {}\n  $ {} {}\n", example.what, program, example.line);
  }
}

void add_exit_codes(std::string& out) {
  std::vector<Row> rows;
  for (const ExitCode code : k_exit_codes) {
    rows.push_back({std::to_string(static_cast<int>(code)), std::string(meaning(code))});
  }
  add_rows(out, "Exit codes", rows);
}

}  // namespace

std::string usage_line(const std::vector<std::string>& path, const Command& command) {
  std::string line = fmt::format("{}", fmt::join(path, " "));
  const auto add = [&line](std::string_view word) {
    line += (line.empty() ? "" : " ") + std::string(word);
  };
  if (command.run == nullptr) {
    add("COMMAND");
    return line;
  }
  add("[options]");
  for (const Operand& operand : command.operands) {
    add(shown_operand(operand));
  }
  if (!command.rest.empty()) {
    add(fmt::format("[-- {}...]", command.rest));
  }
  return line;
}

std::string help_page(std::string_view program, const std::vector<std::string>& path,
                      const Command& command) {
  std::string title(program);
  for (const std::string& name : path) {
    title += " " + name;
  }
  std::string out;
  wrap(out, fmt::format("{} - {}", title, command.summary), 2, 0);
  out += fmt::format("\nUsage:\n  {} {}\n", program, usage_line(path, command));
  if (command.run != nullptr && !command.commands.empty()) {
    out += fmt::format("  {} COMMAND\n", title);
  }
  if (!command.description.empty()) {
    add_description(out, command.description);
  }
  std::vector<Row> commands;
  for (const Command* below : command.commands) {
    commands.push_back({std::string(below->name), std::string(below->summary)});
  }
  add_rows(out, "Commands", commands);
  std::vector<Row> operands;
  for (const Operand& operand : command.operands) {
    operands.push_back({shown_operand(operand), std::string(operand.help)});
  }
  add_rows(out, "Operands", operands);
  add_rows(out, "Options", option_rows(command.options));
  add_rows(out, "Options of every command", option_rows(global_options()));
  add_exit_codes(out);
  add_examples(out, program, command);
  if (!command.commands.empty()) {
    out += fmt::format("\n'{} COMMAND --help' says more about each command.\n", title);
  }
  return out;
}

}  // namespace sourceos::cli
