#include <algorithm>
#include <array>
#include <thread>

#include <fmt/format.h>

#include "bundle/record.hpp"
#include "cli/baseline.hpp"
#include "cli/changes.hpp"
#include "cli/commands/commands.hpp"
#include "cli/console.hpp"
#include "cli/git_sources.hpp"
#include "cli/hits.hpp"
#include "cli/masking.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/scanning.hpp"
#include "cli/tree.hpp"
#include "cli/workplace.hpp"
#include "core/bytes.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array<std::string_view, 4> k_formats = {"text", "json", "sarif", "csv"};
constexpr std::array<std::string_view, 4> k_thresholds = {"none", "low", "medium", "high"};

constexpr std::array k_own_options = {
    Option{.name = "--format",
           .kind = ValueKind::choice,
           .value = "FORMAT",
           .help = "Form of the answer; 'text' by default",
           .choices = k_formats},
    Option{.name = "--fail-on",
           .kind = ValueKind::choice,
           .value = "SEVERITY",
           .help = "Exit 1 when something of this severity or above is found; 'medium' by default",
           .choices = k_thresholds},
    Option{.name = "--git", .help = "Respect the ignore files of the repository"},
    Option{.name = "--all", .help = "Scan what the file '.scanignore' of a tree leaves out, too"},
    Option{.name = "--staged", .help = "Scan what is staged for the next commit"},
    Option{.name = "--since",
           .kind = ValueKind::text,
           .value = "REV",
           .help = "Scan what the commits after REV brought"},
    Option{.name = "--history", .help = "Scan what all commits brought, the first one too"},
    Option{.name = "--baseline",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "Accept the findings of this file"},
    Option{.name = "--write-baseline",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "Write a baseline that accepts what is found now"},
    Option{.name = "--personal-data", .help = "Also report users, hosts, mail and IP addresses"},
    Option{.name = "--jobs",
           .kind = ValueKind::number,
           .value = "N",
           .help = "Files scanned side by side; all cores by default"},
    output_option("Write the answer to PATH"),
};
constexpr auto k_options = joined(k_own_options, k_rule_options);
constexpr std::array k_operands = {
    Operand{.name = "PATH",
            .kind = ValueKind::file,
            .help = "Files and directories; the current directory with --git, --staged, --since, --history",
            .least = 0,
            .most = k_any_number},
};
constexpr std::array k_examples = {
    Example{"A tree", "scan src config"},
    Example{"A repository, as a code scanning service wants it", "scan . --git --format sarif --output scan.sarif"},
    Example{"Before a commit", "scan --staged"},
    Example{"What a branch brought", "scan --since main"},
    Example{"What a repository ever held", "scan --history --fail-on high"},
    Example{"Accept what is there, report what is new", "scan . --git --write-baseline .scan-baseline.json"},
};

std::string directory_of(const Options& options) {
  return options.operands().empty() ? "." : options.operands().front();
}

Result<Tree> repository_tree(const GitSources& git) {
  SOURCEOS_TRY_ASSIGN(const std::vector<std::string> paths, git.files());
  Tree tree;
  for (const std::string& path : paths) {
    const auto whole = git.tree() / path;
    if (const auto facts = host::describe(whole); facts && facts->kind == host::FileKind::regular) {
      tree.files.push_back({whole, path, path});
    } else if (facts) {
      tree.skipped.push_back({path, facts->kind == host::FileKind::link ? "link" : "special-file"});
    }
  }
  return tree;
}

std::size_t jobs_of(const Options& options) {
  return options.number("--jobs").value_or(std::max(1U, std::thread::hardware_concurrency()));
}

Status scan_repository(ScanAnswer& answer, const Options& options, const redact::Pipeline& pipeline,
                       Context& context) {
  if (options.operands().size() > 1) {
    return fail(ErrorKind::usage, "usage", "one repository at a time");
  }
  if (options.has("--history") && options.has("--since")) {
    return fail(ErrorKind::usage, "usage", "'--history' is all of it, '--since' a part: give one");
  }
  SOURCEOS_TRY_ASSIGN(const GitSources git, GitSources::open(context.host, directory_of(options)));
  const auto take = [&](const GitBlob& blob) { return scan_blob(answer, pipeline, blob, context); };
  if (options.has("--staged")) {
    return git.staged(take);
  }
  if (const auto revision = options.value("--since")) {
    return git.since(*revision, take);
  }
  if (options.has("--history")) {
    return git.history(take);
  }
  SOURCEOS_TRY_ASSIGN(Tree tree, repository_tree(git));
  SOURCEOS_TRY(options.has("--all") ? Status() : leave_out_ignored(tree, git.tree()));
  return scan_tree(answer, pipeline, tree, jobs_of(options), context);
}

