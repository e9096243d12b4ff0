// Shell completions, made from the command table.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.hpp"

namespace sourceos::cli {

enum class Shell { bash, zsh, fish };

// The script that the shell loads for `program`.
[[nodiscard]] std::string completion_script(Shell shell, std::string_view program,
                                            const Command& root);

}  // namespace sourceos::cli
