#include "runtime/activation/step.hpp"

#include "core/json/json.hpp"

namespace sourceos::runtime {

std::string_view to_string(Step step) {
  switch (step) {
    case Step::evaluate: return "evaluate";
    case Step::generate_wrapper: return "generate-wrapper";
    case Step::lint_wrapper: return "lint-wrapper";
    case Step::generate_service: return "generate-service";
    case Step::lint_service: return "lint-service";
    case Step::preflight: return "preflight";
    case Step::install: return "install";
    case Step::enable: return "enable";
    case Step::start: return "start";
    case Step::report: return "report";
  }
  return "";
}

std::string_view to_string(StepStatus status) {
  switch (status) {
    case StepStatus::not_run: return "not-run";
    case StepStatus::done: return "done";
    case StepStatus::failed: return "failed";
    case StepStatus::planned: return "planned";
    case StepStatus::unchanged: return "unchanged";
  }
  return "";
}

json::Value as_json(const StepRecord& record) {
  const bool ran = record.status == StepStatus::done || record.status == StepStatus::failed;
  return {{"n", static_cast<int>(record.step)},
          {"name", to_string(record.step)},
          {"status", to_string(record.status)},
          {"startedAt", ran ? json::Value(format_seconds(record.started_at)) : json::Value(nullptr)},
          {"finishedAt", ran ? json::Value(format_seconds(record.finished_at)) : json::Value(nullptr)},
          {"detail", record.detail}};
}

StepRecords new_step_records() {
  StepRecords records;
  for (std::size_t i = 0; i < k_steps.size(); ++i) {
    records[i].step = k_steps[i];
  }
  return records;
}

}  // namespace sourceos::runtime
