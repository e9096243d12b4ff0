#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "collect/session.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "host/host.hpp"
#include "runtime/doors/contract.hpp"
#include "runtime/doors/contract_shelf.hpp"
#include "runtime/doors/cross_check.hpp"
#include "runtime/doors/grant.hpp"
#include "runtime/machine/profile.hpp"

namespace sourceos::cli {

namespace {

using runtime::Contract;
using runtime::ContractProblem;
using runtime::ContractShelf;

constexpr std::array<std::string_view, 1> k_with_spellings = {"--contracts"};
constexpr std::array k_options = {
    Option{.name = "--with",
           .kind = ValueKind::directory,
           .value = "DIR",
           .help = "Resolve references among the contracts in DIR",
           .repeat = Repeat::many,
           .spellings = k_with_spellings},
    Option{.name = "--at",
           .kind = ValueKind::text,
           .value = "TIME",
           .help = "Judge grants at this time, like 2026-01-31T12:00:00Z; now by default"},
};
constexpr std::array k_operands = {
    Operand{.name = "FILE",
            .kind = ValueKind::file,
            .help = "Contracts to check; without any, all that are in the directories of --with",
            .least = 0,
            .most = k_any_number},
};
constexpr std::array k_examples = {
    Example{"One document by its schema", "contracts validate terminal-door.json"},
    Example{"A grant and all that it refers to", "contracts validate grant.json --with contracts"},
    Example{"A whole set, at a given time", "contracts validate --with contracts --at 2026-01-31T12:00:00Z"},
};

// What one call found.
struct Findings {
  std::vector<Contract> contracts;  // those to check, read
  ContractShelf shelf;
  std::vector<ContractProblem> problems;
  std::vector<std::string> files;   // in the order in which they were named
};

Result<Findings> read_all(const Options& options) {
  Findings found;
  for (const std::string& directory : options.values("--with")) {
    SOURCEOS_TRY(found.shelf.add_directory(directory, ContractShelf::Presence::must_exist));
  }
  for (const std::string& file : options.operands()) {
    found.files.push_back(file);
    auto contract = Contract::read(file);
    if (contract) {
      found.shelf.add(*contract);
      found.contracts.push_back(std::move(*contract));
    } else {
      found.problems.push_back({file, "", "", contract.error().reason, contract.error().message});
    }
  }
  if (options.operands().empty()) {
    for (const Contract* each : found.shelf.all()) {
      found.files.push_back(each->file());
      found.contracts.push_back(*each);
    }
    for (const ContractProblem& each : found.shelf.unread()) {
      found.files.push_back(each.file);
      found.problems.push_back(each);
    }
  }
  return found;
}

Result<UtcTime> time_of(const Options& options, const Context& context) {
  const auto given = options.value("--at");
  if (!given) {
    return context.host.clock.now();
  }
  const auto time = runtime::parse_contract_time(*given);
  if (!time) {
    return fail(ErrorKind::usage, "usage", "expected '--at' a time like 2026-01-31T12:00:00Z");
  }
  return *time;
}

Status check_all(Findings& found, const runtime::CrossCheckOptions& options) {
  for (const Contract& contract : found.contracts) {
    SOURCEOS_TRY_ASSIGN(std::vector<ContractProblem> problems, contract.shape_problems());
    const bool has_shape = problems.empty();
    std::ranges::move(runtime::secret_problems(contract, options), std::back_inserter(problems));
    if (has_shape) {
      std::ranges::move(runtime::cross_problems(contract, found.shelf, options), std::back_inserter(problems));
    }
    found.problems.insert(found.problems.end(), problems.begin(), problems.end());
  }
  const auto& duplicates = found.shelf.duplicates();
  found.problems.insert(found.problems.end(), duplicates.begin(), duplicates.end());
  return {};
}

// Secrets, not names: of people, hosts and addresses a contract may speak.
bool is_secret(const redact::Pipeline& redaction, std::string_view text) {
  if (redaction.text(text).str() == text) {
    return false;
  }
  constexpr std::array<std::string_view, 7> names = {"user", "host", "home", "email", "mac", "public-ip", "private-ip"};
  redact::DocumentOptions options;
  options.format = redact::Format::text;
  options.hits = true;
  std::vector<redact::Hit> hits;
  (void)redaction.document(text, options, &hits);
  return std::any_of(hits.begin(), hits.end(), [&](const redact::Hit& hit) {
    return hit.found != redact::Found::identity &&
           std::find(names.begin(), names.end(), hit.klass) == names.end();
  });
}

json::Value errors_of(const Findings& found, const redact::Pipeline& redaction) {
  json::Value rows = json::Value::array();
  for (const ContractProblem& problem : found.problems) {
    json::Value row = {{"file", redaction.text(problem.file).str()},
                       {"instancePath", redaction.text(problem.instance_path).str()},
                       {"message", redaction.text(problem.message).str()}};
    row[problem.keyword.empty() ? "check" : "keyword"] = problem.keyword.empty() ? problem.check : problem.keyword;
    rows.push_back(std::move(row));
  }
  return rows;
}

bool has_problem(const Findings& found, const std::string& file) {
  return std::any_of(found.problems.begin(), found.problems.end(),
                     [&](const ContractProblem& problem) { return problem.file == file; });
}

// A grant whose schema is kept and whose time is over is told apart from one that is no grant.
bool fits_schema(const Findings& found, const Contract& contract) {
  return std::none_of(found.problems.begin(), found.problems.end(), [&](const ContractProblem& problem) {
    return problem.file == contract.file() && !problem.keyword.empty();
  });
}

json::Value files_of(const Findings& found, const redact::Pipeline& redaction) {
  json::Value rows = json::Value::array();
  for (const std::string& file : found.files) {
    const auto at = std::find_if(found.contracts.begin(), found.contracts.end(),
                                 [&](const Contract& contract) { return contract.file() == file; });
    const bool is_read = at != found.contracts.end();
    rows.push_back({{"file", redaction.text(file).str()},
                    {"type", is_read ? redaction.text(at->type()).str() : ""},
                    {"id", is_read ? redaction.text(at->id()).str() : ""},
                    {"schemaValid", is_read && fits_schema(found, *at)},
                    {"valid", !has_problem(found, file)}});
  }
  return rows;
}

// The same question again, for a grant that is over at a time when it was in force.
std::string next_of(const Findings& found, const Options& options, std::string_view reason) {
  if (found.problems.empty()) {
    return {};
  }
  auto problem = std::ranges::find(found.problems, reason, &ContractProblem::check);
  problem = problem == found.problems.end() ? found.problems.begin() : problem;
  std::string words = "sourceosctl contracts validate " + text::shell_word(problem->file);
  for (const std::string& directory : options.values("--with")) {
    words += " --with " + text::shell_word(directory);
  }
  const auto contract = std::ranges::find(found.contracts, problem->file, &Contract::file);
  if (reason != "grant-expired" || contract == found.contracts.end()) {
    return "mend what is named, then: " + words;
  }
  return fmt::format("a new grant; to judge this one when it was in force: {} --at {}", words,
                     contract->text("issuedAt"));
}

// One reason for all: what broke the first rule of ours, else that a schema was broken.
std::string reason_of(const Findings& found) {
  for (const ContractProblem& problem : found.problems) {
    if (!problem.check.empty()) {
      return problem.check;
    }
  }
  return found.problems.empty() ? "" : "contract-invalid";
}

// The form that check reports have everywhere: one check a file.
json::Value check_report(const json::Value& record) {
  json::Value checks = json::Value::array();
  for (const json::Value& file : part_of(record, "files")) {
    json::Value detail;
    for (const json::Value& error : part_of(record, "errors")) {
      if (detail.is_null() && text_of(error, "file") == text_of(file, "file")) {
        detail = fmt::format("{}: {}", text_of(error, "instancePath"), text_of(error, "message"));
      }
    }
    checks.push_back({{"id", text_of(file, "file")}, {"status", flag_of(file, "valid") ? "pass" : "fail"}, {"detail", detail}});
  }
  return {{"type", "ContractsReport"}, {"at", text_of(record, "at")}, {"valid", flag_of(record, "valid")},
          {"checks", std::move(checks)}, {"errors", part_of(record, "errors")}};
}

// What redacts and, unless `--evidence none`, keeps the bundle.
struct Keeping {
  std::optional<collect::Session> session;
  std::optional<Engine> engine;

