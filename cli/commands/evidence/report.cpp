#include <array>

#include <fmt/format.h>

#include "bundle/view.hpp"
#include "cli/changes.hpp"
#include "cli/commands/commands.hpp"
#include "cli/console.hpp"
#include "cli/judging.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/report_html.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_own_options = {
    output_option("The page to write; '-' for standard output"),
};
constexpr auto k_options = joined(k_own_options, k_trust_options);
constexpr std::array k_operands = {
    Operand{.name = "BUNDLE", .kind = ValueKind::bundle, .help = "Id, prefix, @last, directory or tar"},
};
constexpr std::array k_examples = {
    Example{"The newest bundle as a page", "evidence report @last --output report.html"},
};

Result<Report> report(const Options& options, Context& context) {
  const auto output = options.value("--output");
  if (!output) {
    return fail(ErrorKind::usage, "usage", "'--output PATH' is missing");
  }
  SOURCEOS_TRY_ASSIGN(Located located, locate(context, options.operands().front()));
  SOURCEOS_TRY_ASSIGN(const Judging judging, Judging::create(options, context));
  const verify::Judgement judgement = judging.judge(located);
  SOURCEOS_TRY_ASSIGN(const bundle::View view, bundle::View::open(*located.layout));
  const std::string shown = located.store ? view.id().hex().substr(0, 16) : "BUNDLE";
  SOURCEOS_TRY_ASSIGN(
      const json::Value data,
      page_data(view, judgement.verdict,
                {.program = fmt::format("{} {}", context.program, context.version),
                 .verify_command = context.command_line("evidence verify " + shown)}));
  const std::string page = write_page(data);
  json::Value record = new_record("evidence-report");
  record["bundleId"] = view.id().text();
  record["verdict"] = to_string(judgement.verdict.decision);
  record["words"] = judgement.verdict.words;
  record["bytes"] = page.size();
  if (*output == "-") {
    if (context.json) {
      return fail(ErrorKind::usage, "usage", "'--json' needs '--output PATH' with a file");
    }
    SOURCEOS_TRY(context.console.out(page));
    return Report(std::move(record)).already_printed();
  }
  SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(*output));
  SOURCEOS_TRY(file.write(page));
  SOURCEOS_TRY(file.commit());
  record["output"] = shown_path(context, *output);
  return Report(std::move(record));
}

void print(const json::Value& record, Text& text) {
  text.field("written", text_of(record, "output"));
  text.field("size", text::human_bytes(number_of(record, "bytes")));
  text.field("verdict", text_of(record, "words"));
}

}  // namespace

constinit const Command k_evidence_report = {
    .name = "report",
    .summary = "write a bundle as one self-contained page",
    .description = "Verdict, facts, time line, findings, collectors and gaps, mounts, redaction and a "
                   "browser of entries with search, in one file that needs no network. It is a view: "
                   "the exit code is 0 whatever the verdict is.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = report,
    .print = print,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
