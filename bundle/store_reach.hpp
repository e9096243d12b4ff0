// What the bundles and leaves of a store reach: for gc and fsck.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "bundle/manifest.hpp"
#include "bundle/store_state.hpp"

namespace sourceos::bundle {

// Everything that one bundle needs: M, record, layers, attached manifests and theirs. What cannot
// be read reaches nothing further.
[[nodiscard]] std::vector<Descriptor> reach_of(const StorePlaces& places, const BundleFacts& facts);

// The bundles of the current log, pruned ones too, oldest first.
[[nodiscard]] Result<std::vector<BundleFacts>> bundles_of_log(const StoreState& store);
// All blobs that the bundles and leaves of all logs of the store reach, but for some bundles.
[[nodiscard]] Result<std::set<Digest>> reach_of_store(const StoreState& store,
                                                      const std::set<Digest>& without);
// A bundle and all that have a layer in common with it.
[[nodiscard]] Result<std::vector<BundleFacts>> sharing_layers(const StoreState& store,
                                                              const BundleFacts& facts);

}  // namespace sourceos::bundle
