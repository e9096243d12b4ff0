// The ten steps of an activation, in their order, and what is noted of each.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/json/fwd.hpp"
#include "core/time.hpp"

namespace sourceos::runtime {

enum class Step {
  evaluate = 1,
  generate_wrapper,
  lint_wrapper,
  generate_service,
  lint_service,
  preflight,
  install,
  enable,
  start,
  report,
};
inline constexpr std::array k_steps = {
    Step::evaluate,     Step::generate_wrapper, Step::lint_wrapper, Step::generate_service,
    Step::lint_service, Step::preflight,        Step::install,      Step::enable,
    Step::start,        Step::report};
[[nodiscard]] std::string_view to_string(Step step);

enum class StepStatus { not_run, done, failed, planned, unchanged };
[[nodiscard]] std::string_view to_string(StepStatus status);

struct StepRecord {
  Step step = Step::evaluate;
  StepStatus status = StepStatus::not_run;
  UtcTime started_at;  // of a step that ran
  UtcTime finished_at;
  std::string detail;
};
[[nodiscard]] json::Value as_json(const StepRecord& record);

// All ten, none of them run.
using StepRecords = std::array<StepRecord, k_steps.size()>;
[[nodiscard]] StepRecords new_step_records();

}  // namespace sourceos::runtime
