// The program as one function of its arguments, the host and a console.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sourceos::host {
struct Host;
class ToolFinder;
}

namespace sourceos::cli {

class Console;
struct Command;

// `argv[0]` picks the names: sourceos, sourceosctl, sourceos-agent.
[[nodiscard]] int run(const std::vector<std::string>& argv, host::Host& host,
                      host::ToolFinder& tools, Console& console);

// The whole program for one name; the tests walk through it.
[[nodiscard]] const Command& command_tree(std::string_view program);

// Answers --version without a host; false when it is something else.
[[nodiscard]] bool answer_without_host(const std::vector<std::string>& argv, Console& console,
                                       int& status);

}  // namespace sourceos::cli
