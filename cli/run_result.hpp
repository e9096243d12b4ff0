// How a record words the end that an exit code tells (agent-machine 2.3).
#pragma once

#include "bundle/record.hpp"
#include "cli/exit_code.hpp"

namespace sourceos::cli {

[[nodiscard]] constexpr bundle::RunResult run_result(ExitCode code) {
  switch (code) {
    case ExitCode::done: return bundle::RunResult::ok;
    case ExitCode::negative: return bundle::RunResult::negative;
    case ExitCode::usage: return bundle::RunResult::usage;
    case ExitCode::partial: return bundle::RunResult::partial;
    case ExitCode::failure: return bundle::RunResult::error;
    case ExitCode::interrupted: return bundle::RunResult::interrupted;
  }
  return bundle::RunResult::error;
}

}  // namespace sourceos::cli
