// Runs a program in a terminal of its own that is joined with ours: what is typed goes in, what the
// program writes comes out and is told to a listener on the way; never what is typed (security
// S-45).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "host/files.hpp"
#include "host/process_runner.hpp"

namespace sourceos::host {

struct TerminalSize {
  unsigned columns = 80;
  unsigned rows = 24;
  auto operator<=>(const TerminalSize&) const = default;
};

struct TerminalRequest {
  std::string program;  // a path
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;  // all of it
  int input = 0;                                                 // our side: a terminal
  int output = 1;
  std::function<void(std::string_view)> on_output = {};
  std::function<void(TerminalSize)> on_resize = {};
  const volatile int* interrupted = nullptr;
};

// A second descriptor to write to the terminal that `input` reads from, for a session whose standard
// output is for something else.
[[nodiscard]] Result<Descriptor> output_of_terminal(int input);

// The size of the terminal behind a descriptor; 80 by 24 when it has none.
[[nodiscard]] TerminalSize terminal_size(int descriptor);

// Returns when the program has ended. `interrupted` when a signal came or our terminal went away:
// the program's group is killed then. Our terminal is as it was before in any case.
[[nodiscard]] Result<ProcessOutcome> run_in_terminal(const TerminalRequest& request);

}  // namespace sourceos::host
