#include <array>

#include "cli/changes.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_reason_options = {
    Option{.name = "--reason",
           .kind = ValueKind::text,
           .value = "TEXT",
           .help = "Why, for the log"},
};
constexpr std::array k_gc_own_options = {
    Option{.name = "--keep-days",
           .kind = ValueKind::number,
           .value = "N",
           .help = "Keep bundles of the last N days"},
    Option{.name = "--keep-last",
           .kind = ValueKind::number,
           .value = "N",
           .help = "Keep the N newest bundles"},
    Option{.name = "--force", .help = "Also prune what is protected; needs --reason"},
};
constexpr auto k_gc_options = joined(k_gc_own_options, k_reason_options, k_dry_run_options);
constexpr std::array k_gc_examples = {
    Example{"What would go", "evidence gc --keep-days 90 --dry-run"},
    Example{"Keep the 100 newest", "evidence gc --keep-last 100"},
};

constexpr std::array k_hold_own_options = {
    Option{.name = "--release", .help = "End the hold"},
};
constexpr auto k_hold_options = joined(k_hold_own_options, k_reason_options, k_dry_run_options);
constexpr std::array k_id_operands = {
    Operand{.name = "ID", .kind = ValueKind::bundle, .help = "A bundle of the store"},
};
constexpr std::array k_hold_examples = {
    Example{"Keep a bundle for a case", "evidence hold 0123abcd --reason case-17"},
    Example{"No longer", "evidence hold 0123abcd --release --reason closed"},
};
constexpr auto k_purge_options = joined(k_reason_options, k_dry_run_options);
constexpr std::array k_purge_examples = {
    Example{"What would go with it", "evidence purge 0123abcd --reason spill --dry-run"},
    Example{"A bundle that turned out to hold a secret", "evidence purge 0123abcd --reason spill"},
};

json::Value report_of(const bundle::GcReport& report) {
  json::Value record;
  record["pruned"] = json::Value::array();
  for (const bundle::BundleFacts& facts : report.pruned) {
    record["pruned"].push_back({{"bundleId", facts.id.text()}, {"seq", facts.seq}});
  }
  record["kept"] = json::Value::array();
  for (const bundle::GcReport::Kept& kept : report.kept) {
    record["kept"].push_back({{"bundleId", kept.id.text()}, {"seq", kept.seq}, {"why", kept.why}});
  }
  record["blobsRemoved"] = report.blobs_removed;
  record["bytesRemoved"] = report.bytes_removed;
  return record;
}

Result<Report> gc(const Options& options, Context& context) {
  if (!options.has("--keep-days") && !options.has("--keep-last")) {
    return fail(ErrorKind::usage, "usage", "say what to keep: '--keep-days N' or '--keep-last N'");
  }
  if (options.has("--force") && !options.has("--reason")) {
    return fail(ErrorKind::usage, "usage", "'--force' needs '--reason TEXT', which the log keeps");
  }
  SOURCEOS_TRY_ASSIGN(OpenStore open, open_standing_store(context));
  bundle::GcOptions wanted;
  wanted.keep_days = options.number("--keep-days");
  wanted.keep_last = options.number("--keep-last");
  wanted.dry_run = options.has("--dry-run");
  wanted.force = options.has("--force");
  if (const auto reason = options.value("--reason")) {
    SOURCEOS_TRY_ASSIGN(wanted.reason, redacted_text(context, *reason));
  }
  SOURCEOS_TRY_ASSIGN(const bundle::GcReport done, open.store.gc(wanted));
  json::Value record = report_of(done);
  record.update(new_record("evidence-gc"));
  record["planned"] = wanted.dry_run;
  return Report(std::move(record));
}

