// `agent-machine shell` and `run`: from options to one launched container and its bundle.
#pragma once

#include <string>

#include "cli/parser.hpp"
#include "cli/report.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/machine/launch_gates.hpp"

namespace sourceos::cli {

class Text;

[[nodiscard]] Result<Report> run_launch(const Options& options, Context& context,
                                        runtime::LaunchKind kind);
void print_launch(const json::Value& record, Text& text);

}  // namespace sourceos::cli
