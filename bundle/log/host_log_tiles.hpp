// Hash tiles as c2sp.org/tlog-tiles names and fills them: tile (L, N) holds the hashes of the
// complete subtrees of height 8 L with index 256 N .. 256 N + 255, as tile/<L>/<N>, or as
// tile/<L>/<N>.p/<W> while it has only W of them. Partial ones stay until the tile is full, so
// that a reader with an older checkpoint finds what that checkpoint needs.
//
// Tiles are a cache of hashes over the leaves, written without fsync and never trusted: what
// is made from them is compared with the checkpoint's root.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bundle/digest.hpp"
#include "core/result.hpp"

namespace sourceos::bundle::log {

inline constexpr std::uint64_t k_tile_width = 256;

// "tile/<level>/<x001/x234/067>[.p/<width>]"
[[nodiscard]] std::string tile_path(unsigned level, std::uint64_t index, std::uint64_t width);

class Tiles {
 public:
  using LeafHashes = std::function<Result<std::vector<Digest>>(std::uint64_t from,
                                                              std::uint64_t count)>;
  // `leaf_hashes` serves what no tile has.
  Tiles(std::filesystem::path log_directory, LeafHashes leaf_hashes)
      : directory_(std::move(log_directory)), leaf_hashes_(std::move(leaf_hashes)) {}

  // Hash of a complete subtree of the first `size` leaves (bundle/log/merkle.hpp).
  [[nodiscard]] Result<Digest> subtree(std::uint64_t size, unsigned level, std::uint64_t index);

  // Adds leaf hashes to a tree of `size` leaves and writes the tiles that change.
  [[nodiscard]] Status append(std::uint64_t size, const std::vector<Digest>& leaf_hashes);
  // The tiles of a tree of these leaf hashes are all on disk as they should be.
  [[nodiscard]] bool hold(std::vector<Digest> leaf_hashes) const;
  // Forgets and removes all tiles.
  [[nodiscard]] Status clear();
  // Forgets what was read, since the files may have changed.
  void forget() { cache_.clear(); }

 private:
  using Key = std::pair<unsigned, std::uint64_t>;
  // The first `width` hashes of a tile.
  [[nodiscard]] Result<const std::vector<Digest>*> load(unsigned level, std::uint64_t index,
                                                        std::uint64_t width);
  [[nodiscard]] Result<std::vector<Digest>> compute(unsigned level, std::uint64_t index,
                                                    std::uint64_t width);
  [[nodiscard]] Status write(unsigned level, std::uint64_t index,
                             const std::vector<Digest>& hashes);

  std::filesystem::path directory_;
  LeafHashes leaf_hashes_;
  std::map<Key, std::vector<Digest>> cache_;
};

}  // namespace sourceos::bundle::log
