// The last door before an error's words leave the process (security S-29): the home prefix becomes
// $HOME and the redaction engine takes out what arguments, names and tools put in.
#pragma once

#include <string>

#include "core/error.hpp"

namespace sourceos::host {
struct Host;
}

namespace sourceos::cli {

struct Context;

[[nodiscard]] Error scrub(Error error, const Context& context);

// "$HOME/x" for a path below home; other paths as they are.
[[nodiscard]] std::string home_as_variable(std::string text, const host::Host& host);

}  // namespace sourceos::cli
