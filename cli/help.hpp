// Help at every level, made from the command table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace sourceos::cli {

// The page of one command: usage, description, commands, operands, options, exit codes, examples.
[[nodiscard]] std::string help_page(std::string_view program, const std::vector<std::string>& path,
                                    const Command& command);

// "evidence collect [options] [--path PATH]..." without the program.
[[nodiscard]] std::string usage_line(const std::vector<std::string>& path, const Command& command);

}  // namespace sourceos::cli
