#include <array>

#include <fmt/format.h>

#include "bundle/view.hpp"
#include "cli/changes.hpp"
#include "cli/commands/commands.hpp"
#include "cli/console.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

// What one document holds; a larger entry goes out with --raw.
constexpr std::uint64_t k_shown_bytes_max = 4 * limits::k_mib;
constexpr std::size_t k_listed_entries_max = 1'000;

constexpr std::array k_own_options = {
    Option{.name = "--raw", .help = "The entry's bytes as they are, to a file or a pipe"},
    Option{.name = "--record", .help = "The whole signed record"},
    Option{.name = "--all", .help = "List all entries, not only the first 1,000"},
    output_option("Write the entry's bytes to PATH"),
};
constexpr auto k_options = k_own_options;
constexpr std::array k_operands = {
    Operand{.name = "BUNDLE",
            .kind = ValueKind::bundle,
            .help = "Id, unique prefix of one, @last, directory or tar"},
    Operand{.name = "ENTRY", .help = "Path of an entry", .least = 0},
};
constexpr std::array k_examples = {
    Example{"What is in the newest bundle", "evidence show @last"},
    Example{"One entry, safe for a terminal", "evidence show @last host/facts.json"},
    Example{"Its bytes, into a file", "evidence show @last host/facts.json --output facts.json"},
};

json::Value entry_of(const bundle::IndexLine& line) {
  std::uint64_t masked = line.redaction.known;
  for (const bundle::NamedCount& rule : line.redaction.rules) {
    masked += rule.value;
  }
  return {{"path", line.path},           {"kind", line.kind},
          {"size", line.size},           {"sha256", line.sha256.hex()},
          {"mediaType", line.media_type}, {"collector", line.collector},
          {"at", line.at},               {"masked", masked},
          {"complete", line.redaction.complete},
          {"source", line.source ? json::Value(line.source->path_ref) : json::Value()}};
}

Result<Report> show_bundle(const bundle::View& view, const Options& options, const Context& context) {
  json::Value record = new_record("evidence-show");
  record["bundleId"] = view.id().text();
  record["storedBytes"] = view.stored_bytes();
  record["record"] = view.record();
  record["wantsRecord"] = options.has("--record");
  record["entries"] = json::Value::array();
  std::uint64_t count = 0;
  SOURCEOS_TRY(view.for_each_entry([&](const bundle::IndexLine& line) {
    if (++count <= k_listed_entries_max || options.has("--all")) {
      record["entries"].push_back(entry_of(line));
    }
    return true;
  }));
  record["entryCount"] = count;
  record["next"] = context.command_line("evidence verify " + options.operands().front());
  return Report(std::move(record));
}

Result<Report> show_entry(const bundle::View& view, const bundle::IndexLine& line) {
  json::Value record = new_record("evidence-show-entry");
  record["bundleId"] = view.id().text();
  record["entry"] = entry_of(line);
  SOURCEOS_TRY_ASSIGN(std::string content, view.read_start(line, k_shown_bytes_max));
  record["isText"] = text::is_utf8(content) || line.size > k_shown_bytes_max;
  record["cut"] = line.size > k_shown_bytes_max;
  record["content"] = std::move(content);
  return Report(std::move(record));
}

Status write_to_file(const bundle::View& view, const bundle::IndexLine& line, const std::string& path) {
  SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(path));
  SOURCEOS_TRY(view.read(line, line.size, [&](std::string_view bytes) { return file.write(bytes); }));
  return file.commit();
}

Result<Report> write_raw(const bundle::View& view, const bundle::IndexLine& line, const Options& options,
                         Context& context) {
  json::Value record = new_record("evidence-show-raw");
  record["bundleId"] = view.id().text();
  record["entry"] = entry_of(line);
  if (const auto path = options.value("--output"); path && *path != "-") {
    SOURCEOS_TRY(write_to_file(view, line, *path));
    record["output"] = shown_path(context, *path);
    return Report(std::move(record));
  }
  if (context.json) {
    return fail(ErrorKind::usage, "usage", "'--raw' and '--json' need '--output PATH'");
  }
  if (context.console.out_is_terminal()) {
    return fail(Error(ErrorKind::usage, "raw-to-terminal",
                      "raw bytes of evidence may command a terminal; they go to a file or a pipe")
                    .with_next(context.command_line("evidence show BUNDLE ENTRY --output PATH")));
  }
  SOURCEOS_TRY(view.read(line, line.size,
                         [&](std::string_view bytes) { return context.console.out(bytes); }));
  return Report(std::move(record)).already_printed();
}

