// A verdict as a record, and verdicts as SARIF and JUnit.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "core/json/fwd.hpp"

namespace sourceos::verify {
struct Verdict;
}

namespace sourceos::cli {

class Report;

// The record of one bundle: the verdict's JSON, `schema` and `input` (what was named, redacted).
[[nodiscard]] Report verdict_report(const verify::Verdict& verdict, std::string input,
                                    bool allow_untrusted);

// Documents of verdict reports and error reports, each with an `input`.
[[nodiscard]] json::Value verdicts_as_sarif(const std::vector<json::Value>& documents);
[[nodiscard]] std::string verdicts_as_junit(const std::vector<json::Value>& documents);

}  // namespace sourceos::cli
