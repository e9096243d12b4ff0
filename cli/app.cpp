#include "cli/app.hpp"

#include <array>
#include <exception>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/console.hpp"
#include "cli/help.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/scrub.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

// --- the table

constexpr std::array<const Command*, 15> k_evidence_commands = {
    &k_evidence_collect, &k_evidence_list,   &k_evidence_show, &k_evidence_verify,
    &k_evidence_report,  &k_evidence_diff,   &k_evidence_export, &k_evidence_import,
    &k_evidence_gc,      &k_evidence_hold,   &k_evidence_purge,  &k_evidence_fsck,   &k_evidence_log,  &k_evidence_key,
    &k_evidence_trust,
};

constinit const Command k_evidence = {
    .name = "evidence",
    .summary = "make, check, read and move evidence bundles",
    .description =
        "A bundle is a signed, content-addressed, redacted record of what was observed, what was "
        "decided and what was done. No secret reaches it. Anyone can check it offline, with this "
        "program or with tools that know nothing of it.",
    .commands = k_evidence_commands,
};

constexpr std::array<const Command*, 1> k_contracts_commands = {&k_contracts_validate};

constinit const Command k_contracts = {
    .name = "contracts",
    .summary = "check the contracts of doors and grants",
    .commands = k_contracts_commands,
};

constexpr std::array<const Command*, 2> k_agent_machine_evidence_commands = {
    &k_agent_machine_evidence_inspect,
    &k_agent_machine_evidence_export,
};
constinit const Command k_agent_machine_evidence = {
    .name = "evidence",
    .summary = "look at evidence of agent machines and hand it to other systems",
    .commands = k_agent_machine_evidence_commands,
};

constexpr std::array<const Command*, 3> k_agent_machine_mounts_commands = {
    &k_agent_machine_mounts_plan,
    &k_agent_machine_mounts_init,
    &k_agent_machine_mounts_inspect,
};
constinit const Command k_agent_machine_mounts = {
    .name = "mounts",
    .summary = "plan, make and look at the mounts of a workspace",
    .commands = k_agent_machine_mounts_commands,
};

constexpr std::array<const Command*, 8> k_agent_machine_commands = {
    &k_agent_machine_doctor,   &k_agent_machine_init,        &k_agent_machine_start,
    &k_agent_machine_shell,    &k_agent_machine_run,         &k_agent_machine_fingerprint,
    &k_agent_machine_evidence, &k_agent_machine_mounts,
};
constinit const Command k_agent_machine = {
    .name = "agent-machine",
    .summary = "run tools and shells in governed Podman containers",
    .description =
        "Each command that looks at or changes this host makes one signed bundle. A container gets the "
        "declared mounts and nothing else; what is denied is refused with a reason and recorded.",
    .commands = k_agent_machine_commands,
};

constexpr std::array<const Command*, 6> k_top_commands = {
    &k_evidence,
    &k_agent_machine,
    &k_contracts,
    &k_redact,
    &k_scan,
    &k_completion,
};

constexpr std::array<const Command*, 1> k_doctor_commands = {&k_doctor_local_runtime};
constinit const Command k_doctor = {
    .name = "doctor",
    .summary = "look at a host as a whole",
    .commands = k_doctor_commands,
};

constexpr std::array<const Command*, 5> k_sourceos_commands = {
    &k_doctor, &k_evidence, &k_redact, &k_scan, &k_completion,
};
constinit const Command k_sourceos = {
    .name = "sourceos",
    .summary = "evidence of what a host, a workspace or an agent did",
    .commands = k_sourceos_commands,
};
constinit const Command k_sourceosctl = {
    .name = "sourceosctl",
    .summary = "collect, redact, sign and verify evidence of a host",
    .commands = k_top_commands,
};
constexpr std::array k_agent_commands = {
    &k_agent_list,    &k_agent_preflight, &k_agent_doctor,     &k_agent_status,
    &k_agent_logs,    &k_agent_stage,     &k_agent_install,    &k_agent_start,
    &k_agent_stop,    &k_agent_restart,   &k_agent_quarantine, &k_agent_uninstall,
    &k_agent_activate, &k_agent_scan,    &k_completion,
};
constinit const Command k_sourceos_agent = {
    .name = "sourceos-agent",
    .summary = "manage local agents",
    .commands = k_agent_commands,
};

// --- one call

std::string program_name(const std::vector<std::string>& argv) {
  const std::string path = argv.empty() ? "sourceosctl" : argv.front();
  const std::string name = path.substr(path.rfind('/') + 1);
  return name == "sourceos" || name == "sourceos-agent" ? name : "sourceosctl";
}

std::vector<std::string> arguments_of(const std::vector<std::string>& argv) {
  return argv.empty() ? argv : std::vector<std::string>(argv.begin() + 1, argv.end());
}

std::string version_line(std::string_view program) {
  return fmt::format("{} {}\n", program, SOURCEOS_VERSION);
}

