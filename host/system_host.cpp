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
  std::unique_ptr<SystemHost> made(new SystemHost());
  SOURCEOS_TRY_ASSIGN(made->clock_, make_clock(environment));
  made->random_ = make_random(environment);
  made->tools_ = std::make_unique<ToolFinder>(environment, std::move(excluded));
  const volatile int* interrupted = watch_interrupts();
  made->real_processes_ = std::make_unique<PosixProcessRunner>(child_environment(environment),
                                                                 *made->tools_, interrupted);
  SOURCEOS_TRY_ASSIGN(made->processes_, make_stand_in(environment, *made->real_processes_));
  ProcessRunner& processes = *(made->processes_ ? made->processes_ : made->real_processes_);
  made->host_ = std::make_unique<Host>(Host{*made->clock_, *made->random_, processes,
                                              std::move(environment), interrupted});
  return made;
}

SystemHost::~SystemHost() {
  if (const auto* recorder = dynamic_cast<RecordingProcessRunner*>(processes_.get())) {
    (void)recorder->save();  // a developer's tool: what was recorded is looked at by hand
  }
}

}  // namespace sourceos::host
