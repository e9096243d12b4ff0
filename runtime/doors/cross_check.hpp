// What a schema cannot say about a contract: references resolve and point to one workspace, profile
// and host; ids in lists are unique; no secret stands in it; a grant is in force and no wider than
// its profile allows.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "runtime/doors/contract.hpp"
#include "runtime/doors/contract_shelf.hpp"

namespace sourceos::runtime {

struct CrossCheckOptions {
  UtcTime now;
  // Without other documents at hand a reference says nothing.
  bool resolves_references = false;
  std::filesystem::path state_root;  // where uses are counted; empty: not looked at
  std::function<bool(std::string_view)> is_secret;  // empty: not looked at
  std::function<bool(std::string_view)> is_secret_name = {};  // of a variable; empty: not looked at
};

// Secrets in a contract of any shape, and in a profile variables that are named like one.
[[nodiscard]] std::vector<ContractProblem> secret_problems(const Contract& contract,
                                                           const CrossCheckOptions& options);

// The rest, of a contract whose shape is good. Empty when nothing is wrong.
[[nodiscard]] std::vector<ContractProblem> cross_problems(const Contract& contract,
                                                          const ContractShelf& shelf,
                                                          const CrossCheckOptions& options);

}  // namespace sourceos::runtime
