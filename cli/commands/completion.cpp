#include "cli/completions.hpp"

#include <array>

#include "cli/app.hpp"
#include "cli/commands/commands.hpp"
#include "cli/console.hpp"
#include "cli/parser.hpp"
#include "cli/report.hpp"
#include "core/json/json.hpp"

namespace sourceos::cli {

namespace {

using std::literals::operator""sv;

Shell shell_of(std::string_view name) {
  return name == "zsh" ? Shell::zsh : name == "fish" ? Shell::fish : Shell::bash;
}

Result<Report> completion(const Options& options, Context& context) {
  const std::string& shell = options.operands().front();
  if (shell != "bash" && shell != "zsh" && shell != "fish") {
    return fail(ErrorKind::usage, "unknown-shell", "SHELL is one of bash, zsh, fish");
  }
  json::Value record = new_record("completion");
  record["shell"] = shell;
  record["script"] =
      completion_script(shell_of(shell), context.program, command_tree(context.program));
  if (context.json) {
    return Report(std::move(record));
  }
  SOURCEOS_TRY(context.console.out(record["script"].get_ref<const std::string&>()));
  return Report(std::move(record)).already_printed();
}

constexpr std::array k_operands = {
    Operand{.name = "SHELL", .help = "bash, zsh or fish"},
};
constexpr std::array k_examples = {
    Example{"Completions for this shell", "completion bash > ~/.local/share/bash-completion/completions/sourceosctl"},
    Example{"In zsh, in a directory of $fpath", "completion zsh > ~/.zfunc/_sourceosctl"},
    Example{"In fish", "completion fish > ~/.config/fish/completions/sourceosctl.fish"},
};

}  // namespace

constinit const Command k_completion = {
    .name = "completion",
    .summary = "print completions for a shell",
    .description = "The script is made from the same table as this help and runs nothing when a "
                   "key is pressed.",
    .operands = k_operands,
    .examples = k_examples,
    .run = completion,
};

}  // namespace sourceos::cli
