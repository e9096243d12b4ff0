// Runs the planned collectors side by side, each within its time, and waits for none for ever.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "collect/collector.hpp"
#include "collect/plan.hpp"
#include "host/host.hpp"

namespace sourceos::host {
class ToolFinder;
}

namespace sourceos::collect {

// What one planned collector delivered. One that hung has state `timeout` and what it had handed
// over until then.
struct Gathered {
  std::string name;
  bool is_required = false;
  PlanLimits limits;
  CollectorOutcome outcome;
  std::string message;  // of the error, raw; redacted before it is shown or stored
  Collection collection;
  std::uint64_t elapsed_ms = 0;
};

// In the plan's order. A collector that does not come back in time is left behind on its thread:
// the process then has to end with _exit. `scratch` gets one directory a collector.
[[nodiscard]] Result<std::vector<Gathered>> gather(host::Host& host, host::ToolFinder& tools,
                                                   const Plan& plan,
                                                   const std::filesystem::path& scratch);

}  // namespace sourceos::collect
