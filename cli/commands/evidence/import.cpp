#include <array>

#include <fmt/format.h>

#include "bundle/log/host_log.hpp"
#include "cli/changes.hpp"
#include "cli/commands/commands.hpp"
#include "cli/judging.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"

namespace sourceos::cli {

namespace {

constexpr auto k_options = joined(k_trust_options, k_dry_run_options);
constexpr std::array k_operands = {
    Operand{.name = "FILE", .kind = ValueKind::file, .help = "An archive or a directory of a bundle"},
};
constexpr std::array k_examples = {
    Example{"A bundle of a host whose keys the trust file has",
            "evidence import incident.evidence.tar --trust trust.json"},
};

Result<Report> import(const Options& options, Context& context) {
  const std::string& path = options.operands().front();
  SOURCEOS_TRY_ASSIGN(const Judging judging, Judging::create(options, context));
  SOURCEOS_TRY_ASSIGN(const verify::OpenedJudgement opened,
                      verify::verify_path(path, judging.for_path()));
  const verify::Verdict& verdict = opened.judgement.verdict;
  json::Value record = new_record("evidence-import");
  record["bundleId"] = verdict.bundle ? json::Value(verdict.bundle->text()) : json::Value();
  record["verdict"] = to_string(verdict.decision);
  record["words"] = verdict.words;
  record["imported"] = false;
  record["planned"] = options.has("--dry-run");
  record["next"] = context.command_line("evidence verify " + shown_path(context, path));
  const bool is_good = verdict.decision == verify::Decision::verified ||
                       (options.has("--allow-untrusted") && verdict.intact_not_trusted());
  if (!is_good || !opened.judgement.bundle) {
    return Report(std::move(record), ExitCode::negative, verdict.reason);
  }
  if (options.has("--dry-run")) {
    return Report(std::move(record));
  }
  SOURCEOS_TRY_ASSIGN(OpenStore open, open_store(context, bundle::StoreAccess::write));
  const verify::VerifiedBundle& bundle = *opened.judgement.bundle;
  const std::uint64_t log_size = open.store.log().size();
  SOURCEOS_TRY_ASSIGN(const bundle::BundleFacts facts,
                      open.store.adopt(bundle.adoptable(), bundle.log_id()));
  record["imported"] = true;
  record["wasThere"] = facts.seq < log_size;
  record["seq"] = facts.seq;
  record["next"] = context.command_line("evidence show " + facts.id.hex().substr(0, 12));
  return Report(std::move(record));
}

void print(const json::Value& record, Text& text) {
  const bool is_in = flag_of(record, "imported");
  const bool is_planned = flag_of(record, "planned") && text_of(record, "reason").empty();
  text.line(flag_of(record, "wasThere") ? "there already" : is_in ? "imported" : is_planned ? "would import" : "not imported",
            is_in ? Tone::good : is_planned ? Tone::plain : Tone::warning);
  text.field("bundle", part_of(record, "bundleId"));
  text.field("verdict", text_of(record, "words"));
  if (is_in) {
    text.field("place", std::to_string(number_of(record, "seq")));
  } else if (!text_of(record, "reason").empty()) {
    text.field("reason", text_of(record, "reason"));
  }
  text.next(text_of(record, "next"));
}

}  // namespace

constinit const Command k_evidence_import = {
    .name = "import",
    .summary = "verify a bundle and take it into the store",
    .description = "Only what verifies gets in. Its own signature stays the only one; an import "
                   "never teaches this store known values, tags or trust.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = import,
    .print = print,
    .store = StoreUse::needed,
};

}  // namespace sourceos::cli
