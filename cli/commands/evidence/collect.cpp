#include <array>

#include <fmt/format.h>

#include "bundle/record.hpp"
#include "cli/collect_listing.hpp"
#include "cli/collect_plan.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/progress.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "collect/session.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array<std::string_view, 4> k_presets = {"local-runtime", "agent-machine", "incident",
                                                       "minimal"};
constexpr std::array<std::string_view, 2> k_tag_scopes = {"store", "bundle"};

constexpr std::array k_own_options = {
    Option{.name = "--preset",
           .kind = ValueKind::choice,
           .value = "PRESET",
           .help = "A built-in plan; 'local-runtime' when nothing is asked for",
           .choices = k_presets},
    Option{.name = "--plan",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "A collect plan, TOML or JSON"},
    Option{.name = "--collector",
           .kind = ValueKind::text,
           .value = "NAME",
           .help = "Run this collector; it is required then. See --list",
           .repeat = Repeat::many},
    Option{.name = "--path",
           .kind = ValueKind::file,
           .value = "PATH",
           .help = "Collect this file or directory",
           .repeat = Repeat::many},
    Option{.name = "--exec", .help = "Run the program after '--' and collect its output"},
    Option{.name = "--list", .help = "Show the collectors and presets"},
    Option{.name = "--allow-exec", .help = "Let the plan run programs"},
    Option{.name = "--allow-path", .help = "Let the plan read files outside its work tree"},
    Option{.name = "--tag-scope",
           .kind = ValueKind::choice,
           .value = "SCOPE",
           .help = "Where equal secrets have equal tags",
           .choices = k_tag_scopes},
    Option{.name = "--audience",
           .kind = ValueKind::text,
           .value = "NAME",
           .help = "Tags that are equal only in bundles for this audience"},
    Option{.name = "--nonce",
           .kind = ValueKind::text,
           .value = "HEX",
           .help = "A verifier's challenge, 16 to 64 bytes, to be signed with the rest"},
    Option{.name = "--case", .kind = ValueKind::text, .value = "TEXT", .help = "Case, for the record"},
    Option{.name = "--examiner",
           .kind = ValueKind::text,
           .value = "TEXT",
           .help = "Who looks, for the record"},
    Option{.name = "--note", .kind = ValueKind::text, .value = "TEXT", .help = "A note, for the record"},
    Option{.name = "--signing-key",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "Sign with this key; also SOURCEOS_SIGNING_KEY_FILE"},
    Option{.name = "--anchor",
           .kind = ValueKind::file,
           .value = "TARGET",
           .help = "File or directory that gets the log's checkpoint",
           .repeat = Repeat::many},
    Option{.name = "--jobs",
           .kind = ValueKind::number,
           .value = "N",
           .help = "Threads; all cores by default"},
    Option{.name = "--compression-level",
           .kind = ValueKind::number,
           .value = "N",
           .help = "zstd level, 1 to 19; 1 by default"},
};
constexpr auto k_options = joined(k_own_options, k_engine_options, k_dry_run_options);

constexpr std::array k_examples = {
    Example{"A bundle of this host", "evidence collect --preset local-runtime"},
    Example{"Files and directories", "evidence collect --path logs --path app.conf"},
    Example{"What an incident plan names", "evidence collect --plan incident.toml --allow-path"},
    Example{"The output of a program", "evidence collect --exec -- make test"},
    Example{"An answer to a verifier's challenge",
            "evidence collect --preset minimal --nonce 00112233445566778899aabbccddeeff"},
};

