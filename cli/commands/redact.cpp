#include <array>

#include <fmt/format.h>

#include "cli/changes.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/redact_tools.hpp"
#include "cli/console.hpp"
#include "cli/hits.hpp"
#include "cli/masking.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/progress.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/tree.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array<std::string_view, 3> k_report_formats = {"json", "csv", "sarif"};
constexpr std::array<std::string_view, 12> k_formats = {
    "automatic", "text",  "json",   "yaml",      "xml",        "ini",
    "unit",      "dotenv", "netrc", "pgpass", "arguments", "environment"};
static_assert(static_cast<std::size_t>(redact::Format::environment) + 1 == k_formats.size());

constexpr std::array k_own_options = {
    Option{.name = "--in-place", .help = "Rewrite the files that were named"},
    output_option("Write to this file; to this directory when there are several or a tree"),
    Option{.name = "--format",
           .kind = ValueKind::choice,
           .value = "FORMAT",
           .help = "What the input is; told from name and content by default",
           .choices = k_formats},
    Option{.name = "--report",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "Write what was masked, without any secret; '-' is standard output, or standard error beside the text"},
    Option{.name = "--report-format",
           .kind = ValueKind::choice,
           .value = "FORMAT",
           .help = "Form of that report; 'json' by default",
           .choices = k_report_formats},
};
constexpr auto k_options = joined(k_own_options, k_engine_options, k_dry_run_options);
constexpr std::array k_operands = {
    Operand{.name = "PATH",
            .kind = ValueKind::file,
            .help = "Files and directories; '-' or nothing is standard input",
            .least = 0,
            .most = k_any_number},
};
constexpr std::array k_examples = {
    Example{"As a filter", "redact < build.log"},
    Example{"One file into another", "redact build.log --output build.redacted.log"},
    Example{"A tree into a directory, with a report", "redact logs --output shared --report masked.csv --report-format csv"},
    Example{"Files where they are", "redact --in-place app.log worker.log --report masked.json"},
};

constexpr std::size_t k_text_bytes_max = 64 * limits::k_mib;

EngineOptions engine_options(const Options& options) {
  EngineOptions engine;
  engine.rule_files = options.values("--rules");
  engine.disabled_rules = options.values("--disable");
  engine.known_files = options.values("--known");
  engine.personal_data = !options.has("--no-personal-data");
  engine.private_addresses = options.has("--private-addresses");
  return engine;
}

redact::Format format_of(const Options& options) {
  const std::string name = options.value_or("--format", "automatic");
  const auto found = std::find(k_formats.begin(), k_formats.end(), name);
  return static_cast<redact::Format>(found - k_formats.begin());
}

bool goes_to_stdout(const Options& options) {
  return !options.has("--in-place") && options.value_or("--output", "-") == "-";
}

// `--report -` goes to standard output where nothing else does, to standard error otherwise.
bool report_is_answer(const Options& options, const Context& context) {
  return !context.json && !goes_to_stdout(options) && options.value_or("--report", "") == "-";
}

// One call: where things go, and what was done so far.
class Job {
 public:
  Job(const Options& options, Context& context, const redact::Pipeline& pipeline)
      : options_(options), context_(context), pipeline_(pipeline),
        progress_(context.console, "redact", !context.quiet && options.has("--output")) {}

