// Makes a store that is not there and checks one that is (security S-06, S-11, S-33, L-9).
#pragma once

#include "bundle/store_state.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

// The root belongs to the effective user, no component on the way is a link or writable by others,
// and what lies there is a store or nothing.
[[nodiscard]] Status check_root(const StoreState& store);
// Folders, constant files, store key and log, each made when missing; under the store's lock.
[[nodiscard]] Status make_missing(StoreState& store);
// Opens the log and reads leaf 0; seams, log key.
[[nodiscard]] Status open_log_and_key(StoreState& store);
// What only a writer needs to be sure of: this machine, this log key, no anchor beyond the log.
[[nodiscard]] Status check_may_grow(const StoreState& store);
// tmp/ of writers that are gone, what gc took, halves of files.
void clean_up(const StorePlaces& places);
// Under the lock: a new log whose first leaf names the old one.
[[nodiscard]] Result<std::string> succeed_log(StoreState& store, const RedactedText& reason);

}  // namespace sourceos::bundle