Status scan_operands(ScanAnswer& answer, const Options& options, const redact::Pipeline& pipeline,
                     Context& context) {
  if (options.operands().empty()) {
    return fail(ErrorKind::usage, "usage", "PATH is missing");
  }
  Tree all;
  for (const std::string& operand : options.operands()) {
    SOURCEOS_TRY_ASSIGN(Tree tree, list_tree({operand}));
    if (!options.has("--all") && std::filesystem::is_directory(operand)) {
      SOURCEOS_TRY(leave_out_ignored(tree, operand));
    }
    std::ranges::move(tree.files, std::back_inserter(all.files));
    std::ranges::move(tree.skipped, std::back_inserter(all.skipped));
  }
  return scan_tree(answer, pipeline, all, jobs_of(options), context);
}

bool is_of_git(const Options& options) {
  return options.has("--staged") || options.has("--since") || options.has("--history") || options.has("--git");
}

Result<std::optional<Baseline>> baseline_of(const Options& options, Context& context) {
  if (const auto path = options.value("--baseline")) {
    SOURCEOS_TRY_ASSIGN(Baseline baseline, Baseline::read(*path));
    return std::optional(std::move(baseline));
  }
  if (options.has("--write-baseline")) {
    return std::optional(Baseline::with_new_key(context.host.random));
  }
  return std::optional<Baseline>();
}

json::Value ruleset_of(const redact::RulesetInfo& info) {
  return {{"digest", info.digest.text()},
          {"engine", info.engine},
          {"rules", info.rules},
          {"disabled", info.disabled_rules}};
}

// Leaves what is new, and gives the number of what is not. The baseline lies in the tree that is
// scanned: the key in it is no finding.
std::size_t accept_known(json::Value& rows, const std::optional<Baseline>& baseline,
                         const redact::Pipeline& pipeline) {
  if (!baseline) {
    return 0;
  }
  const std::string own = pipeline.tag_of(hex_encode(baseline->key()));
  std::size_t accepted = 0;
  json::Value fresh = json::Value::array();
  for (json::Value& row : rows) {
    if (text_of(row, "tag") == own) {
      continue;
    }
    if (baseline->accepts(row)) {
      ++accepted;
    } else {
      fresh.push_back(std::move(row));
    }
  }
  rows = std::move(fresh);
  return accepted;
}

bool reaches(const json::Value& rows, std::string_view threshold) {
  for (const json::Value& row : rows) {
    if (threshold != "none" && severity_rank(text_of(row, "severity")) >= severity_rank(threshold)) {
      return true;
    }
  }
  return false;
}

Status write_text(const Options& options, Context& context, std::string_view text) {
  const auto path = options.value("--output");
  if (!path || *path == "-") {
    return context.console.out(text);
  }
  SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(*path, 0644));
  SOURCEOS_TRY(file.write(text));
  return file.commit();
}

// The answer in another form than the record's, or the record itself in a file.
Result<Report> in_format(Report report, const Options& options, Context& context) {
  const std::string format = context.json ? "json" : options.value_or("--format", "text");
  const json::Value& rows = report.record().at("findings");
  if (format == "sarif") {
    SOURCEOS_TRY(write_text(options, context, to_json_text(rows_as_sarif(rows), Layout::pretty)));
  } else if (format == "csv") {
    SOURCEOS_TRY(write_text(options, context, rows_as_csv(rows)));
  } else if (format == "json") {
    SOURCEOS_TRY(write_text(options, context, to_json_text(report.document(), Layout::pretty)));
  } else if (!options.has("--output")) {
    return report;
  } else {
    return fail(ErrorKind::usage, "usage", "'--output' needs '--format json', 'sarif' or 'csv'");
  }
  return std::move(report).already_printed();
}