Result<Report> purge(const Options& options, Context& context) {
  if (!options.has("--reason")) {
    return fail(ErrorKind::usage, "usage", "'purge' needs '--reason TEXT', which the log keeps");
  }
  SOURCEOS_TRY_ASSIGN(OpenStore open, open_standing_store(context));
  SOURCEOS_TRY_ASSIGN(const bundle::Digest id, open.store.find(options.operands().front()));
  SOURCEOS_TRY_ASSIGN(const auto reason, redacted_text(context, *options.value("--reason")));
  const bool is_planned = options.has("--dry-run");
  SOURCEOS_TRY_ASSIGN(const bundle::GcReport done, open.store.purge(id, reason, is_planned));
  json::Value record = report_of(done);
  record.update(new_record("evidence-purge"));
  record["planned"] = is_planned;
  return Report(std::move(record));
}

void print(const json::Value& record, Text& text) {
  const bool is_planned = flag_of(record, "planned");
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "pruned")) {
    rows.push_back({Cell(is_planned ? "would go" : "pruned", Tone::warning), number(number_of(row, "seq")),
                    text_of(row, "bundleId"), ""});
  }
  for (const json::Value& row : part_of(record, "kept")) {
    rows.push_back({Cell("kept", Tone::good), number(number_of(row, "seq")), text_of(row, "bundleId"),
                    text_of(row, "why")});
  }
  text.table({}, rows);
  text.line((is_planned ? "would free " : "freed ") + text::human_bytes(number_of(record, "bytesRemoved")) +
            " in " + counted(number_of(record, "blobsRemoved"), "blob", "blobs"));
}

Result<Report> hold(const Options& options, Context& context) {
  if (!options.has("--reason")) {
    return fail(ErrorKind::usage, "usage", "'hold' needs '--reason TEXT', which the log keeps");
  }
  SOURCEOS_TRY_ASSIGN(OpenStore open, open_standing_store(context));
  SOURCEOS_TRY_ASSIGN(const bundle::Digest id, open.store.find(options.operands().front()));
  SOURCEOS_TRY_ASSIGN(const auto reason, redacted_text(context, *options.value("--reason")));
  const bool releases = options.has("--release");
  const bool is_planned = options.has("--dry-run");
  if (!is_planned) {
    SOURCEOS_TRY(open.store.hold(
        id, releases ? bundle::Store::Hold::release : bundle::Store::Hold::set, reason));
  }
  json::Value record = new_record("evidence-hold");
  record["bundleId"] = id.text();
  record["held"] = !releases;
  record["planned"] = is_planned;
  return Report(std::move(record));
}

void print_hold(const json::Value& record, Text& text) {
  const bool is_held = flag_of(record, "held");
  const std::string_view done = is_held ? "held" : "released";
  const std::string_view plan = is_held ? "would hold" : "would release";
  text.field(flag_of(record, "planned") ? plan : done, text_of(record, "bundleId"));
}

}  // namespace

constinit const Command k_evidence_gc = {
    .name = "gc",
    .summary = "prune old bundles; the log keeps that they were there",
    .description = "Removes blobs, never log entries, and the removal is itself in the log. Bundles "
                   "under 'evidence hold', with high findings, open actions, of a quarantine, or not "
                   "yet anchored or exported stay unless forced.",
    .options = k_gc_options,
    .examples = k_gc_examples,
    .run = gc,
    .print = print,
    .store = StoreUse::needed,
};

constinit const Command k_evidence_hold = {
    .name = "hold",
    .summary = "protect a bundle from gc",
    .options = k_hold_options,
    .operands = k_id_operands,
    .examples = k_hold_examples,
    .run = hold,
    .print = print_hold,
    .store = StoreUse::needed,
};

constinit const Command k_evidence_purge = {
    .name = "purge",
    .summary = "remove a bundle that turned out to hold a secret",
    .description = "Its blobs go, and all that share them; the log keeps that it was there and why it "
                   "went.",
    .options = k_purge_options,
    .operands = k_id_operands,
    .examples = k_purge_examples,
    .run = purge,
    .print = print,
    .store = StoreUse::needed,
};

}  // namespace sourceos::cli
