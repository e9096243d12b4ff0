#include <algorithm>
#include <array>
#include <set>
#include <chrono>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "cli/activation_evidence.hpp"
#include "cli/agent_call.hpp"
#include "cli/guarded.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/scrub.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/host.hpp"
#include "redact/pipeline.hpp"
#include "runtime/activation/activation.hpp"
#include "runtime/agent/backend.hpp"
#include "runtime/agent/catalog.hpp"
#include "runtime/agent/quarantine.hpp"
#include "runtime/agent/stage.hpp"

namespace sourceos::cli {

namespace {

constexpr std::string_view k_prune_trigger = "prune";
constexpr std::array<std::string_view, 2> k_scopes = {"user", "system"};

constexpr std::array k_own_options = {
    Option{.name = "--declaration",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "Activate the agent that this file declares",
           .repeat = Repeat::many},
    Option{.name = "--declarations",
           .kind = ValueKind::directory,
           .value = "DIR",
           .help = "Activate every agent declared in this directory"},
    Option{.name = "--stage-only", .help = "Check and stage; install nothing"},
    Option{.name = "--enable-despite-preflight",
           .help = "Enable although a check failed: not started, no automatic restart; needs "
                   "--execute --policy-ok"},
    Option{.name = "--no-start", .help = "Stop after enabling"},
    Option{.name = "--prune", .help = "Quarantine and remove agents that no declaration names any more"},
    Option{.name = "--quarantine-unsafe",
           .help = "Quarantine an earlier version that breaks a rule instead of keeping it"},
    Option{.name = "--strict", .help = "Undo the installation too when an agent does not start"},
    Option{.name = "--staging-dir",
           .kind = ValueKind::directory,
           .value = "DIR",
           .help = "Where staged agents go"},
    Option{.name = "--scope",
           .kind = ValueKind::choice,
           .value = "SCOPE",
           .help = "Act for agents of this scope; refuse others",
           .choices = k_scopes},
};
constexpr auto k_options = joined(k_own_options, k_mutating_options);

constexpr std::array k_examples = {
    Example{"One agent", "activate --declaration node-commander.json"},
    Example{"All of a directory, and no others", "activate --declarations agents --prune"},
    Example{"What would be done", "activate --declarations agents --dry-run"},
};

Status check_options(const Options& options, const Context& context) {
  const bool has_files = options.has("--declaration");
  if (has_files == options.has("--declarations")) {
    return fail(ErrorKind::usage, "usage", "either '--declaration' or '--declarations' is needed");
  }
  if (options.has("--enable-despite-preflight") &&
      !(options.has("--execute") && options.has("--policy-ok")) && !options.has("--dry-run")) {
    return fail(ErrorKind::usage, "usage",
                "'--enable-despite-preflight' needs '--execute' and '--policy-ok'");
  }
  if (context.evidence == "none" && !options.has("--dry-run")) {
    return fail(ErrorKind::usage, "usage", "'--evidence none' is for dry runs: a change has a bundle");
  }
  return {};
}

Result<runtime::Catalog> find_declarations(const Options& options, const Context& context) {
  if (const auto directory = options.value("--declarations")) {
    return runtime::read_catalog_directory(context.host, std::filesystem::absolute(*directory));
  }
  std::vector<std::filesystem::path> files;
  for (const std::string& file : options.values("--declaration")) {
    files.push_back(std::filesystem::absolute(file));
  }
  // Those that are named, and not what else a search would find.
  SOURCEOS_TRY_ASSIGN(runtime::Catalog catalog, runtime::read_catalog(context.host, files));
  const auto is_other = [&](const std::filesystem::path& file) {
    return std::ranges::find(files, file) == files.end();
  };
  std::erase_if(catalog.agents, [&](const auto& agent) { return is_other(agent.file); });
  std::erase_if(catalog.unreadable, [&](const auto& each) { return is_other(each.file); });
  return catalog;
}

Result<runtime::Catalog> read_declarations(const Options& options, const Context& context) {
  SOURCEOS_TRY_ASSIGN(runtime::Catalog catalog, find_declarations(options, context));
  refuse_secret_names(catalog);
  return catalog;
}

std::string declarations_argument(const Options& options) {
  std::string words;
  for (const std::string_view name : {"--declaration", "--declarations"}) {
    for (const std::string& value : options.values(name)) {
      words += fmt::format("{}{} {}", words.empty() ? "" : " ", name, text::shell_word(value));
    }
  }
  return words;
}

runtime::ActivationOptions activation_options(const Options& options, Go go) {
  runtime::ActivationOptions wanted;
  wanted.stage_only = options.has("--stage-only");
  wanted.enable_despite_preflight = options.has("--enable-despite-preflight");
  wanted.no_start = options.has("--no-start");
  wanted.prune = options.has("--prune");
  wanted.quarantine_unsafe = options.has("--quarantine-unsafe");
  wanted.strict = options.has("--strict");
  wanted.dry_run = go == Go::plan;
  wanted.staging_root = options.value_or("--staging-dir", "");
  wanted.declarations_argument = declarations_argument(options);
  if (const auto scope = options.value("--scope")) {
    wanted.scope = *scope == "user" ? runtime::AgentScope::user : runtime::AgentScope::system;
  }
  return wanted;
}

ExitCode code_of(runtime::Verdict verdict) {
  switch (verdict) {
    case runtime::Verdict::done: return ExitCode::done;
    case runtime::Verdict::negative: return ExitCode::negative;
    case runtime::Verdict::incomplete: return ExitCode::partial;
    case runtime::Verdict::interrupted: return ExitCode::interrupted;
  }
  return ExitCode::failure;
}

// A dry run with `--evidence none`.
class NoEvidence final : public runtime::Evidence {
 public:
  Status intend(const json::Value&) override { return {}; }
  Result<bool> knows(std::string_view) override { return false; }
  Result<std::string> seal(const runtime::ActivationReport&) override { return std::string(); }
};

Result<Report> report_of(const runtime::ActivationReport& report, const redact::Pipeline& pipeline,
                         const host::Host& host, bool is_dry_run) {
  const json::Value raw =
      as_json(report, [&](std::string_view text) { return home_as_variable(std::string(text), host); });
  json::Value record = new_record("local-agent-activation");
  record.update(json::Value::parse(pipeline.json(raw).canonical()));
  record["bundleId"] = report.bundle.empty() ? json::Value(nullptr) : json::Value(report.bundle);
  record["dryRun"] = is_dry_run;
  return Report(std::move(record), code_of(report.verdict),
                report.verdict == runtime::Verdict::done ? "" : report.reason);
}

// As `uninstall` does it: captured, out of service, and when nothing declares it any more, gone.
Status quarantine_agent(Context& context, runtime::ServiceBackend& backend,
                        const redact::Pipeline& pipeline, const runtime::AgentSite& site,
                        std::string_view trigger) {
  runtime::ReadDeclaration agent;
  agent.declaration = site.declaration;
  agent.hash = runtime::declaration_hash(site.declaration);
  runtime::ActionLog log(context.host);
  runtime::Quarantine quarantine(
      context.host, backend, agent, log, pipeline,
      {.directory = runtime::fresh_directory(site.places.quarantine_root, site.declaration.name,
                                             context.host.clock.now()),
       .trigger = std::string(trigger)});
  SOURCEOS_TRY(quarantine.run());
  SOURCEOS_TRY(quarantine.finish(""));
  if (quarantine.is_partial()) {
    return fail(ErrorKind::unavailable, "quarantine-incomplete",
                fmt::format("see '{}'", quarantine.directory().string()));
  }
  if (trigger == k_prune_trigger) {
    const runtime::ActResult removed = runtime::Actor(context.host, backend, agent, log).remove_files();
    if (!removed.ok) {
      return fail(ErrorKind::unavailable, removed.reason, removed.detail);
    }
  }
  return {};
}

Result<Report> activate(const Options& options, Context& context) {
  SOURCEOS_TRY(check_options(options, context));
  SOURCEOS_TRY_ASSIGN(const Go go, decide_go(options, context));
  SOURCEOS_TRY_ASSIGN(const runtime::Catalog catalog, read_declarations(options, context));
  const bool is_dry_run = go == Go::plan;
  const auto backend = runtime::make_backend(context.host);
  const auto sleep = [](std::uint64_t ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  };
  // `pipeline` is asked for each time: a second bundle has another one.
  const auto run = [&](runtime::Evidence& evidence, const auto& pipeline) -> Result<Report> {
    runtime::ActivationPorts ports{
        .host = context.host,
        .backend = *backend,
        .evidence = evidence,
        .redact =
            [&](std::string_view text) {
              return pipeline().text(home_as_variable(std::string(text), context.host)).str();
            },
        .quarantine =
            [&](const runtime::AgentSite& site, std::string_view trigger) {
              return quarantine_agent(context, *backend, pipeline(), site, trigger);
            },
        .sleep = sleep,
        .podman_directory = podman_directory(context)};
    SOURCEOS_TRY_ASSIGN(const runtime::ActivationReport report,
                        runtime::activate(ports, catalog, activation_options(options, go)));
    return report_of(report, pipeline(), context.host, is_dry_run);
  };
  if (context.evidence == "none") {
    EngineOptions without_store;
    without_store.may_make_store = false;
    SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, without_store));
    NoEvidence evidence;
    return run(evidence, [&]() -> const redact::Pipeline& { return engine.pipeline(); });
  }
  SOURCEOS_TRY_ASSIGN(const auto evidence,
                      ActivationEvidence::begin(context, is_dry_run ? bundle::Mode::dry_run
                                                                    : bundle::Mode::apply));
  return run(*evidence, [&]() -> const redact::Pipeline& { return evidence->pipeline(); });
}

