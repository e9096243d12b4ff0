#include <array>

#include <fmt/format.h>

#include "bundle/log/host_log.hpp"
#include "bundle/store.hpp"
#include "cli/commands/commands.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/time_option.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

constexpr std::size_t k_rows_default = 20;

constexpr std::array k_options = {
    Option{.name = "--subject",
           .kind = ValueKind::text,
           .value = "REF",
           .help = "Only bundles of this subject, REF or KIND:REF"},
    Option{.name = "--since",
           .kind = ValueKind::text,
           .value = "TIME",
           .help = "Only bundles logged at or after TIME, 2026-01-31 or 2026-01-31T12:00:00Z"},
    Option{.name = "--limit",
           .kind = ValueKind::number,
           .value = "N",
           .help = "At most N, newest first; 20 by default, 0 for all"},
    Option{.name = "--all", .help = "All of them"},
    Option{.name = "--open", .help = "Show actions that began and have no result"},
};
constexpr std::array k_examples = {
    Example{"The newest bundles", "evidence list"},
    Example{"All of one agent since a day", "evidence list --subject agent:node-commander --since 2026-01-31 --all"},
    Example{"What began and never ended", "evidence list --open"},
};

std::size_t rows_max(const Options& options) {
  return options.has("--all") ? 0 : options.number("--limit").value_or(k_rows_default);
}

json::Value row_of(const bundle::ListRow& row) {
  json::Value out = {{"seq", row.seq}, {"id", row.id.text()}, {"at", row.at},
                     {"imported", row.imported}};
  out["pruned"] = nullptr;
  if (row.pruned) {
    out["pruned"] = {{"at", row.pruned->at}, {"rule", row.pruned->rule}, {"reason", row.pruned->reason}};
  }
  out["command"] = row.command;
  out["mode"] = row.mode;
  out["subject"] = {{"kind", row.subject_kind}, {"ref", row.subject_ref}};
  out["outcome"] = {{"result", row.result}, {"exitCode", row.exit_code}};
  out["entries"] = row.entries;
  out["bytes"] = row.bytes;
  out["findings"] = {{"high", row.findings_high}, {"all", row.findings}};
  out["intent"] = row.intent ? json::Value(*row.intent) : json::Value();
  return out;
}

json::Value intent_of(const bundle::OpenIntent& intent) {
  return {{"seq", intent.seq},
          {"at", intent.at},
          {"subject", {{"kind", intent.subject_kind}, {"ref", intent.subject_ref}}},
          {"command", intent.command}};
}

json::Value anchor_of(const bundle::Store& store) {
  const auto anchors = store.anchors();
  if (!anchors || anchors->empty()) {
    return nullptr;
  }
  const bundle::Anchor& newest = anchors->back();
  return {{"size", newest.size}, {"at", newest.at}, {"target", newest.target}};
}

Result<Report> list(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const std::optional<UtcTime> since, time_option(options, "--since"));
  SOURCEOS_TRY_ASSIGN(const OpenStore open, open_store(context, bundle::StoreAccess::read));
  json::Value record = new_record("evidence-list");
  record["store"] = shown_path(context, open.store.root());
  record["logId"] = open.store.log_id();
  record["logSize"] = open.store.log().size();
  record["anchor"] = anchor_of(open.store);
  SOURCEOS_TRY_ASSIGN(const auto intents, open.store.open_intents());
  record["openActions"] = json::Value::array();
  for (const bundle::OpenIntent& intent : intents) {
    record["openActions"].push_back(intent_of(intent));
  }
  record["openOnly"] = options.has("--open");
  record["bundles"] = json::Value::array();
  if (!options.has("--open")) {
    SOURCEOS_TRY_ASSIGN(const auto rows,
                        open.store.list({.subject = options.value("--subject"),
                                         .since = since,
                                         .rows_max = rows_max(options)}));
    for (const bundle::ListRow& row : rows) {
      record["bundles"].push_back(row_of(row));
    }
  }
  return Report(std::move(record));
}

std::string subject_words(const json::Value& row) {
  const json::Value& subject = part_of(row, "subject");
  return fmt::format("{}:{}", text_of(subject, "kind"), text_of(subject, "ref"));
}

std::vector<Cell> cells_of(const json::Value& row) {
  std::vector<Cell> cells = {number(number_of(row, "seq")), text_of(row, "at"),
                             short_id(text_of(row, "id"))};
  if (const json::Value& pruned = part_of(row, "pruned"); pruned.is_object()) {
    cells.push_back({fmt::format("pruned {} by {} {}", text_of(pruned, "at"), text_of(pruned, "rule"),
                                 text_of(pruned, "reason")),
                     Tone::dim});
    return cells;
  }
  const json::Value& outcome = part_of(row, "outcome");
  const json::Value& findings = part_of(row, "findings");
  const std::string result = text_of(outcome, "result");
  cells.push_back({result, result == "ok" ? Tone::good : Tone::warning});
  cells.push_back(number(number_of(row, "entries")));
  cells.push_back({text::human_bytes(number_of(row, "bytes")), Tone::plain, true});
  cells.push_back({fmt::format("{}/{}", number_of(findings, "high"), number_of(findings, "all")),
                   number_of(findings, "high") > 0 ? Tone::bad : Tone::plain, true});
  cells.push_back(subject_words(row));
  cells.push_back(text_of(row, "command") + (flag_of(row, "imported") ? ", imported" : ""));
  return cells;
}

void print_bundles(const json::Value& record, Text& text) {
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "bundles")) {
    rows.push_back(cells_of(row));
  }
  if (rows.empty()) {
    text.line("no bundle");
  } else {
    text.table({"seq", "logged", "bundle", "result", "entries", "size", "high/all", "subject", "command"},
               rows);
  }
  if (const std::size_t open = part_of(record, "openActions").size(); open > 0) {
    text.gap().line(counted(open, "action", "actions") + " without a result: see 'evidence list --open'",
                    Tone::warning);
  }
  const json::Value& anchor = part_of(record, "anchor");
  text.gap().line(anchor.is_object()
                      ? fmt::format("anchored to {} at {} by {}", number_of(anchor, "size"),
                                    text_of(anchor, "at"), text_of(anchor, "target"))
                      : std::string("not anchored: the sequence is the host's own word"),
                  Tone::dim);
}

void print(const json::Value& record, Text& text) {
  if (!flag_of(record, "openOnly")) {
    print_bundles(record, text);
    return;
  }
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "openActions")) {
    rows.push_back({number(number_of(row, "seq")), text_of(row, "at"), text_of(row, "command"),
                    subject_words(row)});
  }
  if (rows.empty()) {
    text.line("no open action");
  } else {
    text.table({"seq", "began", "command", "subject"}, rows);
  }
}

}  // namespace

constinit const Command k_evidence_list = {
    .name = "list",
    .summary = "list the bundles of the store",
    .description = "Newest first. A pruned bundle stays in the list with the reason, since the log "
                   "does not forget.",
    .options = k_options,
    .examples = k_examples,
    .run = list,
    .print = print,
    .store = StoreUse::needed,
};

}  // namespace sourceos::cli