Result<Report> show(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const Located located, locate(context, options.operands().front()));
  SOURCEOS_TRY_ASSIGN(const bundle::View view, bundle::View::open(*located.layout));
  if (options.operands().size() == 1) {
    if (options.has("--raw") || options.has("--output")) {
      return fail(ErrorKind::usage, "usage", "'--raw' and '--output' need an ENTRY");
    }
    return show_bundle(view, options, context);
  }
  auto line = view.find(options.operands()[1]);
  if (!line) {
    return fail(std::move(line).error().with_next(
        context.command_line("evidence show " + options.operands().front())));
  }
  if (options.has("--raw") || options.has("--output")) {
    return write_raw(view, *line, options, context);
  }
  return show_entry(view, *line);
}

// --- text

// What is known of the host: another collector than that of the host leaves most of it empty.
std::string host_line(const json::Value& host) {
  std::string line;
  for (const char* key : {"hostAdapter", "osVersion", "arch"}) {
    const std::string fact = text_of(host, key);
    line += line.empty() || fact.empty() ? fact : ", " + fact;
  }
  return line;
}

void print_facts(const json::Value& record, Text& text) {
  const json::Value& facts = part_of(record, "record");
  const json::Value& host = part_of(facts, "host");
  const json::Value& subject = part_of(facts, "subject");
  const json::Value& outcome = part_of(facts, "outcome");
  const json::Value& sequence = part_of(facts, "sequence");
  text.field("bundle", text_of(record, "bundleId"));
  text.field("subject", fmt::format("{}:{}", text_of(subject, "kind"), text_of(subject, "ref")));
  text.field("command", fmt::format("{}", fmt::join(part_of(part_of(facts, "command"), "path")
                                                        .get<std::vector<std::string>>(), " ")));
  text.field("mode", text_of(facts, "mode"));
  text.field("outcome", fmt::format("{}, exit code {}", text_of(outcome, "result"),
                                    number_of(outcome, "exitCode")));
  text.field("finished", text_of(facts, "finishedAt"));
  text.field("host", host_line(host));
  text.field("place", fmt::format("{} of log {}", number_of(sequence, "seq"), text_of(sequence, "logId")));
  const json::Value& redaction = part_of(facts, "redaction");
  std::string masked;
  for (const json::Value& row : part_of(redaction, "byClass")) {
    masked += fmt::format("{}{} {}", masked.empty() ? "" : ", ", number_of(row, "value"),
                          text_of(row, "name"));
  }
  text.field("masked", masked.empty() ? "nothing" : masked);
  text.field("complete", part_of(redaction, "complete"));
  text.field("findings", counted(part_of(facts, "findings").size(), "finding", "findings"));
}

void print_findings(const json::Value& facts, Text& text) {
  constexpr std::size_t k_findings_shown = 20;
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(facts, "findings")) {
    if (rows.size() == k_findings_shown) {
      break;
    }
    const std::string severity = text_of(row, "severity");
    rows.push_back({Cell(severity, severity == "high" ? Tone::bad : Tone::warning),
                    text_of(row, "ruleId"),
                    fmt::format("{}:{}", text_of(row, "entry"), number_of(row, "line")),
                    text_of(row, "excerptRedacted")});
  }
  if (!rows.empty()) {
    text.gap().table({"severity", "rule", "where", "line"}, rows);
  }
}

void print_entries(const json::Value& record, Text& text) {
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "entries")) {
    rows.push_back({number(number_of(row, "size")), number(number_of(row, "masked")),
                    text_of(row, "collector"), text_of(row, "path")});
  }
  text.gap().table({"bytes", "masked", "collector", "entry"}, rows);
  if (number_of(record, "entryCount") > rows.size()) {
    text.line(fmt::format("and {} more: --all shows them",
                          number_of(record, "entryCount") - rows.size()), Tone::dim);
  }
}

void print(const json::Value& record, Text& text) {
  const std::string schema = text_of(record, "schema");
  if (schema == "sourceos.evidence-show-raw/v1") {
    text.field("written", text_of(record, "output"));
    return;
  }
  if (schema == "sourceos.evidence-show-entry/v1") {
    text.quoted(text_of(record, "content"));
    if (flag_of(record, "cut")) {
      text.line("cut after 4 MiB: --output PATH writes all of it", Tone::dim);
    }
    return;
  }
  if (flag_of(record, "wantsRecord")) {
    text.quoted(part_of(record, "record").dump(2, ' ', true, nlohmann::json::error_handler_t::replace));
    return;
  }
  print_facts(record, text);
  print_findings(part_of(record, "record"), text);
  print_entries(record, text);
  text.gap().next(text_of(record, "next"));
}

}  // namespace

constinit const Command k_evidence_show = {
    .name = "show",
    .summary = "show what a bundle says, or one of its entries",
    .description = "Shows; it judges nothing: 'evidence verify' does. Text of evidence stands "
                   "behind '| ' and control characters in it are spelled out.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = show,
    .print = print,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
