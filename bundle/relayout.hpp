// A bundle whose first layout has more than 64 layers is laid out anew (rule 1 of the format).
#pragma once

#include <cstdint>
#include <vector>

#include "bundle/index_spool.hpp"
#include "bundle/layer_builder.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

// Where an entry was put.
struct PlacedEntry {
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  // in its pack
  std::uint32_t group = 0;   // number of the pack or of the large entry
  bool is_large = false;
};

// Packs, and the segments of each large entry.
struct Layers {
  std::vector<LayerFile> packs;
  std::vector<std::vector<LayerFile>> large;
};

// Returns the layers as they are when there are few enough; else joins segments, and when that does
// not do, writes packs anew. `entries` then say where each entry went; `spool` knows their paths.
[[nodiscard]] Result<Layers> lay_out_anew(LayerMaker& maker, Layers layers,
                                          std::vector<PlacedEntry>& entries, IndexSpool& spool);

}  // namespace sourceos::bundle
