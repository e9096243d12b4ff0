#include "cli/verdict_forms.hpp"

#include <fmt/format.h>

#include "cli/junit.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/sarif.hpp"
#include "core/json/json.hpp"
#include "verify/verdict.hpp"

namespace sourceos::cli {

namespace {

bool is_error(const json::Value& document) { return !document.contains("verdict"); }

std::string check_words(const json::Value& check) {
  std::string words = text_of(check, "reason");
  for (const std::string_view key : {"member", "detail"}) {
    if (const std::string more = text_of(check, key); !more.empty()) {
      words += (words.empty() ? "" : ": ") + more;
    }
  }
  return words;
}

void add_results(const json::Value& document, std::vector<SarifResult>& results) {
  const std::string input = text_of(document, "input");
  if (is_error(document)) {
    results.push_back({text_of(document, "reason"), "error", text_of(document, "message"), input, {}, {}, ""});
    return;
  }
  for (const json::Value& check : part_of(document, "checks")) {
    const std::string outcome = text_of(check, "outcome");
    if (outcome == "fail" || outcome == "unverifiable") {
      results.push_back({text_of(check, "reason"), outcome == "fail" ? "error" : "warning",
                         fmt::format("{}: {}", text_of(check, "name"), check_words(check)), input, {}, {}, ""});
    }
  }
}

JunitCase::State state_of(std::string_view outcome, bool decides) {
  if (outcome == "pass") {
    return JunitCase::State::pass;
  }
  // What could not be told fails a run only when the verdict hangs on it.
  return outcome == "fail" || (outcome == "unverifiable" && decides) ? JunitCase::State::fail
                                                                     : JunitCase::State::skipped;
}

JunitSuite suite_of(const json::Value& document) {
  JunitSuite suite{text_of(document, "input"), {}};
  if (is_error(document)) {
    suite.cases.push_back({"read", JunitCase::State::fail,
                           fmt::format("{}: {}", text_of(document, "reason"), text_of(document, "message"))});
    return suite;
  }
  const std::string reason = text_of(document, "reason");
  for (const json::Value& check : part_of(document, "checks")) {
    suite.cases.push_back({text_of(check, "name"),
                           state_of(text_of(check, "outcome"), text_of(check, "reason") == reason),
                           check_words(check)});
  }
  const bool is_accepted = number_of(document, "exitCode") == 0;
  suite.cases.push_back({"verdict", is_accepted ? JunitCase::State::pass : JunitCase::State::fail,
                         text_of(document, "words")});
  return suite;
}

std::string next_of(const verify::Verdict& verdict, const std::string& input) {
  if (verdict.next.empty() && verdict.reason == "untrusted-key") {
    return fmt::format("sourceosctl evidence verify {} --key FILE, the maker's 'evidence key export'", input);
  }
  return verdict.next;
}

}  // namespace

Report verdict_report(const verify::Verdict& verdict, std::string input, bool allow_untrusted) {
  json::Value record = verify::to_value(verdict);
  record.update(new_record("evidence-verify"));
  if (const std::string next = next_of(verdict, input); !next.empty()) {
    record["next"] = next;
  }
  record["input"] = std::move(input);
  const bool is_accepted = verdict.decision == verify::Decision::verified ||
                           (allow_untrusted && verdict.intact_not_trusted());
  return Report(std::move(record), is_accepted ? ExitCode::done : ExitCode::negative, verdict.reason);
}

json::Value verdicts_as_sarif(const std::vector<json::Value>& documents) {
  std::vector<SarifResult> results;
  for (const json::Value& document : documents) {
    add_results(document, results);
  }
  std::vector<SarifRule> rules;
  for (const SarifResult& result : results) {
    bool is_known = false;
    for (const SarifRule& rule : rules) {
      is_known |= rule.id == result.rule;
    }
    if (!is_known) {
      rules.push_back({result.rule, "evidence verification: " + result.rule});
    }
  }
  return to_sarif(rules, results);
}

std::string verdicts_as_junit(const std::vector<json::Value>& documents) {
  std::vector<JunitSuite> suites;
  for (const json::Value& document : documents) {
    suites.push_back(suite_of(document));
  }
  return to_junit(suites);
}

}  // namespace sourceos::cli
