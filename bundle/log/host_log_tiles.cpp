#include "bundle/log/host_log_tiles.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "bundle/log/merkle.hpp"
#include "host/files.hpp"

namespace sourceos::bundle::log {

namespace {

constexpr unsigned k_tile_height = 8;
constexpr std::size_t k_cached_tiles_max = 64;

Digest digest_of(std::string_view hashes, std::uint64_t index) {
  std::array<std::uint8_t, Digest::k_size> bytes{};
  hashes.copy(reinterpret_cast<char*>(bytes.data()), bytes.size(), index * Digest::k_size);
  return Digest(bytes);
}

// A file with at least `width` hashes, or nothing: a cache may be absent, short or torn.
std::optional<std::vector<Digest>> read_tile(const std::filesystem::path& path,
                                             std::uint64_t width) {
  const auto bytes = host::read_file(path, k_tile_width * Digest::k_size);
  if (!bytes || bytes->size() < width * Digest::k_size) {
    return std::nullopt;
  }
  std::vector<Digest> hashes;
  hashes.reserve(width);
  for (std::uint64_t i = 0; i < width; ++i) {
    hashes.push_back(digest_of(*bytes, i));
  }
  return hashes;
}

// Root of hashes[from, from + count), count a power of two.
Digest fold(const std::vector<Digest>& hashes, std::uint64_t from, std::uint64_t count) {
  const auto begin = hashes.begin() + static_cast<std::ptrdiff_t>(from);
  std::vector<Digest> row(begin, begin + static_cast<std::ptrdiff_t>(count));
  while (row.size() > 1) {
    for (std::size_t i = 0; i < row.size() / 2; ++i) {
      row[i] = node_hash(row[2 * i], row[2 * i + 1]);
    }
    row.resize(row.size() / 2);
  }
  return row[0];
}

}  // namespace

std::string tile_path(unsigned level, std::uint64_t index, std::uint64_t width) {
  std::string name = fmt::format("{:03}", index % 1000);
  for (std::uint64_t rest = index / 1000; rest > 0; rest /= 1000) {
    name = fmt::format("x{:03}/{}", rest % 1000, name);
  }
  const std::string partial = width < k_tile_width ? fmt::format(".p/{}", width) : "";
  return fmt::format("tile/{}/{}{}", level, name, partial);
}

Result<Digest> Tiles::subtree(std::uint64_t size, unsigned level, std::uint64_t index) {
  const unsigned tile_level = level / k_tile_height;
  const std::uint64_t count = std::uint64_t{1} << (level % k_tile_height);
  const std::uint64_t first = index * count;
  const std::uint64_t tile = first / k_tile_width;
  const std::uint64_t hashes_at_level = size >> (k_tile_height * tile_level);
  const std::uint64_t width = std::min(k_tile_width, hashes_at_level - tile * k_tile_width);
  SOURCEOS_TRY_ASSIGN(const auto* hashes, load(tile_level, tile, width));
  return fold(*hashes, first % k_tile_width, count);
}

Result<const std::vector<Digest>*> Tiles::load(unsigned level, std::uint64_t index,
                                               std::uint64_t width) {
  const auto known = cache_.find({level, index});
  if (known != cache_.end() && known->second.size() >= width) {
    return &known->second;
  }
  auto hashes = read_tile(directory_ / tile_path(level, index, width), width);
  if (!hashes && width < k_tile_width) {
    hashes = read_tile(directory_ / tile_path(level, index, k_tile_width), width);
  }
  if (!hashes) {
    SOURCEOS_TRY_ASSIGN(hashes, compute(level, index, width));
  }
  if (cache_.size() >= k_cached_tiles_max) {
    cache_.clear();
  }
  return &(cache_[{level, index}] = std::move(*hashes));
}

Result<std::vector<Digest>> Tiles::compute(unsigned level, std::uint64_t index,
                                           std::uint64_t width) {
  const std::uint64_t first = index * k_tile_width;
  if (level == 0) {
    return leaf_hashes_(first, width);
  }
  std::vector<Digest> hashes;
  for (std::uint64_t i = 0; i < width; ++i) {
    SOURCEOS_TRY_ASSIGN(const auto* below, load(level - 1, first + i, k_tile_width));
    hashes.push_back(fold(*below, 0, k_tile_width));
  }
  return hashes;
}

Status Tiles::write(unsigned level, std::uint64_t index, const std::vector<Digest>& hashes) {
  const std::filesystem::path path = directory_ / tile_path(level, index, hashes.size());
  std::string bytes;
  bytes.reserve(hashes.size() * Digest::k_size);
  for (const Digest& hash : hashes) {
    bytes += hash.bytes();
  }
  SOURCEOS_TRY(host::make_directories(path.parent_path(), 0700));
  SOURCEOS_TRY(host::write_file_atomically(path, bytes, 0600, host::Durability::none));
  if (hashes.size() == k_tile_width) {
    return host::remove_tree(path.string() + ".p");
  }
  return {};
}

Status Tiles::append(std::uint64_t size, const std::vector<Digest>& leaf_hashes) {
  std::vector<Digest> incoming = leaf_hashes;
  std::uint64_t position = size;
  for (unsigned level = 0; !incoming.empty(); ++level) {
    std::vector<Digest> completed;
    std::uint64_t tile = position / k_tile_width;
    std::vector<Digest> edge;
    if (position % k_tile_width != 0) {
      SOURCEOS_TRY_ASSIGN(const auto* stored, load(level, tile, position % k_tile_width));
      edge.assign(stored->begin(),
                  stored->begin() + static_cast<std::ptrdiff_t>(position % k_tile_width));
    }
    for (const Digest& hash : incoming) {
      edge.push_back(hash);
      if (edge.size() == k_tile_width) {
        SOURCEOS_TRY(write(level, tile, edge));
        completed.push_back(fold(edge, 0, k_tile_width));
        cache_.erase({level, tile});
        edge.clear();
        ++tile;
      }
    }
    if (!edge.empty()) {
      SOURCEOS_TRY(write(level, tile, edge));
      cache_[{level, tile}] = std::move(edge);
    }
    incoming = std::move(completed);
    position /= k_tile_width;
  }
  return {};
}

bool Tiles::hold(std::vector<Digest> hashes) const {
  for (unsigned level = 0; !hashes.empty(); ++level) {
    std::vector<Digest> above;
    for (std::uint64_t first = 0; first < hashes.size(); first += k_tile_width) {
      const std::uint64_t width = std::min<std::uint64_t>(k_tile_width, hashes.size() - first);
      const auto begin = hashes.begin() + static_cast<std::ptrdiff_t>(first);
      const std::vector<Digest> wanted(begin, begin + static_cast<std::ptrdiff_t>(width));
      if (read_tile(directory_ / tile_path(level, first / k_tile_width, width), width) != wanted) {
        return false;
      }
      if (width == k_tile_width) {
        above.push_back(fold(wanted, 0, width));
      }
    }
    hashes = std::move(above);
  }
  return true;
}

Status Tiles::clear() {
  cache_.clear();
  return host::remove_tree(directory_ / "tile");
}

}  // namespace sourceos::bundle::log
