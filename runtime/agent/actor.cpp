#include "runtime/agent/actor.hpp"

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/interrupt.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/definition.hpp"
#include "runtime/agent/launcher.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_empty_authfile = "{\"auths\":{}}\n";
constexpr std::uint64_t k_milliseconds = 1'000;

ActResult failed(std::string_view reason, std::string detail) {
  return {.ok = false, .changed = true, .reason = std::string(reason), .detail = std::move(detail)};
}

ActResult failed(const Error& error) { return failed(error.reason, error.read_out()); }

std::string after_complaint(const Declaration& d) {
  const std::string words = launcher_complaint(d);
  return words.empty() ? words : "; the launcher says: " + words;
}

bool is_same(const fs::path& path, const std::string& text, std::uint32_t mode) {
  const auto facts = host::describe(path);
  const auto now = host::read_file(path, limits::k_config_file_bytes_max);
  return facts && now && *now == text && facts->mode == mode &&
         facts->kind == host::FileKind::regular;
}

}  // namespace

Actor::Actor(const host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent,
             ActionLog& log, fs::path podman_directory)
    : host_(host),
      backend_(backend),
      agent_(agent),
      d_(agent.declaration),
      log_(log),
      podman_directory_(std::move(podman_directory)),
      places_(places_of(agent.declaration, host)),
      service_(service_ref(agent.declaration, host)) {}

std::vector<std::string> Actor::podman(std::vector<std::string> words) const {
  std::vector<std::string> argv = {"podman"};
  if (d_.connection) {
    argv.insert(argv.end(), {"--connection", *d_.connection});
  }
  argv.insert(argv.end(), words.begin(), words.end());
  return argv;
}

std::optional<ContainerAnswer> Actor::container() const {
  if (d_.runtime != AgentRuntime::podman) {
    return std::nullopt;
  }
  const CommandRun run = run_and_note(host_, podman({"container", "inspect", d_.container_name}),
                                      limits::k_probe_timeout_ms);
  return run.ok() ? container_in(run.output) : std::nullopt;
}

// --- install

Status Actor::write(std::string_view action, const fs::path& path, const std::string& text,
                    std::uint32_t mode) {
  if (is_same(path, text, mode)) {
    log_.skipped(action, path.string(), "unchanged");
    return {};
  }
  return log_.file(action, path, [&]() -> Status {
    const auto before = host::read_file(path, limits::k_config_file_bytes_max);
    const auto facts = host::describe(path);
    SOURCEOS_TRY(host::make_directories(path.parent_path(), 0700));
    SOURCEOS_TRY(host::write_file_atomically(path, text, mode, host::Durability::synced));
    written_.push_back({path, before ? std::optional(*before) : std::nullopt,
                        facts ? facts->mode : mode});
    changed_ = true;
    return {};
  });
}

// Last first: what a service manager would read goes before what it points at.
void Actor::undo_writes() {
  for (auto one = written_.rbegin(); one != written_.rend(); ++one) {
    (void)log_.file("roll-back", one->path, [&]() -> Status {
      if (one->before) {
        return host::write_file_atomically(one->path, *one->before, one->mode, host::Durability::none);
      }
      std::error_code error;
      fs::remove(one->path, error);
      return error ? Status(fail(system_error(error.value(), "remove '" + one->path.string() + "'")))
                   : Status{};
    });
  }
  written_.clear();
}

std::string Actor::provenance() const {
  const CommandRun inspected =
      d_.runtime == AgentRuntime::podman
          ? run_and_note(host_, podman({"image", "inspect", d_.image}), limits::k_probe_timeout_ms)
          : CommandRun{};
  const auto image = inspected.ok() ? image_in(inspected.output) : std::nullopt;
  const json::Value record = {
      {"agent", d_.name},
      {"runtimeImage", d_.image.empty() ? json::Value() : json::Value(d_.image)},
      {"sourceImage", d_.source_image ? json::Value(*d_.source_image) : json::Value()},
      {"imageId", image && !image->id.empty() ? json::Value(image->id) : json::Value()},
      {"repoDigests", image ? json::Value(image->digests) : json::Value::array()},
      {"pulledAt", nullptr},
      {"runtimeAuth", to_string(d_.auth_mode)},
      {"pullAuth", d_.auth_mode == AuthMode::service_account ? "service-account" : "unknown"}};
  return record.dump(2) + "\n";
}

