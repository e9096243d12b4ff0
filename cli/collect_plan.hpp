// What `evidence collect` is asked to look at, as a plan: a preset or a plan file, and what single
// options add to it.
#pragma once

#include "collect/plan.hpp"
#include "core/result.hpp"

namespace sourceos::cli {

class Options;

[[nodiscard]] Result<collect::Plan> collect_plan(const Options& options);

// For a dry run: rule files of the plan and of `--rules` that would be refused are refused.
[[nodiscard]] Status check_rule_files(const Options& options, const collect::Plan& plan);

}  // namespace sourceos::cli
