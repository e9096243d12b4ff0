// Fault points: named places where a test makes the program fail, crash or be interrupted.
// SOURCEOS_FAULT is a comma list of `<point>[:<kind>]`, kind error (default), crash, signal,
// timeout or enospc. Heeded under SOURCEOS_TEST_SEAMS=1 only, and built out with the seams.
#pragma once

#include <atomic>
#include <string_view>

#include "core/result.hpp"

namespace sourceos::host {

// Replaces the armed faults; an empty list disarms. `usage` for an unknown kind.
[[nodiscard]] Status arm_faults(std::string_view list);

namespace fault_detail {
extern std::atomic<bool> armed;
[[nodiscard]] Status reach(std::string_view point);
}  // namespace fault_detail

// To be asked just before the deed that the point names. Costs one load when nothing is armed.
//   error    `io`, reason "fault-injected"        enospc  `io`, reason "no-space"
//   timeout  `timeout`, reason "fault-injected"   crash   the process ends as if killed
//   signal   TERM to ourselves, then the deed goes on until somebody looks at the flag
[[nodiscard]] inline Status fault_point([[maybe_unused]] std::string_view point) {
#ifdef SOURCEOS_SEAMS
  if (fault_detail::armed.load(std::memory_order_relaxed)) [[unlikely]] {
    return fault_detail::reach(point);
  }
#endif
  return {};
}

}  // namespace sourceos::host
