// What each exported record must look like, as the export's own rules say: checked before anything
// is written, whatever the takers' schemas are today.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::runtime {

// "/mounts/0/pathClass: ..." a line each; empty when the record fits. A kind without rules is
// `internal`.
[[nodiscard]] Result<std::vector<std::string>> check_export_rules(std::string_view kind,
                                                                  const json::Value& record);

}  // namespace sourceos::runtime
