// The checkpoints that this verifier accepted, per log key (security S-05). An older bundle is
// never a rollback; two roots for one size are a fork.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bundle/log/checkpoint.hpp"
#include "bundle/signature.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::verify {

struct SeenCheckpoint {
  std::uint64_t size = 0;
  bundle::Digest root;
  UtcTime seen_at;
};

// <state root>/verifier/checkpoints/<hex of the log key's SPKI digest>: a line a checkpoint,
// "<size> <base64 root> <time>", append only. Thread-safe.
class CheckpointMemory {
 public:
  explicit CheckpointMemory(std::filesystem::path directory);
  ~CheckpointMemory();
  // Checkpoints given by hand (--checkpoint FILE) stand beside what is on disk.
  void add_given(const bundle::PublicKey& log_key, const SeenCheckpoint& checkpoint);

  [[nodiscard]] std::optional<SeenCheckpoint> of_size(const bundle::PublicKey& log_key,
                                                      std::uint64_t size) const;
  [[nodiscard]] std::optional<SeenCheckpoint> newest(const bundle::PublicKey& log_key) const;
  // False: absent or unreadable; the check is then `skipped (no memory)`.
  [[nodiscard]] bool usable() const;
  // After signature, role and consistency passed. Written at flush() and at the end; best effort.
  void accept(const bundle::PublicKey& log_key, const SeenCheckpoint& checkpoint);
  void flush();

 private:
  struct LogFile;
  [[nodiscard]] LogFile& load(const bundle::PublicKey& log_key) const;
  std::filesystem::path directory_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::unique_ptr<LogFile>> logs_;
};

}  // namespace sourceos::verify
