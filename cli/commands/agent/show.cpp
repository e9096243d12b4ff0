// list and logs: which agents there are, and what they said.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/agent_call.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tools/systemd.hpp"
#include "redact/pipeline.hpp"
#include "runtime/agent/asking_once.hpp"
#include "runtime/agent/observe.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_options = {k_declaration_option};
constexpr std::array k_operands = {Operand{.name = "NAME", .help = "Name of a declared agent"}};
constexpr std::array k_log_options = {
    k_declaration_option,
    Option{.name = "--lines", .kind = ValueKind::number, .value = "N", .help = "Last lines shown; 80 by default"},
    Option{.name = "--stdout", .help = "The standard output instead of the app log"},
    Option{.name = "--stderr", .help = "The standard error instead of the app log"},
};

// --- list

Result<Report> list(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const runtime::Catalog catalog, load_catalog(options, context));
  SOURCEOS_TRY_ASSIGN(AgentCall call, AgentCall::begin(context, "", bundle::Mode::read_only));
  const runtime::Redactor redact = call.redactor();
  const runtime::LookedAt looked(context.host);
  const auto backend = runtime::make_backend(looked.host());
  json::Value record = new_record("agent-list");
  record["type"] = "LocalAgentList";
  record["declarations"] = redact((runtime::agent_config_root(context.host) / "local-agents").string());
  record["agents"] = json::Value::array();
  for (const runtime::ReadDeclaration& agent : catalog.agents) {
    const runtime::Observation seen = runtime::observe(looked.host(), *backend, agent);
    const json::Value whole = runtime::as_json(seen, agent, context.host, redact);
    json::Value row = json::Value::object();
    for (const char* key : {"name", "scope", "runtime", "image", "state", "valid", "declaration"}) {
      row[key] = whole.at(key);
    }
    record["agents"].push_back(std::move(row));
  }
  record["unreadable"] = json::Value::array();
  for (const runtime::UnreadableDeclaration& each : catalog.unreadable) {
    record["unreadable"].push_back({{"file", redact(each.file.string())},
                                    {"reason", each.error.reason},
                                    {"message", redact(each.error.read_out())}});
  }
  SOURCEOS_TRY(call.add_json({"agents.json"}, collect::EntryKind::service_status, record));
  const bool whole = catalog.unreadable.empty();
  return call.finish(std::move(record), whole ? ExitCode::done : ExitCode::negative,
                     whole ? "" : catalog.unreadable.front().error.reason);
}

void print_list(const json::Value& record, Text& text) {
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& row : part_of(record, "agents")) {
    rows.push_back({Cell(text_of(row, "name")), Cell(text_of(row, "scope")), Cell(text_of(row, "runtime")),
                    Cell(text_of(row, "state")), Cell(text_of(row, "image")),
                    Cell(flag_of(row, "valid") ? "" : "invalid declaration", Tone::bad)});
  }
  if (rows.empty()) {
    text.line("no agents are declared", Tone::dim);
    text.next(fmt::format("declare one in {}/NAME.json", text_of(record, "declarations")));
  } else {
    text.table({"agent", "scope", "runtime", "state", "image", ""}, rows);
  }
  for (const json::Value& row : part_of(record, "unreadable")) {
    text.line(fmt::format("unreadable: {}: {}", text_of(row, "file"), text_of(row, "message")), Tone::bad);
  }
}

// --- logs

Result<std::string> read_end(const std::filesystem::path& path) {
  constexpr std::uint64_t k_shown_bytes_max = 4 * limits::k_mib;
  const auto opened = host::open_regular(path);
  if (!opened) {
    if (opened.error().kind == ErrorKind::not_found) {
      return fail(ErrorKind::not_found, "log-missing", fmt::format("there is no log '{}'", path.string()));
    }
    return fail(opened.error());
  }
  SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(*opened));
  const std::uint64_t size = std::min(facts.size, k_shown_bytes_max);
  std::string bytes(size, '\0');
  SOURCEOS_TRY(host::read_exactly_at(*opened, facts.size - size, bytes.data(), size));
  return bytes;
}

