// `agent-machine shell` and `run`: from options to one launched container and its bundle.
#pragma once

#include <array>
#include <string>

#include "cli/machine_options.hpp"
#include "cli/parser.hpp"
#include "cli/report.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/machine/launch_gates.hpp"

namespace sourceos::cli {

class Text;

// What both commands take besides a repository and a profile.
inline constexpr auto k_launch_options = joined(
    std::array{Option{.name = "--grant",
                      .kind = ValueKind::file,
                      .value = "FILE",
                      .help = "The grant that the tool or its door asks for"}},
    k_contracts_option);

[[nodiscard]] Result<Report> run_launch(const Options& options, Context& context,
                                        runtime::LaunchKind kind);
void print_launch(const json::Value& record, Text& text);

}  // namespace sourceos::cli
