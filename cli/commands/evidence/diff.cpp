#include "bundle/diff.hpp"

#include <array>

#include <fmt/format.h>

#include "bundle/view.hpp"
#include "cli/commands/commands.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array<std::string_view, 8> k_parts = {"facts",      "tools",    "mounts",  "deniedAttempts",
                                                     "grants",     "collectors", "findings", "entries"};

constexpr std::array k_operands = {
    Operand{.name = "BEFORE", .kind = ValueKind::bundle, .help = "The earlier bundle"},
    Operand{.name = "AFTER", .kind = ValueKind::bundle, .help = "The later bundle"},
};
constexpr std::array k_options = {
    Option{.name = "--fail-on-difference", .help = "Exit 1 when they differ"},
};
constexpr std::array k_examples = {
    Example{"What changed between two bundles", "evidence diff 0123abcd @last"},
    Example{"An exported bundle against the newest", "evidence diff before.evidence.tar @last --json"},
};

Result<Report> diff(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const Located before, locate(context, options.operands()[0]));
  SOURCEOS_TRY_ASSIGN(const Located after, locate(context, options.operands()[1]));
  SOURCEOS_TRY_ASSIGN(const bundle::View old_view, bundle::View::open(*before.layout));
  SOURCEOS_TRY_ASSIGN(const bundle::View new_view, bundle::View::open(*after.layout));
  SOURCEOS_TRY_ASSIGN(const json::Value parts, bundle::diff(old_view, new_view));
  json::Value record = new_record("evidence-diff");
  record["before"] = old_view.id().text();
  record["after"] = new_view.id().text();
  record["parts"] = parts;
  bool differs = false;
  for (const std::string_view part : k_parts) {
    differs |= !part_of(parts, part).empty();
  }
  record["differs"] = differs;
  const bool fails = differs && options.has("--fail-on-difference");
  return Report(std::move(record), fails ? ExitCode::negative : ExitCode::done,
                fails ? "different" : "");
}

std::string shown(const json::Value& value) {
  if (value.is_null()) {
    return "-";
  }
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void print(const json::Value& record, Text& text) {
  text.field("before", text_of(record, "before")).field("after", text_of(record, "after"));
  if (!flag_of(record, "differs")) {
    text.gap().line("no difference", Tone::good);
    return;
  }
  const json::Value& parts = part_of(record, "parts");
  for (const std::string_view part : k_parts) {
    std::vector<std::vector<Cell>> rows;
    for (const json::Value& row : part_of(parts, part)) {
      const std::string change = text_of(row, "change");
      const Tone tone = change == "added" ? Tone::good : change == "removed" ? Tone::bad : Tone::warning;
      std::vector<Cell> cells = {Cell(change, tone), Cell(text_of(row, "name"))};
      if (change == "changed" && part != "entries") {
        cells.emplace_back(fmt::format("{} -> {}", shown(part_of(row, "before")), shown(part_of(row, "after"))));
      }
      rows.push_back(std::move(cells));
    }
    if (!rows.empty()) {
      text.heading(part).table({}, rows);
    }
  }
  if (flag_of(parts, "entriesCut")) {
    text.line(fmt::format("{} entries differ in all", number_of(parts, "entriesChanged")), Tone::dim);
  }
}

}  // namespace

constinit const Command k_evidence_diff = {
    .name = "diff",
    .summary = "tell what two bundles say differently",
    .description = "Facts, tools, mounts, collectors, findings and entries: added, removed, changed. "
                   "What differs in every two runs, such as times and places in the log, is left out.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = diff,
    .print = print,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
