// What makes a declaration that can be read one that must not run.
#pragma once

#include <filesystem>
#include <vector>

#include "runtime/agent/declaration.hpp"

namespace sourceos::runtime {

// Words that become arguments, file names and labels have a grammar: `invalid-declaration`.
[[nodiscard]] Status check_grammar(const Declaration& declaration);
// Files that are written and moved away are definitions of services, whatever a declaration calls so.
[[nodiscard]] Status check_places(const Declaration& declaration);
[[nodiscard]] std::vector<DeclarationFinding> check_declaration(const Declaration& declaration,
                                                                const std::filesystem::path& file,
                                                                const DeclarationSetting& setting);

// Host part of an image reference: "localhost", "docker.io", "registry.example:5000".
[[nodiscard]] std::string registry_of(std::string_view image);
[[nodiscard]] bool is_local_image(std::string_view image);
// One of the platform's places for logs, ending in ".log" (security S-42).
[[nodiscard]] bool is_log_place(const std::filesystem::path& path, const Declaration& declaration,
                                const DeclarationSetting& setting);

}  // namespace sourceos::runtime
