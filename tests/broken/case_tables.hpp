// The parts of the table, by what is broken.
#pragma once

#include <vector>

#include "tests/broken/cases.hpp"

namespace sourceos::tests {

[[nodiscard]] std::vector<BrokenCase> member_cases();
[[nodiscard]] std::vector<BrokenCase> document_cases();
[[nodiscard]] std::vector<BrokenCase> index_cases();
[[nodiscard]] std::vector<BrokenCase> signature_cases();
[[nodiscard]] std::vector<BrokenCase> trust_cases();
[[nodiscard]] std::vector<BrokenCase> log_cases();
[[nodiscard]] std::vector<BrokenCase> archive_cases();
[[nodiscard]] std::vector<BrokenCase> redaction_cases();
[[nodiscard]] std::vector<BrokenCase> policy_cases();

}  // namespace sourceos::tests