Status Actor::write_all(const std::string& launcher, const std::string& definition) {
  if (d_.auth_mode == AuthMode::empty_authfile && d_.runtime == AgentRuntime::podman &&
      !host::describe(d_.authfile)) {
    SOURCEOS_TRY(write("write-authfile", d_.authfile, std::string(k_empty_authfile), 0600));
  }
  for (const fs::path& log : {d_.app_log, d_.stdout_log, d_.stderr_log}) {
    if (!log.empty() && !host::describe(log.parent_path())) {
      const auto make = [&] { return host::make_directories(log.parent_path(), 0700); };
      SOURCEOS_TRY(log_.file("make-log-directory", log.parent_path(), make));
      changed_ = true;
    }
  }
  SOURCEOS_TRY(write("write-launcher", places_.launcher, launcher, 0755));
  SOURCEOS_TRY(write("write-provenance", places_.state / "provenance.json", provenance(), 0600));
  return write("write-definition", places_.definition, definition, 0644);
}

ActResult Actor::install() {
  auto tag = make_owner_tag(places_, d_.name, host_);
  if (!tag) {
    return failed(tag.error());
  }
  const auto launcher = make_launcher(d_, {.platform = backend_.platform(),
                                           .state = places_.state,
                                           .podman_directory = podman_directory_,
                                           .owner_tag = *tag});
  if (!launcher) {
    return failed(launcher.error());
  }
  const std::string definition = make_definition(d_, backend_.platform(), places_.launcher);
  Status done = write_all(*launcher, definition);
  if (done && changed_) {
    const OrderResult reloaded = backend_.reload(service_);
    (void)log_.order("reload", service_.unit, reloaded);
    if (!reloaded.ok) {
      done = fail(ErrorKind::unavailable, reloaded.reason, reloaded.detail);
    }
  }
  if (done) {
    done = note_state(AgentPhase::installed);
  }
  if (!done) {
    const host::InterruptShield shield;
    undo_writes();
    (void)backend_.reload(service_);
    return failed(done.error());
  }
  written_.clear();
  return {.ok = true, .changed = changed_, .reason = {}, .detail = {}};
}

Status Actor::note_state(AgentPhase phase, const std::string& reason) {
  AgentState state = read_state(places_);
  const AgentState before = state;
  if (state.managed_by.empty()) {
    state.managed_by = "operator";
  }
  state.phase = phase;
  state.reason = reason;
  state.declaration_hash = agent_.hash;
  state.definition_path = places_.definition.string();
  const auto hex = [](const fs::path& path) {
    const auto digest = digest_of(path);
    return digest ? digest->hex() : std::string();
  };
  state.launcher_sha256 = hex(places_.launcher);
  state.definition_sha256 = hex(places_.definition);
  if (const auto now = phase == AgentPhase::running ? container() : std::nullopt) {
    state.container_id = now->id;
  }
  if (phase == AgentPhase::enabled || phase == AgentPhase::running) {
    state.own_override = false;
  }
  // A second install of what runs already leaves the notes as they are.
  const bool known = phase == AgentPhase::installed && !changed_ &&
                     before.declaration_hash == state.declaration_hash &&
                     before.phase != AgentPhase::absent && before.phase != AgentPhase::staged &&
                     before.phase != AgentPhase::quarantined;
  return known ? Status{} : write_state(places_, std::move(state), host_.clock.now());
}

// --- start and stop

bool Actor::is_healthy(std::string& detail) {
  switch (d_.health_type) {
    case HealthType::podman_container: {
      if (d_.runtime == AgentRuntime::podman) {
        const auto now = container();
        detail = now ? fmt::format("container is {}", now->state) : "there is no container";
        return now && now->state == d_.health_expected;
      }
      break;  // another runtime has no container: its process counts
    }
    case HealthType::command: {
      const CommandRun run = run_and_note(host_, d_.health_command, limits::k_probe_timeout_ms);
      detail = run.ok() ? "health command succeeds" : complaint(run);
      return run.ok();
    }
    case HealthType::none:
      break;
  }
  const ServiceStatus now = backend_.status(service_);
  detail = now.state.empty() ? "service is not known" : fmt::format("service is {}", now.state);
  return now.active;
}

ActResult Actor::fail_start(std::string_view reason, const std::string& detail) {
  const host::InterruptShield shield;
  (void)log_.order("stop", service_.unit, backend_.stop(service_, stop_timeout_ms(d_)));
  (void)stop_container();
  (void)log_.order("disable", service_.unit, backend_.disable(service_));
  if (backend_.platform() == Platform::macos) {
    AgentState state = read_state(places_);
    state.own_override = true;
    (void)write_state(places_, std::move(state), host_.clock.now());
  }
  (void)note_state(AgentPhase::failed, std::string(reason));
  return failed(reason, detail);
}