  [[nodiscard]] const redact::Pipeline& redaction() const {
    return session ? session->pipeline() : engine->pipeline();
  }
};

Result<Keeping> begin(const Context& context) {
  Keeping keeping;
  if (context.evidence == "none") {
    SOURCEOS_TRY_ASSIGN(Engine engine, Engine::create(context, {}));
    keeping.engine.emplace(std::move(engine));
    return keeping;
  }
  collect::SessionOptions options;
  options.store = store_root(context);
  options.argv = context.argv;
  options.command_path = context.path;
  options.toolkit_version = std::string(context.version);
  options.plan.name = "contracts";
  options.plan.subject_kind = "contracts";
  options.plan.subject_ref = "contracts";
  options.plan.collector("host");
  SOURCEOS_TRY_ASSIGN(collect::Session session,
                      collect::Session::begin(context.host, context.tools, std::move(options)));
  keeping.session.emplace(std::move(session));
  return keeping;
}

Status keep_bundle(collect::Session& session, json::Value& record, const std::string& reason,
                   const Context& context) {
  SOURCEOS_TRY(session.add_json({"contracts", "report.json"}, collect::EntryKind::check_report, check_report(record)));
  SOURCEOS_TRY(session.collect());
  collect::SessionOutcome outcome;
  if (!reason.empty()) {
    outcome = {.exit_code = 1, .result = bundle::RunResult::negative, .reason = reason};
  }
  SOURCEOS_TRY_ASSIGN(const collect::SessionReport sealed, session.seal(outcome));
  SOURCEOS_TRY(ensure_local_trust(context));
  record["bundleId"] = sealed.id.text();
  return {};
}

Result<Report> validate(const Options& options, Context& context) {
  if (options.operands().empty() && !options.has("--with")) {
    return fail(ErrorKind::usage, "usage", "expected at least one FILE, or '--with DIR'");
  }
  runtime::CrossCheckOptions how;
  SOURCEOS_TRY_ASSIGN(how.now, time_of(options, context));
  SOURCEOS_TRY_ASSIGN(Findings found, read_all(options));
  SOURCEOS_TRY_ASSIGN(Keeping keeping, begin(context));
  how.resolves_references = options.has("--with");
  how.state_root = context.host.environment.state_root;
  how.is_secret = [&](std::string_view text) { return is_secret(keeping.redaction(), text); };
  how.is_secret_name = runtime::is_secret_name;
  SOURCEOS_TRY(check_all(found, how));
  json::Value record = new_record("contracts-validate");
  record["at"] = format_seconds(how.now);
  record["valid"] = found.problems.empty();
  record["files"] = files_of(found, keeping.redaction());
  record["errors"] = errors_of(found, keeping.redaction());
  record["bundleId"] = nullptr;
  const std::string reason = reason_of(found);
  const std::string next = keeping.redaction().text(next_of(found, options, reason)).str();
  record["next"] = next.empty() ? json::Value(nullptr) : json::Value(next);
  if (keeping.session) {
    SOURCEOS_TRY(keep_bundle(*keeping.session, record, reason, context));
  }
  return Report(std::move(record), reason.empty() ? ExitCode::done : ExitCode::negative, reason);
}

void print(const json::Value& record, Text& text) {
  const bool is_valid = flag_of(record, "valid");
  text.line(is_valid ? "valid" : "not valid", is_valid ? Tone::good : Tone::bad);
  for (const json::Value& file : part_of(record, "files")) {
    text.field(flag_of(file, "valid") ? "good" : "bad", text_of(file, "file"));
  }
  for (const json::Value& error : part_of(record, "errors")) {
    const std::string place = text_of(error, "instancePath");
    text.line(fmt::format("{}{}: {}{}", text_of(error, "keyword"), text_of(error, "check"),
                          text_of(error, "file"), place.empty() ? "" : " at '" + place + "'"));
    text.quoted(text_of(error, "message"));
  }
  if (!text_of(record, "next").empty()) {
    text.next(text_of(record, "next"));
  }
  if (!text_of(record, "bundleId").empty()) {
    text.field("bundle", text_of(record, "bundleId"));
  }
}

}  // namespace

constinit const Command k_contracts_validate = {
    .name = "validate",
    .summary = "check doors, grants, profiles and fingerprints",
    .description =
        "Each document is judged by the schema of its type, then by what a schema cannot say: ids "
        "that are unique, no secret inside, grants that are in force and no wider than their profile. "
        "With --with, references resolve and stay within one workspace. A grant that is over is "
        "'grant-expired', whatever its schema says: 'schemaValid' and --at tell the two apart.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = validate,
    .print = print,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
