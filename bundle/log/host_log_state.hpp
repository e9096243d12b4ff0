// What HostLog and LogWriter share; not for others.
#pragma once

#include "bundle/log/host_log.hpp"
#include "bundle/log/host_log_leaves.hpp"
#include "bundle/log/host_log_tiles.hpp"
#include "bundle/log/merkle.hpp"

namespace sourceos::bundle::log {

struct HostLog::State {
  explicit State(std::filesystem::path log_directory);
  State(const State&) = delete;  // `tiles` refers to `leaves`
  State& operator=(const State&) = delete;

  [[nodiscard]] Result<MemoryTree> tree_of_leaves(std::uint64_t size) const;

  std::filesystem::path directory;
  LeafFile leaves;
  Tiles tiles;
  Checkpoint checkpoint;
  std::string checkpoint_text;
};

[[nodiscard]] Result<std::vector<Digest>> hash_leaves(const LeafFile& leaves, std::uint64_t from,
                                                      std::uint64_t count);

}  // namespace sourceos::bundle::log
