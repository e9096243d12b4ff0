#include "cli/machine_session.hpp"

#include <optional>

#include <fmt/format.h>

#include "cli/machine_hints.hpp"
#include "cli/render.hpp"
#include "cli/run_result.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"
#include "host/interrupt.hpp"

namespace sourceos::cli {

namespace {

constexpr std::string_view k_sha256 = "sha256:";
constexpr std::size_t k_urn_digits = 32;

collect::SessionOptions session_options(const Context& context, bundle::Mode mode,
                                        std::string_view subject_kind,
                                        const std::string& subject_ref) {
  collect::SessionOptions options;
  options.store = store_root(context);
  options.argv = context.argv;
  options.command_path = context.path;
  options.toolkit_version = context.version;
  options.mode = mode;
  options.plan.name = "agent-machine";
  options.plan.subject_kind = subject_kind;
  options.plan.subject_ref = subject_ref;
  options.plan.collector("host");
  options.plan.collector("tools");
  return options;
}

}  // namespace

Result<MachineSession> MachineSession::begin(Context& context, bundle::Mode mode,
                                             std::string_view subject_kind,
                                             const std::string& subject_ref) {
  MachineSession made(context);
  made.acts_ = mode == bundle::Mode::apply;
  if (context.evidence == "none") {
    if (made.acts_) {
      return fail(ErrorKind::usage, "usage",
                  "'--evidence none' is for commands that change nothing");
    }
    EngineOptions options;
    options.may_make_store = false;
    options.scalar = true;
    SOURCEOS_TRY_ASSIGN(Engine engine, Engine::create(context, options));
    made.engine_ = std::make_unique<Engine>(std::move(engine));
    made.engine_->pipeline().freeze();
    made.spare_facts_ = std::make_unique<collect::SessionFacts>();
    return made;
  }
  auto session = collect::Session::begin(context.host, context.tools,
                                         session_options(context, mode, subject_kind, subject_ref));
  if (!session && made.acts_) {
    Error error(ErrorKind::refused, "evidence-unavailable",
                fmt::format("no bundle can be kept: {} ({})", session.error().read_out(),
                            session.error().reason));
    error.next = session.error().next;
    return fail(std::move(error));
  }
  if (!session) {
    return fail(std::move(session).error());
  }
  made.session_ = std::make_unique<collect::Session>(std::move(*session));
  return made;
}

const redact::Pipeline& MachineSession::pipeline() const {
  return session_ ? session_->pipeline() : engine_->pipeline();
}

std::filesystem::path MachineSession::scratch() const {
  return session_ ? session_->scratch() : std::filesystem::path();
}

collect::SessionFacts& MachineSession::facts() {
  return session_ ? session_->facts() : *spare_facts_;
}

std::string MachineSession::host_tag(std::string_view machine_id) const {
  return session_ ? session_->host_tag(machine_id)
                  : engine_->pipeline().tag_of("machine:" + std::string(machine_id));
}

json::Value MachineSession::clean(const json::Value& value) const {
  return json::Value::parse(pipeline().json(value).canonical(), nullptr, false);
}

Status MachineSession::intend(const json::Value& document) {
  if (!session_) {
    return {};
  }
  if (auto status = session_->intend(document); !status) {
    return fail(ErrorKind::refused, "evidence-unavailable",
                fmt::format("the intent cannot be kept: {}", status.error().read_out()));
  }
  return {};
}

Status MachineSession::add(std::vector<std::string> path, collect::EntryKind kind,
                           const json::Value& document) {
  return session_ ? session_->add_json(std::move(path), kind, document) : Status();
}

void MachineSession::add_text(std::vector<std::string> path, collect::EntryKind kind,
                              std::string text) {
  if (session_) {
    collect::Artifact artifact;
    artifact.path = std::move(path);
    artifact.kind = kind;
    artifact.media_type = collect::MediaType::text;
    artifact.hint = collect::ContentHint::text;
    artifact.content = std::move(text);
    session_->add(std::move(artifact));
  }
}

Status MachineSession::add_probes(const std::vector<runtime::PodmanAnswer>& answers,
                                  const char* folder) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const runtime::PodmanAnswer& answer = answers[i];
    const bool is_machine = answer.name == "machine-inspect" || answer.name == "machine-list";
    const bool is_image = answer.name == "image-inspect";
    const bool is_container = answer.name.starts_with("container-inspect");
    const auto kind = is_machine     ? collect::EntryKind::machine_inspect
                      : is_image     ? collect::EntryKind::image_inspect
                      : is_container ? collect::EntryKind::container_inspect
                                     : collect::EntryKind::probe_output;
    SOURCEOS_TRY(add({folder, fmt::format("{:02}-{}.json", i + 1, answer.name)}, kind,
                     runtime::as_probe_entry(answer)));
  }
  return {};
}

