// Who runs and where, as known values: names in every place or, when short or common, only where
// the place says what they are.
#pragma once

#include "redact/known_values.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::redact {

void add_identity(const Identity& identity, KnownValues& known);

}  // namespace sourceos::redact
