#include "cli/agent_text.hpp"

#include <fmt/format.h>

#include "cli/report.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

Tone tone_of(std::string_view status) {
  if (status == "pass" || status == "done") {
    return Tone::good;
  }
  return status == "fail" || status == "failed" ? Tone::bad
         : status == "warn"                     ? Tone::warning
                                                : Tone::dim;
}

}  // namespace

void print_actions(const json::Value& record, Text& text) {
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "actions")) {
    const std::string status = text_of(row, "status");
    std::string what = text_of(row, "target");
    if (const json::Value& argv = part_of(row, "argv"); argv.is_array() && !argv.empty()) {
      what.clear();
      for (const json::Value& word : argv) {
        what += (what.empty() ? "" : " ") + text::shell_word(word.get<std::string>());
      }
    }
    rows.push_back({Cell(status, tone_of(status)), Cell(text_of(row, "action")), Cell(what),
                    Cell(text_of(row, "detail"))});
  }
  text.table({}, rows);
}

void print_findings(const json::Value& findings, Text& text) {
  for (const json::Value& row : findings) {
    const bool high = text_of(row, "severity") == "high";
    const std::uint64_t line = number_of(row, "line");
    text.line(fmt::format("  {:<6} {} {}{}: {}", text_of(row, "severity"), text_of(row, "ruleId"),
                          text_of(row, "path"), line == 0 ? "" : fmt::format(":{}", line),
                          text_of(row, "message")),
              high ? Tone::bad : Tone::warning);
  }
}

void print_checks(const json::Value& record, Text& text) {
  for (const json::Value& row : part_of(record, "checks")) {
    const std::string status = text_of(row, "status");
    const std::string word = status == "pass" ? "ok" : status == "fail" ? "FAIL" : status;
    text.line(fmt::format("  {:<4} {:>2} {:<23} {}", word, number_of(row, "n"), text_of(row, "id"),
                          text_of(row, "detail")),
              tone_of(status));
    if (status == "fail" && !text_of(row, "remediation").empty()) {
      text.line(fmt::format("          fix: {}", text_of(row, "remediation")));
    }
  }
}

void print_declaration_findings(const json::Value& record, Text& text) {
  for (const json::Value& row : part_of(record, "declarationFindings")) {
    text.line(fmt::format("  declaration: '{}' {}", text_of(row, "field"), text_of(row, "message")), Tone::warning);
  }
}

namespace {

void print_recovered(const json::Value& recovered, Text& text) {
  if (!text_of(recovered, "problem").empty()) {
    text.line("  not recovered: " + text_of(recovered, "problem"), Tone::bad);
  }
  if (!text_of(recovered, "transactionId").empty()) {
    text.line(fmt::format("  first undone: {} of a command that did not end",
                          counted(number_of(recovered, "undone"), "change", "changes")),
              Tone::warning);
  }
  if (flag_of(recovered, "thawed")) {
    text.line("  first released: what a quarantine that was killed had frozen", Tone::warning);
  }
  for (const json::Value& command : part_of(recovered, "byHand")) {
    text.line("  by hand: " + command.get<std::string>(), Tone::warning);
  }
}

}  // namespace

void print_change(const json::Value& record, Text& text) {
  const std::string reason = text_of(record, "reason");
  const bool planned = flag_of(record, "planOnly");
  text.line(fmt::format("{} {}: {}", text_of(record, "command"), text_of(record, "agent"),
                        planned            ? "plan only, nothing was changed"
                        : !reason.empty()  ? "failed: " + reason
                        : flag_of(record, "changed") ? "done"
                                                     : "nothing to do"),
            reason.empty() ? Tone::good : Tone::bad);
  if (!text_of(record, "detail").empty()) {
    text.line("  " + text_of(record, "detail"));
  }
  print_recovered(part_of(record, "recovered"), text);
  print_actions(record, text);
  if (!part_of(record, "preflight").empty()) {
    print_declaration_findings(part_of(record, "preflight"), text);
    for (const json::Value& row : part_of(part_of(record, "preflight"), "checks")) {
      if (text_of(row, "status") == "fail") {
        text.line(fmt::format("  FAIL {:>2} {}: {}", number_of(row, "n"), text_of(row, "id"), text_of(row, "detail")), Tone::bad);
        text.line("          fix: " + text_of(row, "remediation"));
      }
    }
  }
  if (!text_of(record, "evidence").empty()) {
    text.line("  no bundle: " + text_of(record, "evidence"), Tone::bad);
  }
  for (const char* field : {"stagingDir", "directory"}) {
    if (!text_of(record, field).empty()) {
      text.field(field, text_of(record, field));
    }
  }
  for (const char* list : {"residual", "byHand"}) {
    for (const json::Value& row : part_of(record, list)) {
      text.line(fmt::format("  {}: {}", std::string_view(list) == "byHand" ? "by hand" : "left", row.get<std::string>()), Tone::warning);
    }
  }
  if (!text_of(record, "bundleId").empty()) {
    text.field("bundle", text_of(record, "bundleId"));
  }
  if (!text_of(record, "next").empty()) {
    text.next(text_of(record, "next"));
  }
}

}  // namespace sourceos::cli
