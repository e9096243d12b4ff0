// The machine's clocks, and one that stands still for tests (SOURCEOS_NOW).
#pragma once

#include "host/host.hpp"

namespace sourceos::host {

class SystemClock : public Clock {
 public:
  [[nodiscard]] UtcTime now() const override;
  [[nodiscard]] std::uint64_t boot_ms() const override;
  [[nodiscard]] std::optional<bool> synchronised() const override;
};

// Says the same time for ever: boot_ms is 0 and the NTP state unknown. Time limits are therefore
// never taken from a Clock but from std::chrono::steady_clock.
class FixedClock : public Clock {
 public:
  explicit FixedClock(UtcTime time) : time_(time) {}
  [[nodiscard]] UtcTime now() const override { return time_; }
  [[nodiscard]] std::uint64_t boot_ms() const override { return 0; }
  [[nodiscard]] std::optional<bool> synchronised() const override { return std::nullopt; }

 private:
  UtcTime time_;
};

}  // namespace sourceos::host
