#include "cli/collect_listing.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "cli/render.hpp"
#include "collect/plan.hpp"
#include "collect/registry.hpp"
#include "core/json/json.hpp"

namespace sourceos::cli {

namespace {

constexpr std::string_view k_list_schema = "sourceos.evidence-collect-list/v1";
constexpr std::string_view k_plan_schema = "sourceos.evidence-collect-plan/v1";

json::Value collectors_table() {
  json::Value rows = json::Value::array();
  for (const collect::CollectorRow& row : collect::collectors()) {
    json::Value options = json::Value::array();
    for (const collect::CollectorOption& option : row.options) {
      options.push_back({{"name", option.name},
                         {"expected", collect::expected(option.type)},
                         {"summary", option.summary}});
    }
    rows.push_back({{"name", row.collector->name()},
                    {"summary", row.collector->summary()},
                    {"options", std::move(options)}});
  }
  return rows;
}

json::Value names_of(const std::vector<collect::PlannedCollector>& collectors) {
  json::Value names = json::Value::array();
  for (const collect::PlannedCollector& planned : collectors) {
    names.push_back(planned.name);
  }
  return names;
}

json::Value option_names(const collect::PlannedCollector& planned) {
  json::Value names = json::Value::array();
  const json::Value options = json::Value::parse(planned.options_json, nullptr, false);
  for (const auto& [name, value] : options.items()) {
    names.push_back(name);
  }
  return names;
}

std::string words_of(const json::Value& names) {
  std::string words;
  for (const json::Value& name : names) {
    words += (words.empty() ? "" : ", ") + name.get<std::string>();
  }
  return words;
}

void print_list(const json::Value& record, Text& text) {
  text.heading("Collectors");
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "collectors")) {
    rows.push_back({text_of(row, "name"), text_of(row, "summary")});
  }
  text.table({}, rows);
  text.heading("Presets");
  rows.clear();
  for (const json::Value& row : part_of(record, "presets")) {
    rows.push_back({text_of(row, "name"), words_of(part_of(row, "collectors"))});
  }
  text.table({}, rows);
  text.heading("Options that a plan may give");
  rows.clear();
  for (const json::Value& row : part_of(record, "collectors")) {
    for (const json::Value& option : part_of(row, "options")) {
      rows.push_back({text_of(row, "name"), text_of(option, "name"), text_of(option, "expected"),
                      text_of(option, "summary")});
    }
  }
  text.table({}, rows);
}

void print_plan(const json::Value& record, Text& text) {
  text.field("plan", text_of(record, "plan"));
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "collectors")) {
    rows.push_back({text_of(row, "name"), flag_of(row, "required") ? "required" : "optional",
                    text_of(row, "summary"), words_of(part_of(row, "options"))});
  }
  text.table({"collector", "delivery", "what it looks at", "options"}, rows);
}

}  // namespace

Result<Report> listed_collectors() {
  json::Value record = new_record("evidence-collect-list");
  record["collectors"] = collectors_table();
  record["presets"] = json::Value::array();
  for (const std::string_view name : collect::preset_names()) {
    SOURCEOS_TRY_ASSIGN(const collect::Plan plan, collect::preset(name));
    record["presets"].push_back({{"name", name}, {"collectors", names_of(plan.collectors)}});
  }
  return Report(std::move(record));
}

Report listed_plan(const collect::Plan& plan) {
  json::Value record = new_record("evidence-collect-plan");
  record["plan"] = plan.name;
  record["collectors"] = json::Value::array();
  for (const collect::PlannedCollector& each : plan.collectors) {
    const collect::CollectorRow* row = collect::find_collector(each.name);
    record["collectors"].push_back({{"name", each.name},
                                    {"required", each.is_required},
                                    {"summary", row == nullptr ? "" : row->collector->summary()},
                                    {"options", option_names(each)},
                                    {"timeoutMs", each.limits.timeout_ms},
                                    {"bytesMax", each.limits.bytes_max},
                                    {"entriesMax", each.limits.entries_max}});
  }
  return Report(std::move(record));
}

bool print_listing(const json::Value& record, Text& text) {
  const std::string schema = text_of(record, "schema");
  if (schema == k_list_schema) {
    print_list(record, text);
  } else if (schema == k_plan_schema) {
    print_plan(record, text);
  } else {
    return false;
  }
  return true;
}

}  // namespace sourceos::cli
