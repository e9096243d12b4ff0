// The one door to nlohmann_json: small documents as values. Object keys are kept sorted, which is
// what canonical writing needs. Large streams use core/json/writer.hpp and bundle/index_line.hpp.
#pragma once

#include <nlohmann/json.hpp>

#include "core/json/fwd.hpp"
