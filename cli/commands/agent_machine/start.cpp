#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/guarded.hpp"
#include "cli/machine_documents.hpp"
#include "cli/machine_options.hpp"
#include "cli/machine_session.hpp"
#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"
#include "runtime/machine/shared_paths.hpp"
#include "runtime/machine/machine_start.hpp"

namespace sourceos::cli {

namespace {

using runtime::StartPlan;

constexpr std::uint64_t k_start_timeout_ms = 120'000;  // a machine boots in about 20 s

constexpr std::array k_own_options = {
    Option{.name = "--machine",
           .kind = ValueKind::text,
           .value = "NAME",
           .help = "The machine; the profile's by default"},
    Option{.name = "--timeout",
           .kind = ValueKind::number,
           .value = "SECONDS",
           .help = "How long to wait for its socket; 30 by default"},
};
constexpr auto k_options = joined(k_profile_option, k_own_options, k_mutating_options);

struct Run {
  MachineSession& session;
  runtime::PodmanClient& podman;
  StartPlan plan;
  std::string machine;
  std::optional<Error> error;
};

void note_action(Run& run, const Context& context, collect::ActionStatus status,
                 const runtime::PodmanAnswer* answer, UtcTime began) {
  collect::ActionFacts action;
  action.action = "start";
  action.target = run.machine;
  action.argv = run.plan.argv;
  action.started_at = began;
  action.finished_at = context.host.clock.now();
  action.status = status;
  if (answer != nullptr) {
    action.exit_code = static_cast<std::uint64_t>(answer->outcome.status);
    action.detail = answer->outcome.error_output;
  }
  run.session.facts().actions.push_back(std::move(action));
}

// Starts or waits; an error is how the run ended.
Status act(Run& run, const Context& context, std::uint64_t wait_ms) {
  if (run.plan.act == StartPlan::Act::start) {
    SOURCEOS_TRY(run.session.intend(
        {{"command", "agent-machine start"},
         {"subject", run.machine},
         {"plan", {{{"action", "start"}, {"target", run.machine}, {"argv", run.plan.argv}}}}}));
    const UtcTime began = context.host.clock.now();
    const runtime::PodmanAnswer answer =
        run.podman.ask("machine-start", {"machine", "start", run.machine},
                       runtime::PodmanClient::Reach::local, k_start_timeout_ms);
    note_action(run, context,
                answer.ok() ? collect::ActionStatus::done : collect::ActionStatus::failed, &answer,
                began);
    if (!answer.ok()) {
      return fail(ErrorKind::refused, "start-failed",
                  fmt::format("podman machine start ended with {}", answer.outcome.status));
    }
  }
  if (run.plan.act == StartPlan::Act::nothing) {
    return {};
  }
  return runtime::wait_for_machine(run.podman, run.machine,
                                   {.limit_ms = wait_ms, .is_interrupted = [&context] {
                                      return context.host.is_interrupted();
                                    }});
}

json::Value record_of(const Run& run, const Context& context, Go go) {
  const auto word_or_null = [](const std::string& word) {
    return word.empty() ? json::Value(nullptr) : json::Value(word);
  };
  json::Value record = new_record("agent-machine-start");
  record["machine"] = word_or_null(run.machine);
  record["machineState"] = run.plan.machine.state;
  record["note"] = word_or_null(run.plan.note);
  record["message"] = run.error ? json::Value(run.error->read_out()) : json::Value(nullptr);
  record["recommended"] = word_or_null(run.plan.recommended);
  record["dryRun"] = go == Go::plan;
  record["plan"] = json::Value::array();
  if (run.plan.act == StartPlan::Act::start) {
    record["plan"].push_back(
        {{"action", "start"}, {"target", run.machine}, {"argv", run.plan.argv}});
  }
  record["nonClaims"] = run.plan.non_claims;
  record["host"] = context.host.environment.adapter;
  return record;
}

Result<Report> start(const Options& options, Context& context) {
  const Result<Go> decided = decide_go(options, context);
  if (!decided) {
    return refuse_early(context, {"podman-machine", options.value_or("--machine", "machine"), "machine"},
                        decided.error());
  }
  const Go go = *decided;
  SOURCEOS_TRY_ASSIGN(const runtime::LoadedProfile profile, chosen_profile(options, context));
  const std::string machine =
      options.value_or("--machine", profile.profile.runtime.machine_name.value_or(""));
  SOURCEOS_TRY_ASSIGN(
      MachineSession session,
      MachineSession::begin(context, go == Go::act ? bundle::Mode::apply : bundle::Mode::dry_run,
                            "podman-machine", machine.empty() ? "native" : machine));
  const runtime::DenySet deny = machine_deny_set(context);
  runtime::PodmanClient podman(context.host, context.tools,
                               profile.profile.runtime.connection.value_or(""));
  std::vector<std::string> roots;
  for (const std::string& root : runtime::machine_roots(profile.profile, deny)) {
    if (!deny.find(root)) {
      roots.push_back(root);
    }
  }
  if (roots.empty()) {
    roots.push_back(deny.home() + "/dev");  // the default code root, never the whole home
  }
  Run run{session, podman, runtime::plan_start(podman, profile.profile, machine, roots), machine,
          std::nullopt};
  if (run.plan.act == StartPlan::Act::refuse) {
    run.error = Error(ErrorKind::refused, run.plan.reason, run.plan.message);
  } else if (go == Go::act) {
    const Status done = act(run, context, options.number("--timeout").value_or(30) * 1000);
    if (!done &&
        (done.error().kind == ErrorKind::usage || done.error().reason == "evidence-unavailable")) {
      return fail(done.error());
    }
    if (!done) {
      run.error = done.error();
    }
  } else if (run.plan.act == StartPlan::Act::start) {
    note_action(run, context, collect::ActionStatus::planned, nullptr, context.host.clock.now());
  }
  if (session.facts().actions.empty()) {
    note_action(run, context, collect::ActionStatus::skipped, nullptr, context.host.clock.now());
  }
  session.facts().profile_ref = profile.profile.id;
  session.facts().non_claims = run.plan.non_claims;
  SOURCEOS_TRY(add_profile(session, profile.profile));
  SOURCEOS_TRY(session.add_probes(podman.answers()));
  json::Value record = record_of(run, context, go);
  if (!run.plan.recommended.empty()) {
    record["next"] = run.plan.recommended;
  } else if (run.plan.act == StartPlan::Act::start && !run.error) {
    record["next"] = next_of_plan(options, go);
  }
  return session.finish(record,
                        run.error ? end_of(*run.error) : MachineSession::End{});
}

void print(const json::Value& record, Text& text) {
  const std::string reason = text_of(record, "reason");
  if (!reason.empty()) {
    text.line("not started: " + reason, Tone::bad);
    text.field("message", text_of(record, "message"));
  } else if (!text_of(record, "note").empty()) {
    text.line(text_of(record, "note"), Tone::good);
  } else {
    text.line(flag_of(record, "dryRun") ? "would start" : "started", Tone::good);
  }
  text.field("machine", part_of(record, "machine"));
  if (!text_of(record, "machineState").empty()) {
    text.field("state", text_of(record, "machineState"));
  }
  for (const json::Value& sentence : part_of(record, "nonClaims")) {
    text.line(sentence.get<std::string>(), Tone::dim);
  }
  if (!text_of(record, "next").empty()) {
    text.next(text_of(record, "next"));
  }
  text.field("bundle", part_of(record, "bundleId"));
}

constexpr std::array k_examples = {
    Example{"Start the machine that a profile names", "agent-machine start --profile macos-podman"},
};

}  // namespace

constinit const Command k_agent_machine_start = {
    .name = "start",
    .summary = "start the Podman machine of a profile, if it needs one",
    .description =
        "Starts a machine that is there and stopped, and waits for its socket. Never creates, "
        "removes, "
        "resets or reconfigures one: where there is none, it prints the command that would make "
        "it, with "
        "the profile's roots as the only shared folders.",
    .options = k_options,
    .examples = k_examples,
    .run = start,
    .print = print,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli
