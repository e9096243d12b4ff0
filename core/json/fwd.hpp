// json::Value for headers. Include "core/json/json.hpp" where one is used.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace sourceos::json {
using Value = nlohmann::json;
}
