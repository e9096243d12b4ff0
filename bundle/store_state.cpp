#include "bundle/store_state.hpp"

#include <fmt/format.h>

#include "core/limits.hpp"

namespace sourceos::bundle {

Status StoreState::require_write() const {
  if (options.access == StoreAccess::write) {
    return {};
  }
  return fail(ErrorKind::internal, "internal", "a store that was opened to read was written to");
}

Result<log::HostLog> StoreState::open_log(const std::string& log_id) const {
  return log::HostLog::open(log_id == opened.log_id ? places.log() : places.old_logs() / log_id);
}

Result<std::string> StoreState::document(const log::Leaf& leaf) const {
  if (!leaf.payload) {
    return fail(ErrorKind::malformed, "malformed",
                fmt::format("expected leaf {} to name a document, it does not", leaf.seq));
  }
  return places.read_blob(*leaf.payload, limits::k_json_bytes_max);
}

Result<Heads> StoreState::heads() const { return load_heads(places, *log, opened.log_id); }

Result<BundleFacts> StoreState::facts(const Digest& id) const {
  SOURCEOS_TRY_ASSIGN(const std::string text, places.read_referrers(id));
  SOURCEOS_TRY_ASSIGN(Referrers referrers, parse_referrers(text));
  BundleFacts facts{id, referrers.seq, referrers.imported, referrers.log_id,
                    std::move(referrers.attached), {}};
  if (referrers.pruned) {
    SOURCEOS_TRY_ASSIGN(const log::HostLog own_log, open_log(referrers.log_id));
    SOURCEOS_TRY_ASSIGN(facts.pruned, read_pruned(places, own_log, *referrers.pruned));
  }
  return facts;
}

}  // namespace sourceos::bundle
