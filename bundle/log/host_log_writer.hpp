// Lets the host log grow. Whoever has one holds the store's lock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bundle/log/host_log.hpp"
#include "bundle/signer.hpp"
#include "core/result.hpp"

namespace sourceos::bundle::log {

class LogWriter {
 public:
  // Makes a log directory with one leaf, published. The directory must be empty.
  [[nodiscard]] static Status create(const std::filesystem::path& directory,
                                     const std::string& origin, const Leaf& first,
                                     const Signer& signer);

  // Recovers (security S-06): cuts a torn last record; keeps whole leaves beyond the checkpoint
  // and signs for them. `refused` "log-rewound" when leaves are missing that the checkpoint
  // covers, "log-fork" when they do not lead to its root.
  [[nodiscard]] static Result<LogWriter> open(HostLog& log, const Signer& signer);

  // `append` is the commit point: the leaves' seq must go on from size(). `publish` signs and
  // replaces the checkpoint; after an error it may be called again.
  [[nodiscard]] Status append(const std::vector<Leaf>& leaves);
  [[nodiscard]] Status publish();

  // Offsets and tiles, from the leaves.
  [[nodiscard]] Status rebuild_caches();

  // Leaves on disk, published or not.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // How many of them opening found beyond the checkpoint.
  [[nodiscard]] std::uint64_t recovered() const { return recovered_; }

 private:
  LogWriter(HostLog& log, const Signer& signer) : log_(&log), signer_(&signer) {}
  [[nodiscard]] Status recover();
  [[nodiscard]] Status check_tree();
  [[nodiscard]] Status rebuild_offsets();
  [[nodiscard]] Status rebuild_tiles();
  [[nodiscard]] Status rewrite_unpublished(const std::vector<std::string>& leaves);

  HostLog* log_;
  const Signer* signer_;
  std::uint64_t size_ = 0;
  std::uint64_t end_ = 0;  // of the last whole record, in bytes
  std::uint64_t recovered_ = 0;
  std::vector<Digest> unpublished_;  // leaf hashes
};

}  // namespace sourceos::bundle::log
