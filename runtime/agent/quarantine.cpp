#include "runtime/agent/quarantine.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/interrupt.hpp"
#include "host/tools/plist.hpp"
#include "redact/pipeline.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/preflight_run.hpp"
#include "runtime/agent/thaw.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

}  // namespace

Quarantine::Quarantine(const host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent,
                       ActionLog& log, const redact::Pipeline& redaction, QuarantineSetting setting)
    : host_(host),
      backend_(backend),
      agent_(agent),
      d_(agent.declaration),
      log_(log),
      redaction_(redaction),
      setting_(std::move(setting)),
      actor_(host, backend, agent, log),
      started_at_(host.clock.now()),
      frozen_(std::make_unique<json::Value>(json::Value::object())) {
  constexpr std::size_t k_steps = 16;
  steps_.reserve(k_steps);  // references to rows stay good
}

QuarantineStep& Quarantine::step(int number, std::string action) {
  return steps_.emplace_back(QuarantineStep{number, std::move(action), "done", {}, {}});
}

void Quarantine::keep(QuarantineStep& step, const std::string& file, const std::string& bytes,
                      std::string_view name_for_format) {
  redact::DocumentOptions how;
  how.name = name_for_format;
  how.findings = false;
  std::string clean = redaction_.document(bytes, how).bytes();
  const fs::path path = setting_.directory / file;
  const Status written =
      host::write_file_atomically(path, clean, 0600, host::Durability::none);
  if (!written) {
    step.status = "failed";
    step.detail += (step.detail.empty() ? "" : "; ") + redaction_.text(written.error().read_out()).str();
    return;
  }
  files_.push_back({file, std::move(clean)});
  step.file = step.file.empty() ? file : step.file;
}

void Quarantine::keep_json(QuarantineStep& step, const std::string& file, const json::Value& document) {
  keep(step, file, document.dump(2) + "\n", "x.json");
}

// What a program said, or why it said nothing.
void Quarantine::keep_answer(QuarantineStep& step, const std::string& file, const CommandRun& run) {
  if (run.ok()) {
    keep(step, file, run.output, file);
    return;
  }
  step.detail = redaction_.text(complaint(run)).str();
  keep_json(step, file, {{"available", false}, {"detail", complaint(run)}});
}

// A client that hung once hangs again: it is asked no second time, or looking would take minutes.
CommandRun Quarantine::ask(std::vector<std::string> argv, std::uint64_t timeout_ms) {
  if (podman_hangs_) {
    CommandRun run;
    run.argv = std::move(argv);
    run.started_at = run.finished_at = host_.clock.now();
    run.end = host::ProcessEnd::timed_out;
    return run;
  }
  CommandRun run = run_and_note(host_, std::move(argv), timeout_ms);
  podman_hangs_ = run.end == host::ProcessEnd::timed_out;
  return run;
}

CommandRun Quarantine::podman(std::vector<std::string> words) {
  return ask(podman_argv(d_, std::move(words)), limits::k_probe_timeout_ms);
}

bool Quarantine::is_partial() const {
  const bool failed = std::ranges::any_of(steps_, [](const QuarantineStep& each) {
    return (each.number == 2 || each.number == 3) && each.status == "failed";
  });
  return failed || !residual_.empty();
}

Status Quarantine::run() {
  SOURCEOS_TRY(host::make_directories(setting_.directory, 0700));
  const host::InterruptShield shield;  // half of it would be neither in nor out of service
  freeze();
  stop();
  disable();
  move_definitions();
  capture_logs();
  capture_status();
  capture_podman();
  capture_container();
  capture_image();
  capture_auth();
  look_for_residue();
  // Both rows are there before the text and the manifest are made, so that both tell the whole.
  step(10, "manifest").file = "manifest.json";
  QuarantineStep& last = step(11, "remediation");
  keep(last, "remediation.md", remediation(), "remediation.md");
  return {};
}

// --- steps 1 to 3

