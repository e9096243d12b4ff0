#include "cli/commands/commands.hpp"
#include "cli/machine_launch.hpp"
#include "cli/machine_options.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_own_options = {
    Option{.name = "--tool",
           .kind = ValueKind::text,
           .value = "ID",
           .help = "openclaw, hermes, codex, claude-code, local-shell, github-bot or ci-bot"},
    Option{.name = "--trust-gate",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "A substrate trust gate that must allow it"},
    Option{.name = "--governance",
           .kind = ValueKind::text,
           .value = "REF",
           .help = "The AgentPlane run that governs a tool with side effects"},
};
constexpr auto k_options =
    joined(k_repo_option, k_profile_option, k_own_options, k_launch_options, k_mutating_options);

constexpr std::array k_examples = {
    Example{"A tool of a profile",
            "agent-machine run --tool codex --repo ~/dev/app --profile app --grant grant.json -- "
            "--help"},
};

Result<Report> run(const Options& options, Context& context) {
  return run_launch(options, context, runtime::LaunchKind::run);
}

}  // namespace

constinit const Command k_agent_machine_run = {
    .name = "run",
    .summary = "run a named tool in a governed container",
    .description =
        "The tool's argument vector comes from the profile; what follows '--' is appended "
        "unchanged. Grants, "
        "governance, trust gate, mounts and image are judged in this order, and the first refusal "
        "wins. The "
        "exit code is the tool's, once it was started.",
    .options = k_options,
    .rest = "ARGS",
    .examples = k_examples,
    .run = run,
    .print = print_launch,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