Status check_store_use(const Command& command, const Context& context) {
  if (context.evidence == "none" && command.store == StoreUse::needed) {
    return fail(ErrorKind::usage, "usage", "'--evidence none' leaves this command nothing to do");
  }
  return {};
}

Result<Report> call(const Parsed& parsed, Context& context) {
  SOURCEOS_TRY(check_store_use(*parsed.command, context));
  try {
    return parsed.command->run(parsed.options, context);
  } catch (const std::bad_alloc&) {
    return fail(ErrorKind::io, "out-of-memory", "memory is used up");
  } catch (const std::exception& fault) {
    return fail(ErrorKind::internal, "internal", fmt::format("fault: {}", fault.what()));
  }
}

Status print(const Report& report, const Command& command, Context& context, Color color) {
  if (report.is_printed()) {
    return {};
  }
  if (context.json || command.print == nullptr) {
    return context.console.out(to_json_text(report.document(), Layout::pretty));
  }
  Text text(color, context.console.columns());
  command.print(report.document(), text);
  return context.console.out(text.str());
}

std::string help_command(const Context& context) {
  std::string words = context.program;
  for (const std::string& name : context.path) {
    words += " " + name;
  }
  return words + " --help";
}

// An error goes out in the form that was asked for; its text has been through redaction.
int finish_with_error(Error error, Context& context) {
  if (error.next.empty()) {
    error.next = help_command(context);
  }
  error = scrub(std::move(error), context);
  const Report report = error_report(error);
  // Where standard output is what failed, people still hear of it.
  if (!context.json || !context.console.out(to_json_text(report.document(), Layout::pretty))) {
    context.console.err(fmt::format("{}: {} ({})\n  next: {}\n", context.program,
                                    text::for_display_line(error.read_out()), error.reason,
                                    text::for_display_line(error.next)));
  }
  return static_cast<int>(report.code());
}

int finish(const Status& status, ExitCode code, Context& context) {
  return status ? static_cast<int>(code) : finish_with_error(status.error(), context);
}

int print_help(const Parsed& parsed, Context& context) {
  const std::string page = help_page(context.program, parsed.path, *parsed.command);
  if (!context.json) {
    return finish(context.console.out(page), ExitCode::done, context);
  }
  json::Value record = new_record("help");
  record["text"] = page;
  const Report report(std::move(record));
  return finish(context.console.out(to_json_text(report.document(), Layout::pretty)),
                ExitCode::done, context);
}

int print_version(Context& context) {
  if (!context.json) {
    return finish(context.console.out(version_line(context.program)), ExitCode::done, context);
  }
  json::Value record = new_record("version");
  record["program"] = context.program;
  record["version"] = SOURCEOS_VERSION;
  const Report report(std::move(record));
  return finish(context.console.out(to_json_text(report.document(), Layout::pretty)),
                ExitCode::done, context);
}

bool asks_for_json(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") {
      return false;
    }
    if (argument == "--json") {
      return true;
    }
  }
  return false;
}

}  // namespace

const Command& command_tree(std::string_view program) {
  if (program == "sourceos") {
    return k_sourceos;
  }
  return program == "sourceos-agent" ? k_sourceos_agent : k_sourceosctl;
}

bool answer_without_host(const std::vector<std::string>& argv, Console& console, int& status) {
  if (argv.size() != 2 || argv[1] != "--version") {
    return false;
  }
  status = static_cast<int>(console.out(version_line(program_name(argv))) ? ExitCode::done
                                                                          : ExitCode::failure);
  return true;
}

int run(const std::vector<std::string>& argv, host::Host& host, host::ToolFinder& tools,
        Console& console) {
  Context context{.host = host,
                  .tools = tools,
                  .console = console,
                  .version = SOURCEOS_VERSION,
                  .program = program_name(argv),
                  .argv = argv};
  const std::vector<std::string> arguments = arguments_of(argv);
  Parsed parsed;
  const Status understood = parse(command_tree(context.program), arguments, parsed);
  context.path = parsed.path;
  context.json = asks_for_json(arguments);
  context.quiet = parsed.options.has("--quiet");
  context.evidence = parsed.options.value_or("--evidence", "");
  if (host.environment.test_seams) {
    context.note("test seams are on: test keys, test store");
  }
  if (!understood) {
    return finish_with_error(understood.error(), context);
  }
  if (parsed.wants_help) {
    return print_help(parsed, context);
  }
  if (parsed.wants_version) {
    return print_version(context);
  }
  const Result<Report> report = call(parsed, context);
  if (!report) {
    return finish_with_error(report.error(), context);
  }
  const bool colored = console.out_is_terminal() && !console.color_unwanted() &&
                       !parsed.options.has("--no-color");
  return finish(print(*report, *parsed.command, context, colored ? Color::always : Color::never),
                report->code(), context);
}

}  // namespace sourceos::cli
