// The built-in rules' patterns, compiled when the program was built: starting costs a load then,
// not seconds of compiling.
#pragma once

#include <span>
#include <string_view>

#include "redact/engine.hpp"

namespace sourceos::redact {

// One compiled set. The table is made by compile_rules_main.cpp.
struct CompiledRules {
  std::string_view patterns;  // pattern_digest()
  std::string_view library;   // Engine::library() that compiled it
  std::string_view bytes;     // Engine::serialise(), as it is: unpacking took a tenth of the start
};

// One for each part of the rules; empty where the build could not compile them.
[[nodiscard]] std::span<const CompiledRules> compiled_rules();

// The set with these patterns, serialised; empty when there is none that this CPU and library
// run: compile then.
[[nodiscard]] std::string_view find_compiled_rules(std::string_view pattern_digest);

}  // namespace sourceos::redact
