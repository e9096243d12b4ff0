// JSON Schema (draft 2020-12, the part our schemas use) over valijson.
#pragma once

#include <string>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::json {

// What does not fit, a line each ("/entries/count: expected integer"); empty when it fits.
// An unusable schema is an Error of kind `internal`.
[[nodiscard]] Result<std::vector<std::string>> check_schema(const Value& schema,
                                                            const Value& document);

}  // namespace sourceos::json