ActResult Actor::start() {
  using clock = std::chrono::steady_clock;
  if (d_.auth_mode == AuthMode::service_account) {
    return failed("token-door-unavailable", "no token door can resolve the service account yet");
  }
  std::string detail;
  if (const ServiceStatus now = backend_.status(service_);
      now.enabled && now.active && is_healthy(detail)) {
    log_.skipped("start", service_.unit, "it runs already");
    (void)note_state(AgentPhase::running);
    return {};
  }
  changed_ = true;
  std::error_code ignored;  // the bound counts from a start that a person asked for
  fs::remove(places_.state / "starts.log", ignored);
  fs::remove(places_.state / "starts.count", ignored);
  const OrderResult enabled = backend_.enable(service_);
  if (!log_.order("enable", service_.unit, enabled)) {
    return fail_start(enabled.reason, enabled.detail);
  }
  const std::uint64_t limit_ms = d_.startup_timeout_s * k_milliseconds;
  const auto deadline = clock::now() + std::chrono::milliseconds(limit_ms);
  const OrderResult started = backend_.start(service_, limit_ms);
  if (!log_.order("start", service_.unit, started)) {
    return fail_start("start-failed", started.detail + after_complaint(d_));
  }
  while (!is_healthy(detail)) {
    if (host_.is_interrupted()) {
      (void)fail_start("interrupted", detail);
      return failed("interrupted", detail);
    }
    if (backend_.status(service_).state.starts_with("failed")) {
      return fail_start("start-failed", detail + after_complaint(d_));
    }
    if (clock::now() >= deadline) {
      return fail_start("health-timeout", detail + after_complaint(d_));
    }
    constexpr std::chrono::milliseconds k_between_looks(250);
    std::this_thread::sleep_for(k_between_looks);
  }
  if (const Status noted = note_state(AgentPhase::running); !noted) {
    return failed(noted.error());
  }
  return {.ok = true, .changed = true, .reason = {}, .detail = detail};
}

bool Actor::stop_container() {
  if (d_.runtime != AgentRuntime::podman) {
    return true;
  }
  const std::string seconds = fmt::format("{}", d_.shutdown_timeout_s);
  const CommandRun run =
      run_and_note(host_, podman({"stop", "--ignore", "--time", seconds, d_.container_name}),
                   stop_timeout_ms(d_));
  if (run.end == host::ProcessEnd::missing) {
    log_.skipped("stop-container", d_.container_name, "podman is missing");
    return true;
  }
  return log_.run("stop-container", d_.container_name, run);
}

ActResult Actor::stop() {
  const ServiceStatus before = backend_.status(service_);
  if (!before.reachable) {
    return failed("backend-unavailable", before.unreachable_reason);
  }
  const auto running = container();
  const bool container_lives = running && running->state == "running";
  if (!before.active && !container_lives && !(backend_.platform() == Platform::macos && before.known)) {
    log_.skipped("stop", service_.unit, "it does not run");
    return {};
  }
  const OrderResult stopped = backend_.stop(service_, stop_timeout_ms(d_));
  bool ok = log_.order("stop", service_.unit, stopped);
  std::string detail = stopped.detail;
  if (running) {
    ok = stop_container() && ok;
  }
  const ServiceStatus after = backend_.status(service_);
  if (!ok || after.active) {
    (void)note_state(AgentPhase::failed, "stop-failed");
    return failed("stop-failed", detail.empty() ? "the service still runs" : detail);
  }
  (void)note_state(after.enabled ? AgentPhase::enabled : AgentPhase::installed);
  return {.ok = true, .changed = true, .reason = {}, .detail = {}};
}

ActResult Actor::remove_files() {
  bool changed = false;
  std::string problem;
  const auto remove = [&](std::string_view action, const fs::path& path) {
    if (path.empty() || !host::describe(path)) {
      return;
    }
    changed = true;
    const Status done = log_.file(action, path, [&] { return host::remove_tree(path); });
    if (!done && problem.empty()) {
      problem = done.error().read_out();
    }
  };
  remove("remove-definition", places_.definition);
  remove("remove-launcher", places_.launcher.parent_path());
  if (changed) {
    (void)log_.order("reload", service_.unit, backend_.reload(service_));
  }
  // What quarantine holds stays: it may be the only copy of the original.
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(places_.state, ignored)) {
    if (entry.path() != places_.held && entry.path().filename() != k_lock_file) {
      remove("remove-state", entry.path());
    }
  }
  return {.ok = problem.empty(), .changed = changed,
          .reason = problem.empty() ? "" : "remove-failed", .detail = problem};
}

}  // namespace sourceos::runtime