  // Standard input to standard output or --output, in constant memory.
  Status filter() {
    const auto read = [this](char* buffer, std::size_t size) { return context_.console.in(buffer, size); };
    const auto path = options_.value("--output");
    if (!path || *path == "-") {
      return keep("-", mask_input(pipeline_, document("-"), read, to_stdout(), context_.host));
    }
    SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(*path));
    SOURCEOS_TRY(keep("-", mask_input(pipeline_, document("-"), read, to(file), context_.host)));
    return file.commit();
  }

  Status to_standard_output(const TreeFile& input) {
    SOURCEOS_TRY_ASSIGN(const host::Descriptor opened, open(input));
    return keep(input.name, mask_file(pipeline_, document(input.name), opened, to_stdout(), context_.host));
  }

  // The mode stays; nothing is written when nothing was masked in a file that stays where it is.
  Status into(const TreeFile& input, const std::filesystem::path& output) {
    SOURCEOS_TRY_ASSIGN(const host::Descriptor opened, open(input));
    if (options_.has("--dry-run")) {
      const ByteTaker nowhere = [](std::string_view) { return Status(); };
      return keep(input.name, mask_file(pipeline_, document(input.name), opened, nowhere, context_.host));
    }
    SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(opened));
    SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(output, facts.mode & 0777));
    SOURCEOS_TRY(keep(input.name, mask_file(pipeline_, document(input.name), opened, to(file), context_.host)));
    const bool is_same = output == input.path && !files_.back()["masked"].get<std::uint64_t>();
    return is_same ? Status() : file.commit();
  }

  void skip(const Skipped& skipped) {
    skipped_.push_back({{"path", shown(skipped.name)}, {"reason", skipped.reason}});
  }

  Result<Report> finish() {
    json::Value record = new_record("redact");
    record["files"] = files_;
    record["skipped"] = skipped_;
    record["planned"] = options_.has("--dry-run");
    if (context_.json && goes_to_stdout(options_)) {
      record["text"] = text_;
    }
    record["masked"] = masked_;
    record["bytes"] = bytes_;
    record["findings"] = rows_;
    record["ruleset"] = {{"digest", pipeline_.info().digest.text()},
                         {"engine", pipeline_.info().engine},
                         {"disabled", pipeline_.info().disabled_rules}};
    SOURCEOS_TRY(write_report(record));
    return Report(std::move(record));
  }

 private:
  Result<host::Descriptor> open(const TreeFile& input) const { return host::open_regular(input.path); }

  redact::DocumentOptions document(const std::string& name) const {
    redact::DocumentOptions document;
    document.format = format_of(options_);
    document.name = name;
    document.findings = false;
    document.hits = options_.has("--report") || context_.json;
    return document;
  }

  // With --json the text is a part of the one document, which is held in memory.
  ByteTaker to_stdout() {
    return [this](std::string_view bytes) -> Status {
      if (!context_.json) {
        return context_.console.out(bytes);
      }
      if (text_.size() + bytes.size() > k_text_bytes_max) {
        return fail(Error(ErrorKind::limit, "limit", "the text is too long for one document")
                        .with_next(context_.command_line("redact PATH --output FILE --json")));
      }
      text_ += bytes;
      return {};
    };
  }
  ByteTaker to(const OutputFile& file) {
    return [this, &file, written = bytes_](std::string_view bytes) mutable {
      written += bytes.size();
      progress_.set(written, 0);
      return file.write(bytes);
    };
  }

  std::string shown(const std::string& name) const {
    return pipeline_.text(shown_path(context_, name)).str();
  }

  Status keep(const std::string& name, Result<Masked> result) {
    SOURCEOS_TRY_ASSIGN(const Masked masked, std::move(result));
    std::uint64_t count = masked.record.known;
    for (const bundle::NamedCount& rule : masked.record.rules) {
      count += rule.value;
    }
    json::Value classes = json::Value::array();
    for (const bundle::NamedCount& klass : masked.record.classes) {
      classes.push_back({{"name", klass.name}, {"value", klass.value}});
    }
    files_.push_back({{"path", shown(name)},
                      {"bytes", masked.bytes},
                      {"masked", count},
                      {"byClass", std::move(classes)},
                      {"complete", masked.record.complete}});
    masked_ += count;
    bytes_ += masked.bytes;
    progress_.set(bytes_, 0);
    append_rows(rows_, masked, files_.back()["path"].get_ref<const std::string&>(), pipeline_);
    return {};
  }

  Status write_report(const json::Value& record) const {
    const auto path = options_.value("--report");
    if (!path) {
      return {};
    }
    const std::string format = options_.value_or("--report-format", "json");
    const std::string text = format == "csv"     ? rows_as_csv(rows_)
                             : format == "sarif" ? to_json_text(rows_as_sarif(rows_), Layout::pretty)
                                                 : to_json_text(record, Layout::pretty);
    if (*path == "-") {
      if (report_is_answer(options_, context_)) {
        return context_.console.out(text);
      }
      context_.console.err(text);
      return {};
    }
    SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(*path));
    SOURCEOS_TRY(file.write(text));
    return file.commit();
  }

  const Options& options_;
  Context& context_;
  const redact::Pipeline& pipeline_;
  std::string text_;
  Progress progress_;
  json::Value files_ = json::Value::array();
  json::Value skipped_ = json::Value::array();
  json::Value rows_ = json::Value::array();
  std::uint64_t masked_ = 0;
  std::uint64_t bytes_ = 0;
};

