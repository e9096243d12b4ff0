#include <array>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_options = {
    Option{.name = "--no-repair", .help = "Look only; wrong caches stay as they are"},
};
constexpr std::array k_examples = {
    Example{"Check everything the store has", "evidence fsck"},
};

Result<Report> fsck(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(OpenStore open, open_store(context, bundle::StoreAccess::read));
  if (!options.has("--no-repair")) {
    SOURCEOS_TRY_ASSIGN(open, open_store(context, bundle::StoreAccess::write));
  }
  SOURCEOS_TRY_ASSIGN(const bundle::FsckReport found, open.store.fsck());
  json::Value record = new_record("evidence-fsck");
  record["store"] = shown_path(context, open.store.root());
  record["blobs"] = found.blobs;
  record["bytes"] = found.bytes;
  record["bundles"] = found.bundles;
  record["leaves"] = found.leaves;
  record["whole"] = found.whole();
  record["findings"] = json::Value::array();
  std::string reason;
  for (const bundle::FsckFinding& finding : found.findings) {
    record["findings"].push_back({{"reason", finding.reason},
                                  {"name", finding.name},
                                  {"detail", finding.detail},
                                  {"repaired", finding.repaired}});
    if (reason.empty() && !finding.repaired) {
      reason = finding.reason;
    }
  }
  return Report(std::move(record), found.whole() ? ExitCode::done : ExitCode::negative, reason);
}

void print(const json::Value& record, Text& text) {
  const bool is_whole = flag_of(record, "whole");
  text.line(is_whole ? "whole" : "damaged", is_whole ? Tone::good : Tone::bad);
  text.field("store", text_of(record, "store"));
  text.field("checked", fmt::format("{}, {}, {}, {}",
                                    counted(number_of(record, "bundles"), "bundle", "bundles"),
                                    counted(number_of(record, "leaves"), "log entry", "log entries"),
                                    counted(number_of(record, "blobs"), "blob", "blobs"),
                                    text::human_bytes(number_of(record, "bytes"))));
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "findings")) {
    const bool repaired = flag_of(row, "repaired");
    rows.push_back({Cell(repaired ? "repaired" : "found", repaired ? Tone::good : Tone::bad),
                    text_of(row, "reason"), text_of(row, "name"), text_of(row, "detail")});
  }
  text.table({}, rows);
}

}  // namespace

constinit const Command k_evidence_fsck = {
    .name = "fsck",
    .summary = "check every blob, the log and the caches of the store",
    .description = "Says what it found. Only caches are repaired: evidence is never changed.",
    .options = k_options,
    .examples = k_examples,
    .run = fsck,
    .print = print,
    .store = StoreUse::needed,
};

}  // namespace sourceos::cli