void Quarantine::stop() {
  QuarantineStep& now = step(1, "stop");
  if (was_paused_) {
    (void)log_.run("resume-container", d_.container_name, podman({"unpause", d_.container_name}));
  }
  const std::uint64_t limit_ms = stop_timeout_ms(d_);
  const OrderResult stopped = backend_.stop(actor_.service(), limit_ms);
  bool ok = log_.order("stop", actor_.service().unit, stopped);
  json::Value document = {{"service", {{"ok", stopped.ok}, {"reason", stopped.reason}, {"detail", stopped.detail}}}};
  if (container_) {
    const CommandRun run = ask(
        podman_argv(d_, {"stop", "--ignore", "--time", fmt::format("{}", d_.shutdown_timeout_s), d_.container_name}),
        limit_ms);
    const bool done = log_.run("stop-container", d_.container_name, run);
    document["container"] = {{"ok", done}, {"detail", done ? "" : complaint(run)}};
    OrderResult remains;
    if (done && !podman_hangs_) {
      remove_remains(host_, d_, remains);
    }
    if (!remains.commands.empty()) {
      (void)log_.order("remove-container", d_.container_name, remains);
    }
    ok = ok && done;
  }
  // What is left of the service's processes is ended; it had its time.
  if (backend_.status(actor_.service()).active) {
    const OrderResult killed = backend_.kill(actor_.service());
    (void)log_.order("kill", actor_.service().unit, killed);
    document["kill"] = {{"ok", killed.ok}, {"detail", killed.detail}};
    ok = ok || killed.ok;
  }
  now.status = ok ? "done" : "failed";
  now.detail = redaction_.text(stopped.detail).str();
  keep_json(now, "service-stop.json", document);
}

void Quarantine::disable() {
  QuarantineStep& now = step(2, "disable");
  const OrderResult result = backend_.disable(actor_.service());
  disabled_ = log_.order("disable", actor_.service().unit, result);
  now.status = disabled_ ? "done" : "failed";
  now.detail = redaction_.text(result.detail).str();
  keep_json(now, "service-disable.json",
            {{"ok", result.ok}, {"reason", result.reason}, {"detail", result.detail}});
  if (!disabled_) {
    for (const auto& argv : backend_.disable_commands(actor_.service())) {
      by_hand_.push_back(command_line(argv));
    }
  }
}

// A binary property list is kept as XML: what cannot be read as text cannot be redacted as text.
void Quarantine::keep_definition(QuarantineStep& now, const std::string& file, const std::string& bytes,
                                 const std::string& name) {
  if (!host::is_binary_plist(bytes)) {
    keep(now, file, bytes, name);
    return;
  }
  const auto xml = host::plist_as_xml(bytes);
  keep(now, file, xml ? *xml : fmt::format("not kept: {}\n", xml.error().message), name);
}

// The original is moved where nothing collects it, byte for byte; what stays is redacted.
void Quarantine::move_one(QuarantineStep& now, const fs::path& file, const std::string& copy) {
  const auto bytes = host::read_file(file, 16 * limits::k_mib);
  const fs::path held = actor_.places().held / file.filename();
  const Status moved = log_.file("move-definition", file, [&]() -> Status {
    if (!bytes) {
      return fail(bytes.error());
    }
    SOURCEOS_TRY(host::make_directories(held.parent_path(), 0700));
    // Within one file system it needs no room, and is there whole or not at all.
    const auto facts = host::describe(file);
    std::error_code error;
    if (facts && facts->kind == host::FileKind::regular) {
      fs::rename(file, held, error);
      if (!error) {
        fs::permissions(held, fs::perms::owner_read | fs::perms::owner_write, error);
        return {};
      }
    }
    SOURCEOS_TRY(host::write_file_atomically(held, *bytes, 0600, host::Durability::synced));
    const auto digest = digest_of(held);
    if (!digest || *digest != bundle::sha256(*bytes)) {
      return fail(ErrorKind::io, "copy-differs", "the copy differs from the original");
    }
    fs::remove(file, error);
    return error ? Status(fail(system_error(error.value(), fmt::format("remove '{}'", file.string()))))
                 : Status{};
  });
  if (bytes && d_.capture_definition) {
    keep_definition(now, copy, *bytes, file.filename().string());
  }
  if (!moved) {
    now.status = "failed";
    now.detail += redaction_.text(moved.error().read_out()).str() + " ";
    by_hand_.push_back(fmt::format("sudo rm {}", command_line({file.string()})));
  }
}

