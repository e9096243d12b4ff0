// What a tool said, with the argument vector that asked it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/limits.hpp"
#include "core/result.hpp"
#include "host/process_runner.hpp"

namespace sourceos::host {

// Lists and inspections are data of a collector, not probes: they may be longer than 1 MiB.
inline constexpr std::uint64_t k_answer_bytes_max = 16 * limits::k_mib;

struct ToolAnswer {
  std::vector<std::string> argv;
  ProcessOutcome outcome;
};

// Asks with messages and times that do not depend on the account's locale and time zone.
[[nodiscard]] Result<ToolAnswer> ask(ProcessRunner& runner, std::vector<std::string> argv,
                                     std::uint64_t timeout_ms = limits::k_probe_timeout_ms,
                                     std::uint64_t output_bytes_max = k_answer_bytes_max);
[[nodiscard]] std::vector<std::pair<std::string, std::string>> plain_locale();
// The same answer as text that a document can hold: streams that are no UTF-8, or hold U+0000, with
// their odd bytes spelled out.
[[nodiscard]] ProcessOutcome as_text(ProcessOutcome outcome);

}  // namespace sourceos::host
