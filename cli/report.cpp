#include "cli/report.hpp"

#include "cli/console.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

Report::Report(json::Value record, ExitCode code, std::string_view reason)
    : record_(std::make_unique<json::Value>(std::move(record))), code_(code), reason_(reason) {}

Report::~Report() = default;
Report::Report(Report&&) noexcept = default;
Report& Report::operator=(Report&&) noexcept = default;

Report Report::already_printed() && {
  printed_ = true;
  return std::move(*this);
}

json::Value Report::document() const {
  json::Value whole = *record_;
  if (!whole.contains("result")) {  // a record whose type gives the word another meaning keeps it
    whole["result"] = result_word(code_);
  }
  whole["exitCode"] = static_cast<int>(code_);
  whole["reason"] = reason_.empty() ? json::Value() : json::Value(reason_);
  return whole;
}

json::Value new_record(std::string_view name) {
  return json::Value{{"schema", "sourceos." + std::string(name) + "/v1"}};
}

Report error_report(const Error& error) {
  json::Value record = new_record("error");
  record["kind"] = to_string(error.kind);
  record["message"] = error.read_out();
  record["next"] = error.next.empty() ? json::Value() : json::Value(error.next);
  return Report(std::move(record), exit_code_of(error.kind), error.reason);
}

void Context::note(std::string_view words) const {
  if (!quiet) {
    console.err(program + ": " + text::for_display_line(words) + "\n");
  }
}

std::string Context::command_line(std::string_view arguments) const {
  return program + " " + std::string(arguments);
}

}  // namespace sourceos::cli
