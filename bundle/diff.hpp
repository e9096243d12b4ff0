// What two bundles say differently.
#pragma once

#include <cstddef>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

class View;

// { facts, tools, mounts, deniedAttempts, grants, collectors, findings, entries }, each an array of
// { change: "added" | "removed" | "changed", name, before, after }, sorted by name; `before` or
// `after` is null where there is none. `entries` is cut at `rows_max`; `entriesCut` says so.
// Facts that differ in every two runs (ids, times, sequence) are left out.
[[nodiscard]] Result<json::Value> diff(const View& before, const View& after,
                                       std::size_t rows_max = 10'000);

}  // namespace sourceos::bundle
