#include "runtime/agent/backend_common.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

// Never in the middle of a character: what is left of one is no text.
std::string_view first_bytes(std::string_view words, std::size_t count) {
  constexpr unsigned char k_continued = 0x80;
  constexpr unsigned char k_mask = 0xC0;
  while (count < words.size() && count > 0 &&
         (static_cast<unsigned char>(words[count]) & k_mask) == k_continued) {
    --count;
  }
  return words.substr(0, count);
}

}  // namespace

std::string complaint(const CommandRun& run) {
  switch (run.end) {
    case host::ProcessEnd::missing: return fmt::format("'{}' is missing", run.argv.front());
    case host::ProcessEnd::timed_out: return fmt::format("'{}' did not answer in time", run.argv.front());
    case host::ProcessEnd::signalled: return fmt::format("ended by signal {}", run.status);
    case host::ProcessEnd::exited: break;
  }
  for (const std::string_view text : {std::string_view(run.error_output), std::string_view(run.output)}) {
    for (const std::string_view line : text::lines(text)) {
      constexpr std::size_t k_shown_bytes = 300;
      if (!text::trim(line).empty()) {
        return std::string(first_bytes(text::trim(line), k_shown_bytes));
      }
    }
  }
  return fmt::format("exit status {}", run.status);
}

void note_run(OrderResult& result, CommandRun run, std::string_view reason_on_failure) {
  if (!run.ok() && result.ok) {
    result.ok = false;
    result.reason = run.end == host::ProcessEnd::missing     ? "backend-unavailable"
                    : run.end == host::ProcessEnd::timed_out ? "probe-timeout"
                                                             : std::string(reason_on_failure);
    result.detail = complaint(run);
  }
  result.commands.push_back(std::move(run));
}

void note_harmless(OrderResult& result, CommandRun run) { result.commands.push_back(std::move(run)); }

}  // namespace sourceos::runtime