// --- text

std::string_view yes_or_no(const json::Value& states, std::string_view name) {
  return flag_of(states, name) ? "yes" : "no";
}

std::string result_text(const json::Value& agent) {
  std::string text = text_of(agent, "result");
  const std::string reason = text_of(agent, "reason");
  const json::Value& remedies = part_of(agent, "remediation");
  if (!reason.empty() && reason != text) {
    const std::string what = remedies.empty() ? "" : text_of(remedies.front(), "what");
    text += what.empty() || what == reason ? ": " + reason : fmt::format(": {} ({})", what, reason);
  }
  return text;
}

void print_agent(const json::Value& agent, Text& text) {
  const auto indented = [&](std::string_view label, const std::string& words) {
    if (!words.empty()) {
      text.line(fmt::format("    {} {}", label, words));
    }
  };
  if (agent.at("result") != "running" && agent.at("result") != "unchanged") {
    indented("because:", text_of(agent, "detail"));
  }
  for (const json::Value& drift : part_of(agent, "drift")) {
    text.line(fmt::format("    state-drift: {} noted {}, host {}", text_of(drift, "what"),
                          text_of(drift, "noted"), text_of(drift, "host")),
              Tone::warning);
  }
  std::set<std::string> told;  // one file may break two rules
  for (const json::Value& remedy : part_of(agent, "remediation")) {
    if (told.insert(text_of(remedy, "fix")).second) {
      indented("fix:", text_of(remedy, "fix"));
    }
  }
  for (const json::Value& action : part_of(part_of(agent, "rollback"), "actions")) {
    if (text_of(action, "status") != "done") {
      indented("not undone, type:", text_of(action, "command"));
    }
  }
  for (const json::Value& step : part_of(agent, "plan")) {
    indented("would:", step.get<std::string>());
  }
  indented("artifacts:", text_of(agent, "stagingDir"));
  indented("then:", text_of(agent, "then"));
}

void print_activation(const json::Value& record, Text& text) {
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& agent : part_of(record, "agents")) {
    const json::Value& states = part_of(agent, "states");
    rows.push_back({text_of(agent, "name"), yes_or_no(states, "staged"), yes_or_no(states, "installed"),
                    yes_or_no(states, "enabled"), yes_or_no(states, "running"),
                    Cell(result_text(agent), flag_of(agent, "reached") ? Tone::good : Tone::bad)});
  }
  text.table({"AGENT", "STAGED", "INSTALLED", "ENABLED", "RUNNING", "RESULT"}, rows);
  for (const json::Value& agent : part_of(record, "agents")) {
    text.line(text_of(agent, "name"), Tone::strong);
    print_agent(agent, text);
  }
  if (const std::string id = text_of(record, "bundleId"); !id.empty()) {
    text.field("bundle", id);
  }
}

}  // namespace

constinit const Command k_agent_activate = {
    .name = "activate",
    .summary = "bring declared agents to their target, or leave each where it was",
    .description =
        "Each agent is checked, installed, enabled and started in ten steps; whatever fails, what was "
        "begun is undone, and an agent that may not run is staged with what to type next.",
    .options = k_options,
    .examples = k_examples,
    .run = activate,
    .print = print_activation,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
