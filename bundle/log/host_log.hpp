// The host log on disk: an append-only Merkle log of what the store did, in C2SP forms.
//
//   leaves       records { u32 length, leaf, u32 CRC-32C of length and leaf }, little-endian;
//                a record that is whole and synced is the commit point (security S-06)
//   offsets      u64 each: where record i ends; rebuildable
//   tile/..      hash tiles as c2sp.org/tlog-tiles names them, partial ones as <n>.p/<width>;
//                rebuildable, only the right edge is written
//   checkpoint   the newest signed checkpoint; replaced by rename, never ahead of `leaves`
//   pending/<seq>/   blobs of a leaf that is being appended
//   anchors      JSON Lines { at, root, size, target }: where checkpoints were handed out
//
// Readers see exactly the leaves under the checkpoint that they read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/log/checkpoint.hpp"
#include "bundle/log/leaf.hpp"
#include "bundle/log/tlog_proof.hpp"
#include "core/result.hpp"

namespace sourceos::bundle::log {

struct StoredLeaf {
  Leaf leaf;
  std::string bytes;
};

struct LogFault {
  std::string reason;  // "log-gap", "log-fork", "log-rewound", "log-proof", "malformed"
  std::string detail;
};

class HostLog;
[[nodiscard]] bool offsets_are_right(const HostLog& log);  // bundle/log/host_log_caches.hpp
[[nodiscard]] bool tiles_are_right(const HostLog& log);

class HostLog {
 public:
  // A log that is there; reads the newest checkpoint. `not_found` when there is none.
  [[nodiscard]] static Result<HostLog> open(const std::filesystem::path& directory);
  HostLog(HostLog&&) noexcept;
  HostLog& operator=(HostLog&&) noexcept;
  ~HostLog();

  [[nodiscard]] const std::filesystem::path& directory() const;
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] const Checkpoint& checkpoint() const;
  [[nodiscard]] const std::string& checkpoint_text() const;  // the signed note
  // Reads the newest checkpoint again.
  [[nodiscard]] Status refresh();

  [[nodiscard]] Result<StoredLeaf> leaf(std::uint64_t seq) const;
  // Leaves from..to-1 in order; `each` ends the walk with an Error.
  [[nodiscard]] Status for_each(std::uint64_t from, std::uint64_t to,
                                const std::function<Status(const StoredLeaf&)>& each) const;
  // The same from the newest down; `each` returns false to stop.
  [[nodiscard]] Status for_each_back(
      const std::function<Result<bool>(const StoredLeaf&)>& each) const;

  // Inclusion under the newest checkpoint, and consistency of two sizes up to it.
  [[nodiscard]] Result<TlogProof> proof(std::uint64_t seq) const;
  [[nodiscard]] Result<ConsistencyProof> consistency(std::uint64_t old_size,
                                                     std::uint64_t new_size) const;
  [[nodiscard]] Result<Digest> root_of(std::uint64_t size) const;
  [[nodiscard]] Digest root() const { return checkpoint().root; }

  // Reads everything again: records, numbering, references, the tree, the checkpoint and its
  // signature by `log_key`, when given. Empty when all is well.
  [[nodiscard]] std::vector<LogFault> verify(const std::optional<PublicKey>& log_key) const;

 private:
  friend class LogWriter;
  friend bool offsets_are_right(const HostLog& log);
  friend bool tiles_are_right(const HostLog& log);
  [[nodiscard]] Result<Digest> subtree(std::uint64_t size, unsigned level,
                                       std::uint64_t index) const;
  struct State;
  explicit HostLog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sourceos::bundle::log
