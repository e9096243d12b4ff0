#include "bundle/log/host_log_caches.hpp"

#include "bundle/log/host_log_state.hpp"

namespace sourceos::bundle::log {

bool offsets_are_right(const HostLog& log) {
  const LeafFile& leaves = log.state_->leaves;
  const auto ends = leaves.scan_ends(log.size());
  return ends && leaves.stored_ends(log.size()) == *ends;
}

bool tiles_are_right(const HostLog& log) {
  auto hashes = hash_leaves(log.state_->leaves, 0, log.size());
  return hashes && log.state_->tiles.hold(std::move(*hashes));
}

}  // namespace sourceos::bundle::log
