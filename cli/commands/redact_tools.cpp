#include "cli/commands/redact_tools.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bundle/record.hpp"
#include "cli/hits.hpp"
#include "cli/masking.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/rule_trial.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "redact/pipeline.hpp"
#include "redact/rules.hpp"

namespace sourceos::cli {

namespace {

// --- rules list, show, test

constexpr std::array<std::string_view, 2> k_kinds = {"secret", "finding"};
constexpr std::array k_list_options = {
    Option{.name = "--kind",
           .kind = ValueKind::choice,
           .value = "KIND",
           .help = "Only rules of this kind",
           .choices = k_kinds},
};
constexpr std::array k_list_examples = {Example{"All rules", "redact rules list"}};
constexpr std::array k_show_operands = {Operand{.name = "RULE", .help = "Id of a rule"}};
constexpr std::array k_show_examples = {
    Example{"What a rule looks for", "redact rules show github.token"},
};
constexpr std::array k_test_operands = {
    Operand{.name = "FILE", .kind = ValueKind::file, .help = "A rule file, TOML; the built-in rules by default", .least = 0},
};
constexpr std::array k_test_examples = {
    Example{"The built-in rules", "redact rules test"},
    Example{"Whether a rule file does what its examples say", "redact rules test my-rules.toml"},
};

json::Value rule_row(const redact::Rule& rule) {
  return {{"id", rule.id},
          {"description", rule.description},
          {"class", rule.klass},
          {"kind", redact::to_string(rule.kind)},
          {"severity", bundle::to_string(rule.severity)},
          {"tier", rule.tier}};
}

Result<Report> list(const Options& options, Context&) {
  const auto kind = options.value("--kind");
  json::Value record = new_record("redact-rules-list");
  record["rules"] = json::Value::array();
  for (const redact::Rule& rule : redact::builtin_rules()) {
    if (!kind || redact::to_string(rule.kind) == *kind) {
      record["rules"].push_back(rule_row(rule));
    }
  }
  return Report(std::move(record));
}

void print_list(const json::Value& record, Text& text) {
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "rules")) {
    rows.push_back({text_of(row, "id"), text_of(row, "class"), text_of(row, "severity"),
                    number(number_of(row, "tier")), text_of(row, "description")});
  }
  text.table({"rule", "class", "severity", "tier", ""}, rows);
  text.gap().line(counted(rows.size(), "rule", "rules"), Tone::dim);
}

Result<Report> show(const Options& options, Context& context) {
  const std::string& id = options.operands().front();
  std::vector<std::string_view> names;
  for (const redact::Rule& rule : redact::builtin_rules()) {
    names.push_back(rule.id);
    if (rule.id != id) {
      continue;
    }
    json::Value record = new_record("redact-rules-show");
    record["rule"] = rule_row(rule);
    record["rule"]["pattern"] = rule.pattern;
    record["rule"]["keywords"] = std::vector<std::string>(rule.keywords.begin(), rule.keywords.end());
    record["rule"]["entropy"] = fmt::format("{:.2f}", rule.entropy_min);
    record["rule"]["check"] = redact::to_string(rule.check);
    record["rule"]["widthMax"] = rule.width_max;
    record["rule"]["examples"] = rule.examples.size();
    record["rule"]["counterExamples"] = rule.counter_examples.size();
    return Report(std::move(record));
  }
  const std::string_view near = nearest(id, names);
  return fail(Error(ErrorKind::not_found, "input-missing",
                    fmt::format("there is no rule '{}'{}", id,
                                near.empty() ? "" : fmt::format("; did you mean '{}'?", near)))
                  .with_next(context.command_line("redact rules list")));
}

void print_show(const json::Value& record, Text& text) {
  const json::Value& rule = part_of(record, "rule");
  for (const std::string_view key : {"id", "description", "class", "kind", "severity", "tier", "pattern",
                                     "entropy", "check", "widthMax"}) {
    text.field(key, part_of(rule, key));
  }
  text.field("keywords", fmt::format("{}", fmt::join(part_of(rule, "keywords").get<std::vector<std::string>>(), ", ")));
}

json::Value failures_of(const Trial& trial) {
  json::Value rows = json::Value::array();
  for (const TrialFailure& failure : trial.failures) {
    rows.push_back({{"rule", failure.rule}, {"what", failure.what}});
  }
  return rows;
}

Result<Report> trial_report(std::string_view name, const Trial& trial, std::string_view reason) {
  json::Value record = new_record(name);
  record["rules"] = trial.rules;
  record["examples"] = trial.examples;
  record["failures"] = failures_of(trial);
  return Report(std::move(record), trial.failures.empty() ? ExitCode::done : ExitCode::negative,
                trial.failures.empty() ? "" : reason);
}

void print_trial(const json::Value& record, Text& text) {
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "failures")) {
    rows.push_back({Cell("failed", Tone::bad), text_of(row, "rule"), text_of(row, "what")});
  }
  text.table({}, rows);
  text.line(fmt::format("{}, {}, {}", counted(number_of(record, "rules"), "rule", "rules"),
                        counted(number_of(record, "examples"), "example", "examples"),
                        rows.empty() ? "all as they should be" : counted(rows.size(), "failure", "failures")),
            rows.empty() ? Tone::good : Tone::bad);
  if (const std::string engine = text_of(record, "engine"); !engine.empty()) {
    text.field("engine", engine);
  }
}

Result<Report> test_builtin(Context& context) {
  EngineOptions wanted;
  SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, wanted));
  engine.pipeline().freeze();
  return trial_report("redact-rules-test", try_rules(redact::builtin_rules(), engine.pipeline()), "rule-example");
}