Result<Report> MachineSession::finish(const json::Value& record, const End& end) {
  json::Value shown = clean(record);
  shown["bundleId"] = nullptr;
  const auto next = shown.find("next");
  if (!end.reason.empty() && (next == shown.end() || next->is_null() || *next == "")) {
    shown["next"] = hint_for(end.reason, {});
  } else if (next != shown.end() && next->is_string()) {
    const std::string words = typeable(next->get<std::string>());
    *next = words.empty() ? json::Value(nullptr) : json::Value(words);
  }
  int code = end.exit_code;
  std::string reason = end.reason;
  if (session_) {
    // A mutating command has its bundle whatever signal ended it.
    std::optional<host::InterruptShield> shield;
    if (acts_) {
      shield.emplace();
    }
    Status status = session_->collect();
    auto sealed = status ? session_->seal({.exit_code = static_cast<std::uint64_t>(code),
                                           .result = end.result,
                                           .reason = reason,
                                           .started = end.started})
                         : Result<collect::SessionReport>(fail(std::move(status).error()));
    if (!sealed && !acts_) {
      return fail(std::move(sealed).error());
    }
    if (!sealed) {  // the action is done and cannot be undone by an error: its intent stays open
      context_->note("the bundle could not be written: " + sealed.error().read_out());
      code = static_cast<int>(ExitCode::partial);
      reason = "evidence-incomplete";
    } else {
      bundle_id_ = sealed->id.text();
      shown["bundleId"] = bundle_id_;
      shown["seq"] = sealed->seq;
      for (const std::string& warning : sealed->warnings) {
        context_->note(warning);
      }
      SOURCEOS_TRY(ensure_local_trust(*context_));
    }
  }
  return Report(std::move(shown), static_cast<ExitCode>(code), reason);
}

std::string MachineSession::bundle_urn() const {
  return bundle_id_.empty()
             ? std::string()
             : "urn:srcos:evidence-bundle:" + bundle_id_.substr(k_sha256.size(), k_urn_digits);
}

Result<Report> refuse_early(Context& context, const EarlyRefusal& what, const Error& error) {
  if (error.kind != ErrorKind::refused) {
    return fail(error);
  }
  if (error.reason == "store-in-mount") {
    context.evidence.clear();
    context.note("the refusal is recorded in the account's own store");
  }
  SOURCEOS_TRY_ASSIGN(MachineSession session,
                      MachineSession::begin(context, bundle::Mode::dry_run, what.subject_kind,
                                            what.subject_ref));
  session.facts().denied_attempts.push_back({what.target, error.reason, "deny"});
  SOURCEOS_TRY(session.add(
      {"policy-decision.json"}, collect::EntryKind::policy_decision,
      {{"type", "PolicyDecision"}, {"decision", "deny"}, {"reason", error.reason}}));
  json::Value record = new_record(fmt::format("{}", fmt::join(context.path, "-")));
  record["message"] = error.read_out();
  const std::string next =
      error.next.empty() ? hint_for(error.reason, {.repo = what.target}) : error.next;
  record["next"] = next.empty() ? json::Value(nullptr) : json::Value(next);
  record["started"] = false;
  record["written"] = false;
  return session.finish(record, end_of(error));
}

MachineSession::End end_of(const Error& error) {
  const ExitCode code = exit_code_of(error.kind);
  return {.exit_code = static_cast<int>(code), .result = run_result(code), .reason = error.reason};
}

}  // namespace sourceos::cli