void Quarantine::move_definitions() {
  QuarantineStep& now = step(3, "move-definition");
  const AgentPlaces& places = actor_.places();
  const bool macos = backend_.platform() == Platform::macos;
  bool found = false;
  if (host::describe(places.definition)) {
    found = true;
    move_one(now, places.definition, macos ? "service.plist.disabled" : "service.unit.disabled");
  }
  if (!places.legacy_plist.empty() && places.legacy_plist != places.definition &&
      host::describe(places.legacy_plist)) {
    found = true;
    move_one(now, places.legacy_plist, "legacy-service.plist.disabled");
  }
  moved_ = now.status != "failed";
  if (!found) {
    now.status = "skipped";
    now.detail = "there is no definition";
    return;
  }
  if (!d_.capture_definition) {
    now.detail += "not captured by declaration";
  }
  (void)log_.order("reload", actor_.service().unit, backend_.reload(actor_.service()));
}

// --- the end

void Quarantine::look_for_residue() {
  // A restart that was under way shows within two delays; a bounded agent has at most 30 seconds.
  const bool may_restart = d_.restart != RestartPolicy::manual && status_.active;
  if (may_restart) {
    constexpr std::uint64_t k_wait_max_s = 30;
    std::this_thread::sleep_for(
        std::chrono::seconds(std::min(2 * d_.restart_delay_s, k_wait_max_s)));
  }
  const ServiceStatus after = backend_.status(actor_.service());
  const auto left = [&](const std::string& what) { residual_.push_back(redaction_.text(what).str()); };
  if (after.active) {
    left(fmt::format("service {} is {}", actor_.service().unit, after.state));
  }
  if (after.enabled) {
    left(fmt::format("service {} is enabled", actor_.service().unit));
  }
  if (host::describe(actor_.places().definition)) {
    left(fmt::format("definition {} is in place", actor_.places().definition.string()));
  }
  if (!actor_.places().legacy_plist.empty() && host::describe(actor_.places().legacy_plist)) {
    left(fmt::format("definition {} is in place", actor_.places().legacy_plist.string()));
  }
  for (const ProcessFacts& process : processes_) {
    if (still_lives(host_, process)) {
      left(fmt::format("process {} ({}) lives", process.pid, process.executable));
    }
  }
  const auto container = podman_hangs_ ? std::nullopt : find_container(host_, d_);
  if (container && (container->state == "running" || container->state == "paused")) {
    left(fmt::format("container {} is {}", d_.container_name, container->state));
  }
  // With the definition gone nothing needs to be forbidden any more.
  if (moved_ && residual_.empty()) {
    if (log_.order("allow", actor_.service().unit, backend_.allow(actor_.service()))) {
      note_thawed(actor_.places());
    }
  }
}

Status Quarantine::finish(const std::string& bundle_id) {
  const Status written = host::write_file_atomically(setting_.directory / "manifest.json",
                                                     manifest(bundle_id).dump(2) + "\n", 0600,
                                                     host::Durability::synced);
  AgentState state = read_state(actor_.places());
  state.phase = AgentPhase::quarantined;
  state.last_bundle = bundle_id;
  state.last_quarantine = setting_.directory.string();
  state.own_override = backend_.platform() == Platform::macos && disabled_;
  const Status noted = write_state(actor_.places(), std::move(state), host_.clock.now());
  return written ? noted : written;
}

std::vector<PlannedAction> quarantine_plan(const host::Host& host, ServiceBackend& backend,
                                           const ReadDeclaration& agent, const fs::path& directory) {
  ActionLog unused(host);
  const Actor actor(host, backend, agent, unused);
  std::vector<PlannedAction> plan = {{"freeze", actor.service().unit}};
  std::ranges::move(actor.stop_plan(), std::back_inserter(plan));
  for (auto& argv : backend.disable_commands(actor.service())) {
    plan.push_back({"disable", actor.service().unit, argv});
  }
  for (const fs::path& file : {actor.places().definition, actor.places().legacy_plist}) {
    if (!file.empty() && host::describe(file)) {
      plan.push_back({"move-definition", file.string()});
    }
  }
  for (auto& argv : backend.reload_commands(actor.service())) {
    plan.push_back({"reload", actor.service().unit, argv});
  }
  plan.push_back({"capture", directory.string()});
  return plan;
}

}  // namespace sourceos::runtime