Result<Report> scan(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const std::optional<Baseline> baseline, baseline_of(options, context));
  EngineOptions wanted;
  wanted.rule_files = options.values("--rules");
  wanted.disabled_rules = options.values("--disable");
  wanted.known_files = options.values("--known");
  wanted.personal_data = options.has("--personal-data");
  wanted.tag_key = baseline ? baseline->key() : std::string();
  SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, wanted));
  engine.pipeline().freeze();
  json::Value record = new_record("scan");
  record["findings"] = json::Value::array();
  record["skipped"] = json::Value::array();
  ScanAnswer answer{.rows = record["findings"], .skipped = record["skipped"]};
  SOURCEOS_TRY((is_of_git(options) ? scan_repository : scan_operands)(answer, options, engine.pipeline(), context));
  record["accepted"] = accept_known(answer.rows, baseline, engine.pipeline());
  if (const auto path = options.value("--write-baseline")) {
    SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(*path, 0644));
    SOURCEOS_TRY(file.write(baseline->write(answer.rows)));
    SOURCEOS_TRY(file.commit());
    record["baseline"] = shown_path(context, *path);
  }
  const std::string threshold = options.value_or("--fail-on", "medium");
  const bool fails = reaches(answer.rows, threshold) && !options.has("--write-baseline");
  record["files"] = answer.files;
  record["bytes"] = answer.bytes;
  record["failOn"] = threshold;
  record["counts"] = count_by_severity(answer.rows);
  record["ruleset"] = ruleset_of(engine.pipeline().info());
  return in_format(Report(std::move(record), fails ? ExitCode::negative : ExitCode::done,
                          fails ? "findings" : ""),
                   options, context);
}

void print(const json::Value& record, Text& text) {
  for (const json::Value& row : part_of(record, "findings")) {
    const std::string severity = text_of(row, "severity");
    const Tone tone = severity == "high" ? Tone::bad : severity == "medium" ? Tone::warning : Tone::plain;
    const std::string commit = text_of(row, "commit");
    text.table({}, {{Cell(severity, tone),
                     fmt::format("{}:{}:{}{}", text_of(row, "path"), number_of(row, "line"),
                                 number_of(row, "column"),
                                 commit.empty() ? "" : " in " + commit.substr(0, 12)),
                     text_of(row, "rule"), text_of(row, "class")}});
    text.quoted(text_of(row, "excerpt"));
  }
  const json::Value& counts = part_of(record, "counts");
  const std::size_t found = part_of(record, "findings").size();
  if (found > 0) {
    text.gap();
  }
  text.line(found == 0 ? "nothing found"
                       : fmt::format("{} high, {} medium, {} low", number_of(counts, "high"),
                                     number_of(counts, "medium"), number_of(counts, "low")),
            found == 0 ? Tone::good : Tone::plain);
  text.field("scanned", fmt::format("{}, {}", counted(number_of(record, "files"), "file", "files"),
                                    text::human_bytes(number_of(record, "bytes"))));
  if (number_of(record, "accepted") > 0) {
    text.field("accepted", std::to_string(number_of(record, "accepted")) + " by the baseline");
  }
  for (const json::Value& rule : part_of(part_of(record, "ruleset"), "disabled")) {
    text.field("switched off", rule);
  }
  std::vector<std::vector<Cell>> rows;
  std::size_t ignored = 0;
  for (const json::Value& row : part_of(record, "skipped")) {
    if (text_of(row, "reason") == "ignored") {
      ++ignored;
    } else if (text_of(row, "reason") != "git-directory") {
      rows.push_back({Cell("not read", Tone::dim), text_of(row, "reason"), text_of(row, "path")});
    }
  }
  if (ignored > 0) {
    text.field("left out", counted(ignored, "file", "files") + " that '.scanignore' names");
  }
  text.table({}, rows);
  if (!text_of(record, "baseline").empty()) {
    text.field("written", text_of(record, "baseline"));
  }
}

}  // namespace

constinit const Command k_scan = {
    .name = "scan",
    .summary = "look for secrets and trouble in files, repositories and logs",
    .description = "Reports secrets (never their text) and findings of log rules such as restart storms "
                   "and refused sockets. Exits 1 when the threshold is reached.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = scan,
    .print = print,
};

}  // namespace sourceos::cli
