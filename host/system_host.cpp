#include "host/system_host.hpp"

#include "core/text.hpp"
#include "host/clock.hpp"
#include "host/fault.hpp"
#include "host/interrupt.hpp"
#include "host/posix_process_runner.hpp"
#include "host/random.hpp"
#include "host/recorded_process_runner.hpp"

namespace sourceos::host {

namespace {

Result<std::unique_ptr<Clock>> make_clock(const Environment& environment) {
  const std::string* now = find_seam(environment, "SOURCEOS_NOW");
  if (now == nullptr) {
    return std::make_unique<SystemClock>();
  }
  const Result<UtcTime> time = parse_time(*now);
  if (!time) {
    return fail(ErrorKind::usage, "seam-invalid",
                "expected an RFC 3339 time in UTC in SOURCEOS_NOW, there is another text");
  }
  return std::make_unique<FixedClock>(*time);
}

std::unique_ptr<Random> make_random(const Environment& environment) {
  if (const std::string* seed = find_seam(environment, "SOURCEOS_SEED")) {
    return std::make_unique<SeededRandom>(*seed);
  }
  return std::make_unique<SystemRandom>();
}

// The runner that commands see: `real`, or one that records or replaces it. Null: `real`.
Result<std::unique_ptr<ProcessRunner>> make_stand_in(const Environment& environment,
                                                     ProcessRunner& real) {
  if (const std::string* folder = find_seam(environment, "SOURCEOS_PLAY_HOST")) {
    SOURCEOS_TRY_ASSIGN(PlayingProcessRunner player, PlayingProcessRunner::load(*folder));
    return std::make_unique<PlayingProcessRunner>(std::move(player));
  }
  if (const std::string* folder = find_seam(environment, "SOURCEOS_RECORD_HOST")) {
    return std::make_unique<RecordingProcessRunner>(real, *folder);
  }
  return nullptr;
}

Status arm_seam_faults(const Environment& environment) {
  const std::string* list = find_seam(environment, "SOURCEOS_FAULT");
  return list == nullptr ? Status{} : arm_faults(*list);
}

}  // namespace

Result<std::unique_ptr<SystemHost>> SystemHost::create(
    const EnvironmentSource& source, std::vector<std::filesystem::path> excluded) {
  SOURCEOS_TRY_ASSIGN(Environment environment, read_environment(source));
  SOURCEOS_TRY(arm_seam_faults(environment));
  std::unique_ptr<SystemHost> system(new SystemHost());
  SOURCEOS_TRY_ASSIGN(system->clock_, make_clock(environment));
  system->random_ = make_random(environment);
  system->tools_ = std::make_unique<ToolFinder>(environment, std::move(excluded));
  const volatile int* interrupted = watch_interrupts();
  system->real_processes_ = std::make_unique<PosixProcessRunner>(child_environment(environment),
                                                                 *system->tools_, interrupted);
  SOURCEOS_TRY_ASSIGN(system->processes_, make_stand_in(environment, *system->real_processes_));
  ProcessRunner& processes = *(system->processes_ ? system->processes_ : system->real_processes_);
  system->host_ = std::make_unique<Host>(Host{*system->clock_, *system->random_, processes,
                                              std::move(environment), interrupted});
  return system;
}

SystemHost::~SystemHost() {
  if (const auto* recorder = dynamic_cast<RecordingProcessRunner*>(processes_.get())) {
    (void)recorder->save();  // a developer's tool: what was recorded is looked at by hand
  }
}

}  // namespace sourceos::host
