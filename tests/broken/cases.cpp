#include "tests/broken/cases.hpp"

#include "tests/broken/case_tables.hpp"

namespace sourceos::tests {

std::vector<BrokenCase> broken_cases() {
  std::vector<BrokenCase> all;
  for (const auto& part : {member_cases(), document_cases(), index_cases(), signature_cases(),
                           trust_cases(), log_cases(), archive_cases(), redaction_cases(),
                           policy_cases()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace sourceos::tests
