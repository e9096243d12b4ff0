// Checkpoints of the host log (c2sp.org/tlog-checkpoint): origin, size and root as a signed note.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bundle/digest.hpp"
#include "bundle/log/note.hpp"
#include "bundle/signer.hpp"
#include "core/result.hpp"

namespace sourceos::bundle::log {

inline constexpr std::string_view k_origin_prefix = "sourceos.evidence/";
inline constexpr std::string_view k_test_origin_prefix = "sourceos.evidence/test/";

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root;
  bool operator==(const Checkpoint&) const = default;
};

struct SignedCheckpoint {
  Checkpoint checkpoint;
  Note note;
  [[nodiscard]] NoteVerdict verify(const PublicKey& log_key) const;
};

// `log_id` is 32 hex digits.
[[nodiscard]] std::string origin_of(std::string_view log_id, bool test_seams);

// The note's text, three lines.
[[nodiscard]] std::string write_checkpoint_text(const Checkpoint& checkpoint);
// The whole signed note; the key's name is the origin.
[[nodiscard]] Result<std::string> sign_checkpoint(const Checkpoint& checkpoint,
                                                  const Signer& log_signer);
// No extension lines: none of our logs writes them. Unknown signatures are kept and ignored.
[[nodiscard]] Result<SignedCheckpoint> parse_checkpoint(std::string_view text);

}  // namespace sourceos::bundle::log