Result<Report> test(const Options& options, Context& context) {
  if (options.operands().empty()) {
    return test_builtin(context);
  }
  const std::string& path = options.operands().front();
  SOURCEOS_TRY_ASSIGN(const std::string text, host::read_file(path, limits::k_config_file_bytes_max));
  SOURCEOS_TRY_ASSIGN(const redact::RuleFile file, redact::parse_rule_file(text, path));
  EngineOptions wanted;
  wanted.rule_files = {path};
  SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, wanted));
  engine.pipeline().freeze();
  return trial_report("redact-rules-test", try_rules(file.rules(), engine.pipeline()), "rule-example");
}

constinit const Command k_rules_list = {
    .name = "list",
    .summary = "list the built-in rules",
    .options = k_list_options,
    .examples = k_list_examples,
    .run = list,
    .print = print_list,
};
constinit const Command k_rules_show = {
    .name = "show",
    .summary = "show one rule",
    .operands = k_show_operands,
    .examples = k_show_examples,
    .run = show,
    .print = print_show,
};
constinit const Command k_rules_test = {
    .name = "test",
    .summary = "check a rule file and run its examples",
    .description = "A bad pattern is named with file, line, column and reason; nothing is half loaded.",
    .operands = k_test_operands,
    .examples = k_test_examples,
    .run = test,
    .print = print_trial,
};
constexpr std::array<const Command*, 3> k_rules_commands = {&k_rules_list, &k_rules_show, &k_rules_test};

// --- selftest

constexpr std::array k_selftest_examples = {
    Example{"That the engine and the scalar path agree on every rule", "redact selftest"},
};

Result<Report> selftest(const Options&, Context& context) {
  EngineOptions wanted;
  wanted.tag_key = std::string(32, 's');  // both must give the same tags
  SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, wanted));
  wanted.scalar = true;
  SOURCEOS_TRY_ASSIGN(const Engine scalar, Engine::create(context, wanted));
  engine.pipeline().freeze();
  scalar.pipeline().freeze();
  Trial trial = try_rules(redact::builtin_rules(), engine.pipeline());
  const Trial compared = compare_engines(redact::builtin_rules(), engine.pipeline(), scalar.pipeline());
  trial.failures.insert(trial.failures.end(), compared.failures.begin(), compared.failures.end());
  SOURCEOS_TRY_ASSIGN(Report report, trial_report("redact-selftest", trial, "selftest"));
  report.record()["engine"] = engine.pipeline().info().engine;
  return report;
}

// --- explain

constexpr std::array k_explain_operands = {
    Operand{.name = "FILE", .kind = ValueKind::file, .help = "The file to explain"},
};
constexpr std::array k_explain_examples = {
    Example{"Why each place of a file is masked", "redact explain app.log"},
};

Result<Report> explain(const Options& options, Context& context) {
  const std::string& path = options.operands().front();
  EngineOptions wanted;
  wanted.rule_files = options.values("--rules");
  wanted.disabled_rules = options.values("--disable");
  wanted.known_files = options.values("--known");
  wanted.personal_data = !options.has("--no-personal-data");
  wanted.private_addresses = options.has("--private-addresses");
  SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, wanted));
  engine.pipeline().freeze();
  SOURCEOS_TRY_ASSIGN(const host::Descriptor file, host::open_regular(path));
  redact::DocumentOptions document;
  document.name = path;
  document.hits = true;
  document.findings = false;
  SOURCEOS_TRY_ASSIGN(const Masked masked, mask_file(engine.pipeline(), document, file,
                                                     [](std::string_view) { return Status(); },
                                                     context.host));
  json::Value record = new_record("redact-explain");
  record["file"] = engine.pipeline().text(shown_path(context, path)).str();
  record["spans"] = json::Value::array();
  append_rows(record["spans"], masked, text_of(record, "file"), engine.pipeline());
  record["complete"] = masked.record.complete;
  record["limits"] = masked.record.limits;
  return Report(std::move(record));
}

void print_explain(const json::Value& record, Text& text) {
  for (const json::Value& row : part_of(record, "spans")) {
    const std::string check = text_of(row, "check");
    text.line(fmt::format("{}:{}:{}", text_of(record, "file"), number_of(row, "line"), number_of(row, "column")),
              Tone::strong);
    text.field("  rule", fmt::format("{} (class {}, {})", text_of(row, "rule"), text_of(row, "class"),
                                     text_of(row, "severity")));
    text.field("  found by", number_of(row, "tier") == 0
                                 ? text_of(row, "found")
                                 : fmt::format("{}, tier {}", text_of(row, "found"), number_of(row, "tier")));
    text.field("  check", (check.empty() ? std::string("none") : check) +
                              (flag_of(row, "unsure") ? ", checksum failed: masked all the same" : ""));
    if (!text_of(row, "tag").empty()) {
      text.field("  tag", text_of(row, "tag"));
    }
    text.quoted(text_of(row, "excerpt"));
  }
  text.line(counted(part_of(record, "spans").size(), "masked place", "masked places"), Tone::dim);
}

}  // namespace

constinit const Command k_redact_rules = {
    .name = "rules",
    .summary = "list, show and test redaction rules",
    .commands = k_rules_commands,
};

constinit const Command k_redact_selftest = {
    .name = "selftest",
    .summary = "run every rule's examples through both engines",
    .description = "The SIMD engine is somebody else's code: each example runs through it and through "
                   "the scalar path, and any difference fails.",
    .examples = k_selftest_examples,
    .run = selftest,
    .print = print_trial,
};

constinit const Command k_redact_explain = {
    .name = "explain",
    .summary = "tell why each place of a file is masked",
    .description = "Rule, tier and the checks that passed, with the secret hidden.",
    .options = k_engine_options,
    .operands = k_explain_operands,
    .examples = k_explain_examples,
    .run = explain,
    .print = print_explain,
};

}  // namespace sourceos::cli
