// The staging directory: everything that would be installed, with the reports that say why it is
// or is not, and nothing registered.
#pragma once

#include <filesystem>

#include "runtime/agent/actions.hpp"
#include "runtime/agent/preflight.hpp"

namespace sourceos::runtime {

// `<root>/<name>-<YYYYMMDD-HHMMSS>`, with a suffix when it is taken.
[[nodiscard]] std::filesystem::path fresh_directory(const std::filesystem::path& root,
                                                    std::string_view name, UtcTime at);
// Made whole or not at all: `generate-failed`, or the error of the disk.
[[nodiscard]] Status stage_agent(const host::Host& host, const ReadDeclaration& agent,
                                 const Preflight& preflight, const Redactor& redact,
                                 const std::filesystem::path& directory, ActionLog& log);
// What to do about each failing check, as Markdown.
[[nodiscard]] std::string remediation_of(const Preflight& preflight, const Redactor& redact);

}  // namespace sourceos::runtime
