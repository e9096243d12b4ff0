#include "cli/help.hpp"

#include "cli/app.hpp"
#include "cli/parser.hpp"
#include "cli/report.hpp"
#include "core/text.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

void for_each_command(const Command& command, std::vector<std::string> path, auto visit) {
  visit(command, path);
  for (const Command* below : command.commands) {
    auto deeper = path;
    deeper.emplace_back(below->name);
    for_each_command(*below, deeper, visit);
  }
}

}  // namespace

TEST_CASE("help at every level lists every option and command of that level") {
  for (const char* program : {"sourceos", "sourceosctl", "sourceos-agent"}) {
    for_each_command(command_tree(program), {}, [&](const Command& command, const auto& path) {
      const std::string page = help_page(program, path, command);
      CAPTURE(page);
      for (const Option& option : command.options) {
        CHECK(page.find(option.name) != std::string::npos);
      }
      for (const Option& option : global_options()) {
        CHECK(page.find(option.name) != std::string::npos);
      }
      for (const Command* below : command.commands) {
        CHECK(page.find(below->summary.substr(0, 20)) != std::string::npos);
      }
      CHECK(page.find("Exit codes:") != std::string::npos);
      for (const std::string_view line : text::lines(page)) {
        CHECK_FALSE(line.ends_with(' '));
      }
    });
  }
}

TEST_CASE("every command says what it does, has an example that parses, and options with help") {
  for_each_command(command_tree("sourceosctl"), {}, [](const Command& command, const auto& path) {
    CAPTURE(command.name);
    CHECK_FALSE(command.summary.empty());
    CHECK_FALSE(command.summary.ends_with('.'));
    CHECK((command.run != nullptr || !command.commands.empty()));
    if (command.run == nullptr) {
      return;
    }
    CHECK_FALSE(command.examples.empty());
    for (const Option& option : command.options) {
      CAPTURE(option.name);
      CHECK_FALSE(option.help.empty());
      CHECK(option.name.starts_with("--"));
      CHECK(option.value.empty() == (option.kind == ValueKind::none));
      CHECK(option.choices.empty() == (option.kind != ValueKind::choice));
    }
    for (const Example& example : command.examples) {
      std::vector<std::string> words;
      for (const std::string_view word : text::split(example.line, ' ')) {
        if (word == "|" || word == ">" || word == "<") {
          break;
        }
        words.emplace_back(word);
      }
      CAPTURE(example.line);
      Parsed parsed;
      const Status status = parse(command_tree("sourceosctl"), words, parsed);
      CHECK_MESSAGE(status.has_value(), status.error().message);
      CHECK(parsed.path == path);
    }
  });
}

TEST_CASE("the usage line shows what is optional and what repeats") {
  const Operand operands[] = {{.name = "A"}, {.name = "B", .least = 0, .most = k_any_number}};
  const Command command = {.name = "x",
                           .summary = "",
                           .operands = operands,
                           .rest = "ARGV",
                           .run = [](const Options&, Context&) -> Result<Report> {
                             return fail(ErrorKind::internal, "internal", "");
                           }};
  CHECK(usage_line({"x"}, command) == "x [options] A [B...] [-- ARGV...]");
}