bool is_nonce(std::string_view text) {
  return text.size() % 2 == 0 && text.size() >= 32 && text.size() <= 128 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status check_options(const Options& options) {
  if (options.has("--tag-scope") && options.has("--audience")) {
    return fail(ErrorKind::usage, "usage", "'--tag-scope' and '--audience' exclude each other");
  }
  if (const auto level = options.number("--compression-level"); level && (*level < 1 || *level > 19)) {
    return fail(ErrorKind::usage, "usage", "'--compression-level' is 1 to 19");
  }
  if (const auto nonce = options.value("--nonce"); nonce && !is_nonce(*nonce)) {
    return fail(ErrorKind::usage, "usage", "'--nonce' is 16 to 64 bytes as lower-case hex digits");
  }
  return {};
}

std::vector<std::filesystem::path> as_paths(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

collect::SessionOptions session_options(const Options& options, const Context& context,
                                        collect::Plan plan) {
  collect::SessionOptions session;
  session.store = store_root(context);
  session.argv = context.argv;
  session.command_path = context.path;
  session.toolkit_version = context.version;
  session.mode = options.has("--exec") ? bundle::Mode::exec : bundle::Mode::read_only;
  for (const collect::PlannedCollector& planned : plan.collectors) {
    session.mode = planned.name == "command" ? bundle::Mode::exec : session.mode;
  }
  session.plan = std::move(plan);
  const std::string* key = host::find_variable(context.host.environment, "SOURCEOS_SIGNING_KEY_FILE");
  session.signing_key = options.value_or("--signing-key", key == nullptr ? std::string() : *key);
  session.jobs = static_cast<unsigned>(options.number("--jobs").value_or(0));
  session.compression_level = static_cast<int>(options.number("--compression-level").value_or(1));
  session.rule_files = as_paths(options.values("--rules"));
  session.disabled_rules = options.values("--disable");
  session.known_value_files = as_paths(options.values("--known"));
  session.tag_scope = options.value_or("--tag-scope", "store");
  if (const auto audience = options.value("--audience")) {
    session.tag_scope = "audience:" + *audience;
  }
  session.personal_data = !options.has("--no-personal-data");
  session.private_addresses = options.has("--private-addresses");
  session.nonce = options.value("--nonce");
  session.case_name = options.value("--case");
  session.examiner = options.value("--examiner");
  session.note = options.value("--note");
  session.anchors = as_paths(options.values("--anchor"));
  return session;
}

json::Value gaps_of(const std::vector<collect::Gap>& gaps) {
  json::Value rows = json::Value::array();
  for (const collect::Gap& gap : gaps) {
    rows.push_back({{"collector", gap.collector}, {"reason", gap.reason}});
  }
  return rows;
}

json::Value findings_by_severity(const json::Value& record) {
  json::Value counts = {{"high", 0}, {"medium", 0}, {"low", 0}};
  for (const json::Value& finding : part_of(record, "findings")) {
    json::Value& count = counts[text_of(finding, "severity")];
    count = count.get<std::uint64_t>() + 1;
  }
  return counts;
}

Result<Report> report_of(const collect::SessionReport& sealed, const collect::SessionOutcome& outcome,
                         const Context& context) {
  const json::Value facts = json::Value::parse(sealed.record, nullptr, false);
  json::Value record = new_record("evidence-collect");
  record["bundleId"] = sealed.id.text();
  record["seq"] = sealed.seq;
  record["logId"] = sealed.log_id;
  record["store"] = shown_path(context, sealed.store);
  record["mode"] = facts.at("mode");
  record["subject"] = facts.at("subject");
  record["entries"] = facts.at("entries").at("count");
  record["bytes"] = facts.at("entries").at("bytes");
  record["redaction"] = {{"complete", facts.at("redaction").at("complete")},
                         {"byClass", facts.at("redaction").at("byClass")}};
  record["findings"] = findings_by_severity(facts);
  record["collectors"] = json::Value::array();
  for (const json::Value& collector : facts.at("collectors")) {
    record["collectors"].push_back({{"name", collector.at("name")},
                                    {"status", collector.at("status")},
                                    {"reason", collector.at("reason")},
                                    {"entries", collector.at("entries")},
                                    {"bytes", collector.at("bytes")}});
  }
  record["gaps"] = gaps_of(sealed.gaps);
  record["warnings"] = sealed.warnings;
  record["next"] = context.command_line("evidence show " + short_id(sealed.id.hex()));
  const ExitCode code = outcome.exit_code == 0 ? ExitCode::done : ExitCode::partial;
  return Report(std::move(record), code, outcome.reason);
}

Result<Report> run_session(collect::SessionOptions options, Context& context) {
  Progress progress(context.console, "collect", !context.quiet && !context.json);
  options.progress = [&progress](const collect::Progress& now) { progress.set(now.bytes, 0); };
  SOURCEOS_TRY_ASSIGN(collect::Session session,
                      collect::Session::begin(context.host, context.tools, std::move(options)));
  SOURCEOS_TRY(session.collect());
  collect::SessionOutcome outcome;
  if (!session.gaps().empty()) {
    outcome = {.exit_code = static_cast<std::uint64_t>(ExitCode::partial),
               .result = bundle::RunResult::partial,
               .reason = "collector-gap"};
  }
  SOURCEOS_TRY_ASSIGN(const collect::SessionReport sealed, session.seal(outcome));
  for (const std::string& warning : sealed.warnings) {
    context.note(warning);
  }
  SOURCEOS_TRY(ensure_local_trust(context));
  return report_of(sealed, outcome, context);
}

Result<Report> collect_evidence(const Options& options, Context& context) {
  if (options.has("--list")) {
    return listed_collectors();
  }
  SOURCEOS_TRY(check_options(options));
  SOURCEOS_TRY_ASSIGN(collect::Plan plan, collect_plan(options));
  if (options.has("--dry-run")) {
    SOURCEOS_TRY(check_rule_files(options, plan));
    return listed_plan(plan);
  }
  auto report = run_session(session_options(options, context, std::move(plan)), context);
  if (!report) {
    return fail(with_room_advice(std::move(report).error(), context));
  }
  return report;
}

// --- text

std::string masked_words(const json::Value& redaction) {
  std::string words;
  for (const json::Value& row : part_of(redaction, "byClass")) {
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", number_of(row, "value"),
                         text_of(row, "name"));
  }
  return words.empty() ? "nothing masked" : words;
}

void print_bundle(const json::Value& record, Text& text) {
  const bool is_whole = part_of(record, "gaps").empty();
  text.line(is_whole ? "collected" : "collected, with gaps", is_whole ? Tone::good : Tone::warning);
  text.field("bundle", text_of(record, "bundleId"));
  text.field("place", fmt::format("{} of log {}", number_of(record, "seq"), text_of(record, "logId")));
  text.field("store", text_of(record, "store"));
  text.field("entries", fmt::format("{}, {}", counted(number_of(record, "entries"), "entry", "entries"),
                                    text::human_bytes(number_of(record, "bytes"))));
  text.field("masked", masked_words(part_of(record, "redaction")));
  if (!flag_of(part_of(record, "redaction"), "complete")) {
    text.field("redaction", {"not complete: a limit was reached", Tone::warning});
  }
  const json::Value& findings = part_of(record, "findings");
  text.field("findings", fmt::format("{} high, {} medium, {} low", number_of(findings, "high"),
                                     number_of(findings, "medium"), number_of(findings, "low")));
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "collectors")) {
    const std::string status = text_of(row, "status");
    const Tone tone = status == "ok" ? Tone::good : status == "skipped" ? Tone::dim : Tone::warning;
    rows.push_back({Cell(text_of(row, "name")), Cell(status, tone), number(number_of(row, "entries")),
                    text_of(row, "reason")});
  }
  text.gap().table({"collector", "status", "entries", "reason"}, rows).gap();
  text.next(text_of(record, "next"));
}

void print(const json::Value& record, Text& text) {
  if (!print_listing(record, text)) {
    print_bundle(record, text);
  }
}

}  // namespace

constinit const Command k_evidence_collect = {
    .name = "collect",
    .summary = "collect evidence into a signed, redacted bundle",
    .description =
        "Looks at the host with the collectors of a preset, a plan or the command line, takes "
        "secrets out, signs what is left and puts it into the store and its log. A collector that "
        "fails is a signed fact of the bundle; the exit code is 3 only when it was asked for by "
        "name, path or plan.",
    .options = k_options,
    .rest = "ARGV",
    .examples = k_examples,
    .run = collect_evidence,
    .print = print,
    .store = StoreUse::needed,
};

}  // namespace sourceos::cli
