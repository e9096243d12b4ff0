#include "cli/commands/commands.hpp"
#include "cli/machine_launch.hpp"
#include "cli/machine_options.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_own_options = {
    Option{.name = "--shell",
           .kind = ValueKind::text,
           .value = "CMD",
           .help = "The shell; the profile's by default"},
};
constexpr auto k_options =
    joined(k_repo_option, k_profile_option, k_own_options, k_launch_options, k_mutating_options);

constexpr std::array k_examples = {
    Example{"A shell in the container of a profile",
            "agent-machine shell --repo ~/dev/app --profile app"},
};

Result<Report> shell(const Options& options, Context& context) {
  return run_launch(options, context, runtime::LaunchKind::shell);
}

}  // namespace

constinit const Command k_agent_machine_shell = {
    .name = "shell",
    .summary = "open a shell in a governed container",
    .description =
        "Needs a terminal. The container has the declared mounts and nothing else; what Podman "
        "made is "
        "compared with the plan before anything runs. What the shell writes is kept as a redacted "
        "transcript, what is typed is not. The exit code is the shell's, once it was started.",
    .options = k_options,
    .examples = k_examples,
    .run = shell,
    .print = print_launch,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
