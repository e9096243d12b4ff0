#include "host/clock.hpp"

#include <sys/timex.h>
#include <time.h>

namespace sourceos::host {

namespace {

constexpr std::int64_t k_nanoseconds = 1'000'000'000;

std::int64_t read_clock(clockid_t id) {
  timespec time{};
  ::clock_gettime(id, &time);
  return time.tv_sec * k_nanoseconds + time.tv_nsec;
}

}  // namespace

UtcTime SystemClock::now() const { return {read_clock(CLOCK_REALTIME)}; }

std::uint64_t SystemClock::boot_ms() const {
  return static_cast<std::uint64_t>(read_clock(CLOCK_BOOTTIME) / 1'000'000);
}

std::optional<bool> SystemClock::synchronised() const {
  timex state{};
  const int answer = ::adjtimex(&state);  // modes 0: only asks
  if (answer < 0) {
    return std::nullopt;
  }
  return answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

}  // namespace sourceos::host
