// The part of fsck that holds each bundle against its leaf.
#pragma once

#include <vector>

#include "bundle/store_state.hpp"

namespace sourceos::bundle {

struct WrongReferrers {
  Digest id;
  Referrers right;
};

// Adds findings to the report; referrers files that do not say what the log and the blobs say are
// returned with what they should say. `blobs` is what lies in blobs/.
[[nodiscard]] std::vector<WrongReferrers> check_bundles(const StoreState& store,
                                                        const std::vector<Digest>& blobs,
                                                        FsckReport& report);

}  // namespace sourceos::bundle
