// Fits probes into groups by what lines of logs hold: too slow for each start, so it is done for the
// built-in rules when the program is built (fit_probes_main.cpp).
#pragma once

#include <cstdint>
#include <vector>

#include "redact/probe_groups.hpp"

namespace sourceos::redact {

// Of each probe its group.
[[nodiscard]] std::vector<std::uint8_t> fit_probes(const std::vector<Probe>& probes);

}  // namespace sourceos::redact
