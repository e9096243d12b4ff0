// Credential helpers as a service meets them: without a terminal, a display or a person. One is only
// asked which registries it knows (`list`), never for a secret, so that asking prompts nobody.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/agent/ambient_auth.hpp"
#include "runtime/agent/backend.hpp"

namespace sourceos::runtime {

enum class HelperAnswer {
  works,
  missing,  // no such program: nothing can be said
  fails,    // an error, no answer in time, or a name that is none
};

struct HelperProbe {
  std::string helper;
  HelperAnswer answer = HelperAnswer::missing;
  std::string detail;  // what it complained about
  CommandRun run;      // without what it printed: that holds names of accounts
};
[[nodiscard]] HelperProbe ask_helper(const host::Host& host, std::string_view helper);

// Every helper and store that the files name, each once, in order; at most 16.
[[nodiscard]] std::vector<std::string> helper_names(const std::vector<AuthFileFacts>& files);

// What a container tool prints when a helper kept it from going on.
[[nodiscard]] bool says_helper_failure(std::string_view output);

}  // namespace sourceos::runtime
