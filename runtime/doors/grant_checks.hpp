// What a schema cannot say about a grant, as problems of the document (cross_check.hpp is the way
// in; grant.hpp judges one use).
#pragma once

#include <vector>

#include "runtime/doors/cross_check.hpp"

namespace sourceos::runtime {

[[nodiscard]] std::vector<ContractProblem> grant_problems(const Contract& grant,
                                                          const ContractShelf& shelf,
                                                          const CrossCheckOptions& options);

}  // namespace sourceos::runtime