Result<std::string> read_journal(const Context& context, const runtime::Declaration& d, std::uint64_t lines) {
  const host::Systemd systemd(context.host.processes, d.scope == runtime::AgentScope::user
                                                          ? host::SystemdScope::user
                                                          : host::SystemdScope::system);
  SOURCEOS_TRY_ASSIGN(const host::ProcessOutcome outcome,
                      context.host.processes.run(systemd.journal(
                          runtime::places_of(d, context.host).unit, host::JournalForm::text, lines, {},
                          limits::k_probe_timeout_ms)));
  if (!outcome.ok()) {
    return fail(ErrorKind::not_found, "log-missing", "the journal does not answer");
  }
  return outcome.output;
}

Result<Report> logs(const Options& options, Context& context) {
  if (options.has("--stdout") && options.has("--stderr")) {
    return fail(ErrorKind::usage, "usage", "'--stdout' and '--stderr' exclude each other");
  }
  SOURCEOS_TRY_ASSIGN(const runtime::Catalog catalog, load_catalog(options, context));
  SOURCEOS_TRY_ASSIGN(const runtime::ReadDeclaration* agent, catalog.find(options.operands()[0]));
  const runtime::Declaration& d = agent->declaration;
  constexpr std::uint64_t k_lines = 80;
  const std::uint64_t wanted = options.number("--lines").value_or(k_lines);
  SOURCEOS_TRY_ASSIGN(AgentCall call, AgentCall::begin(context, d.name, bundle::Mode::read_only));
  const std::filesystem::path& path = options.has("--stdout")   ? d.stdout_log
                                      : options.has("--stderr") ? d.stderr_log
                                                                : d.app_log;
  const Result<std::string> bytes = path.empty() ? read_journal(context, d, wanted) : read_end(path);
  json::Value record = new_record("agent-logs");
  record["type"] = "LocalAgentLogs";
  record["agent"] = d.name;
  record["log"] = path.empty() ? std::string("journal") : call.redact(path.string());
  record["lines"] = json::Value::array();
  if (!bytes) {
    if (bytes.error().reason != "log-missing") {
      return fail(bytes.error());
    }
    record["message"] = call.redact(bytes.error().message);
    return call.finish(std::move(record), ExitCode::negative, "log-missing");
  }
  redact::DocumentOptions how;
  how.format = redact::Format::text;
  const std::string clean = call.pipeline().document(*bytes, how).bytes();
  const auto all = text::lines(clean);
  const std::size_t first = all.size() > wanted ? all.size() - static_cast<std::size_t>(wanted) : 0;
  for (std::size_t i = first; i < all.size(); ++i) {
    record["lines"].push_back(text::is_utf8(all[i]) ? std::string(all[i]) : text::for_display_line(all[i]));
  }
  call.add_text({"logs", d.name + ".log"}, collect::EntryKind::log, collect::ContentHint::text, clean);
  call.policy(agent->hash);
  return call.finish(std::move(record), ExitCode::done, "");
}

void print_logs(const json::Value& record, Text& text) {
  std::string block;
  for (const json::Value& line : part_of(record, "lines")) {
    block += line.get<std::string>() + "\n";
  }
  text.line(fmt::format("{} of {}", text_of(record, "log"), text_of(record, "agent")), Tone::strong);
  if (!text_of(record, "message").empty()) {
    text.line(text_of(record, "message"), Tone::bad);
  }
  if (!block.empty()) {
    text.quoted(block);
  } else if (text_of(record, "message").empty()) {
    text.line("no lines", Tone::dim);
  }
}

}  // namespace

constinit const Command k_agent_list = {
    .name = "list",
    .summary = "declared agents with scope, runtime, image and state",
    .options = k_options,
    .run = list,
    .print = print_list,
    .store = StoreUse::optional,
};

constinit const Command k_agent_logs = {
    .name = "logs",
    .summary = "the last lines of an agent's log, redacted",
    .options = k_log_options,
    .operands = k_operands,
    .run = logs,
    .print = print_logs,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
