// The second input shape of a declaration, in which container data are grouped.
#pragma once

#include <string>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/agent/declaration.hpp"

namespace sourceos::runtime {

// The grouped shape as the plain one, so that only one shape is read; `extra` gets what the plain
// shape has no field for. `invalid-declaration` for a record that has both.
[[nodiscard]] Status unify_shapes(json::Value& record, json::Value& extra, Platform platform,
                                  const std::string& file);

}  // namespace sourceos::runtime
