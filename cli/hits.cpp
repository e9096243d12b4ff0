#include "cli/hits.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "bundle/record.hpp"
#include "cli/csv.hpp"
#include "cli/masking.hpp"
#include "cli/render.hpp"
#include "cli/sarif.hpp"
#include "core/json/json.hpp"
#include "redact/pipeline.hpp"
#include "redact/rules.hpp"

namespace sourceos::cli {

namespace {

std::string level_of(std::string_view severity) {
  return severity == "high" ? "error" : severity == "medium" ? "warning" : "note";
}

std::string message_of(const json::Value& row) {
  if (text_of(row, "kind") == "finding") {
    return fmt::format("{}: {}", text_of(row, "rule"), text_of(row, "excerpt"));
  }
  return fmt::format("{} ({}): {}", text_of(row, "class"), text_of(row, "rule"), text_of(row, "excerpt"));
}

// What the rule says of itself; of a rule of the caller's, its class and name.
std::string description_of(const json::Value& row) {
  const std::string id = text_of(row, "rule");
  const auto rules = redact::builtin_rules();
  const auto found = std::ranges::find(rules, id, &redact::Rule::id);
  return found != rules.end() ? std::string(found->description) : fmt::format("{} {}", text_of(row, "class"), id);
}

}  // namespace

void append_rows(json::Value& rows, const Masked& masked, std::string_view path,
                 const redact::Pipeline& pipeline) {
  for (const redact::Hit& hit : masked.hits) {
    rows.push_back({{"kind", "secret"},
                    {"rule", hit.rule},
                    {"class", hit.klass},
                    {"severity", bundle::to_string(hit.severity)},
                    {"path", path},
                    {"line", hit.line},
                    {"column", hit.column},
                    {"tag", hit.tag},
                    {"found", redact::to_string(hit.found)},
                    {"tier", hit.tier},
                    {"check", hit.check},
                    {"unsure", hit.unsure},
                    {"excerpt", hit.excerpt.str()}});
  }
  for (const bundle::Finding& finding : masked.findings) {
    const std::string identity =
        fmt::format("{}\n{}\n{}", finding.rule_id.str(), path, finding.excerpt.str());
    rows.push_back({{"kind", "finding"},
                    {"rule", finding.rule_id.str()},
                    {"class", "finding"},
                    {"severity", bundle::to_string(finding.severity)},
                    {"path", path},
                    {"line", finding.line},
                    {"column", 1},
                    {"tag", pipeline.tag_of(identity)},
                    {"found", "rule"},
                    {"tier", 1},
                    {"check", ""},
                    {"unsure", false},
                    {"excerpt", finding.excerpt.str()}});
  }
}

std::string rows_as_csv(const json::Value& rows) {
  std::string out = csv_row({"path", "line", "column", "severity", "kind", "rule", "class", "tag", "excerpt"});
  for (const json::Value& row : rows) {
    out += csv_row({text_of(row, "path"), std::to_string(number_of(row, "line")),
                    std::to_string(number_of(row, "column")), text_of(row, "severity"),
                    text_of(row, "kind"), text_of(row, "rule"), text_of(row, "class"),
                    text_of(row, "tag"), text_of(row, "excerpt")});
  }
  return out;
}

json::Value rows_as_sarif(const json::Value& rows) {
  std::vector<SarifRule> rules;
  std::vector<SarifResult> results;
  std::set<std::string> seen;
  for (const json::Value& row : rows) {
    const std::string rule = text_of(row, "rule");
    if (seen.insert(rule).second) {
      rules.push_back({rule, description_of(row)});
    }
    results.push_back({rule, level_of(text_of(row, "severity")), message_of(row), text_of(row, "path"),
                       number_of(row, "line"), number_of(row, "column"), text_of(row, "tag")});
  }
  return to_sarif(rules, results);
}

int severity_rank(std::string_view severity) {
  return severity == "low" ? 1 : severity == "medium" ? 2 : severity == "high" ? 3 : 4;
}

json::Value count_by_severity(const json::Value& rows) {
  json::Value counts = {{"high", 0}, {"medium", 0}, {"low", 0}};
  for (const json::Value& row : rows) {
    json::Value& count = counts[text_of(row, "severity")];
    count = count.get<std::uint64_t>() + 1;
  }
  return counts;
}

}  // namespace sourceos::cli
