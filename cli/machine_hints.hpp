// What an operator can do about a refusal or a warning of the agent-machine commands: the command to
// type, where one helps, else what to change.
#pragma once

#include <string>
#include <string_view>

namespace sourceos::cli {

// What was asked for, as far as it helps to ask again.
struct LaunchAsked {
  std::string repo = {};
  std::string tool = {};     // empty: a shell
  std::string profile = {};  // as named; empty: the host's preset
  std::string file = {};     // of the profile, shown form; empty: a preset
  std::string image = {};    // of the profile
};

// Never empty: what helps with a reason that is not known here, the doctor tells.
[[nodiscard]] std::string hint_for(std::string_view reason, const LaunchAsked& asked);

// A command in shown form that a shell takes: in single quotes $HOME would stay as it is written.
[[nodiscard]] std::string typeable(std::string command);

// A warning's stable word with what it means.
[[nodiscard]] std::string explained(std::string_view warning);

}  // namespace sourceos::cli
