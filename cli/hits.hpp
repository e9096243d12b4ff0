// What `scan`, `redact --report` and `redact explain` say about masked places and findings: rows
// for JSON, and the same as CSV and SARIF. Nothing of a secret is in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "redact/document.hpp"

namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::cli {

struct Masked;

// Rows { kind, rule, class, severity, path, line, column, tag, found, tier, check, unsure, excerpt },
// secrets first, then findings of log rules; `path` must be redacted already.
void append_rows(json::Value& rows, const Masked& masked, std::string_view path,
                 const redact::Pipeline& pipeline);

[[nodiscard]] std::string rows_as_csv(const json::Value& rows);
[[nodiscard]] json::Value rows_as_sarif(const json::Value& rows);

// low < medium < high; "none" is above all.
[[nodiscard]] int severity_rank(std::string_view severity);
// { high, medium, low } of rows.
[[nodiscard]] json::Value count_by_severity(const json::Value& rows);

}  // namespace sourceos::cli