Status check_places(const Options& options) {
  const bool in_place = options.has("--in-place");
  if (in_place && options.has("--output")) {
    return fail(ErrorKind::usage, "usage", "'--in-place' and '--output' exclude each other");
  }
  if (in_place && options.operands().empty()) {
    return fail(ErrorKind::usage, "usage", "'--in-place' needs a PATH");
  }
  if (options.has("--report-format") && !options.has("--report")) {
    return fail(ErrorKind::usage, "usage", "'--report-format' needs '--report FILE'");
  }
  return {};
}

bool is_standard_input(const Options& options) {
  return options.operands().empty() ||
         (options.operands().size() == 1 && options.operands().front() == "-");
}

// A tree or several files go into a directory, under the same names.
Status into_directory(Job& job, const Tree& tree, const std::filesystem::path& directory,
                      const Options& options) {
  for (const TreeFile& file : tree.files) {
    const auto output = directory / file.below;
    if (!options.has("--dry-run")) {
      SOURCEOS_TRY(host::make_directories(output.parent_path(), 0700));
    }
    SOURCEOS_TRY(job.into(file, output));
  }
  return {};
}

Status redact_files(Job& job, const Options& options) {
  SOURCEOS_TRY_ASSIGN(const Tree tree, list_tree(options.operands()));
  for (const Skipped& skipped : tree.skipped) {
    job.skip(skipped);
  }
  if (options.has("--in-place")) {
    for (const TreeFile& file : tree.files) {
      SOURCEOS_TRY(job.into(file, file.path));
    }
    return {};
  }
  const bool is_one_file = tree.files.size() == 1 && options.operands().size() == 1 &&
                           tree.files.front().name == options.operands().front();
  const auto output = options.value("--output");
  if (output && *output != "-") {
    return is_one_file && !std::filesystem::is_directory(*output)
               ? job.into(tree.files.front(), *output)
               : into_directory(job, tree, *output, options);
  }
  if (!is_one_file) {
    return fail(ErrorKind::usage, "usage", "several files need '--output DIR' or '--in-place'");
  }
  return job.to_standard_output(tree.files.front());
}

Result<Report> redact(const Options& options, Context& context) {
  SOURCEOS_TRY(check_places(options));
  SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, engine_options(options)));
  engine.pipeline().freeze();
  Job job(options, context, engine.pipeline());
  SOURCEOS_TRY(is_standard_input(options) ? job.filter() : redact_files(job, options));
  SOURCEOS_TRY_ASSIGN(Report report, job.finish());
  const bool is_printed = (goes_to_stdout(options) && !context.json) || report_is_answer(options, context);
  return is_printed ? std::move(report).already_printed() : std::move(report);
}

void print(const json::Value& record, Text& text) {
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& file : part_of(record, "files")) {
    std::string classes;
    for (const json::Value& row : part_of(file, "byClass")) {
      classes += fmt::format("{}{} {}", classes.empty() ? "" : ", ", number_of(row, "value"), text_of(row, "name"));
    }
    rows.push_back({number(number_of(file, "masked")), text_of(file, "path"), classes});
  }
  text.table({"masked", "file", ""}, rows);
  rows.clear();
  for (const json::Value& row : part_of(record, "skipped")) {
    rows.push_back({Cell("not read", Tone::dim), text_of(row, "reason"), text_of(row, "path")});
  }
  text.table({}, rows);
  text.line(fmt::format("{} {} in {}", flag_of(record, "planned") ? "would mask" : "masked",
                        counted(number_of(record, "masked"), "place", "places"),
                        counted(part_of(record, "files").size(), "file", "files")));
}

}  // namespace

constinit const Command k_redact = {
    .name = "redact",
    .summary = "take secrets out of streams, files and trees",
    .description =
        "Secrets become REDACTED-<class>-<tag>: the same secret has the same tag in all that this "
        "account redacts, and nobody without its key can test a guess. Known formats are read as what "
        "they are and stay valid. Nothing else is lost.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = redact,
    .print = print,
    .commands = k_redact_tools,
};

}  // namespace sourceos::cli
