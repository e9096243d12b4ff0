// One stay in the critical section: the store's lock, recovery, blobs made durable in
// log/pending/<seq>/, the leaf (the commit point), the checkpoint, blobs moved to their names,
// heads.json (security S-06).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/log/host_log_writer.hpp"
#include "bundle/store_state.hpp"

namespace sourceos::bundle {

class Growth {
 public:
  // Waits for the lock; then the log is recovered, blobs of committed leaves are at their names
  // and those of leaves that never were are gone.
  [[nodiscard]] static Result<Growth> begin(StoreState& store);

  [[nodiscard]] std::uint64_t seq() const { return writer_.size(); }
  // max(clock, time of the last leaf)
  [[nodiscard]] const std::string& at() const { return at_; }
  [[nodiscard]] Heads& heads() { return heads_; }
  [[nodiscard]] StoreState& store() { return *store_; }

  // Blobs of the leaf `seq()`; all are durable before it is appended.
  [[nodiscard]] Status add_blob(const Digest& digest, std::string_view bytes);
  // A synced file of the caller's goes into pending by rename.
  [[nodiscard]] Status take_file(const Digest& digest, const std::filesystem::path& from,
                                 std::string_view fault_point);
  // Of the leaf `own_seq`, at or after seq() when several leaves are committed as one: each has its
  // pending directory, since a crash may leave some of them.
  [[nodiscard]] Status add_referrers(std::uint64_t own_seq, const Digest& manifest,
                                     const Referrers& referrers);
  // Before a commit was tried: removes the documents that were added, or all that is pending.
  void drop_documents();
  void drop_pending();

  // The barrier over what was added, then append and publish, then move and write heads. Errors
  // after the commit point are returned too: the next writer finishes.
  [[nodiscard]] Status commit(const std::vector<log::Leaf>& leaves);
  // A document as blob and a leaf about it.
  [[nodiscard]] Result<std::uint64_t> commit_document(log::LeafKind kind,
                                                      std::string_view document,
                                                      const std::optional<Digest>& bundle,
                                                      std::optional<std::uint64_t> ref);
  // When space runs out between here and the end, the reserve is freed and the step tried again.
  void allow_reserve() { may_use_reserve_ = true; }
  [[nodiscard]] Status with_reserve(const std::function<Status()>& step);

  // Rows or bytes changed in another way than by leaves: made anew and written.
  [[nodiscard]] Status rebuild_heads();
  [[nodiscard]] Status rebuild_log_caches() { return writer_.rebuild_caches(); }

 private:
  Growth(StoreState& store, host::FileLock lock, log::LogWriter writer)
      : store_(&store), lock_(std::move(lock)), writer_(std::move(writer)) {}
  [[nodiscard]] Status make_pending(std::uint64_t own_seq);
  [[nodiscard]] Status sync_pending();
  // Moves or removes what is in log/pending/.
  [[nodiscard]] Status settle();
  [[nodiscard]] Status move_in(const std::filesystem::path& directory);
  void write_heads_file();

  StoreState* store_;
  host::FileLock lock_;
  log::LogWriter writer_;
  Heads heads_;
  std::string at_;
  bool may_use_reserve_ = false;
  std::vector<std::uint64_t> pending_;  // directories made
  std::vector<std::filesystem::path> added_;
  std::uint64_t bytes_moved_ = 0;
};

// Frees the 16 MiB that were kept for a result after side effects (S-07); keeps them again.
[[nodiscard]] Status free_reserve(const StorePlaces& places);
void keep_reserve(const StorePlaces& places);

}  // namespace sourceos::bundle
