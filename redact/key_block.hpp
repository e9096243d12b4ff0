// Private keys that take many lines: PEM, OpenSSH, PGP, SSH2, PuTTY, OpenVPN; with log prefixes,
// indentation, `\n` escapes, quotes, all on one line, or with their END missing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sourceos::redact {

// A key longer than this goes on as another block.
inline constexpr std::size_t k_key_block_bytes_max = 48 * 1024;

struct KeyBlock {
  std::size_t from = 0;  // first and one past the last byte to mask
  std::size_t to = 0;
  bool cut = false;      // reached the cap inside the key: the rest is at `to`
  std::string body;      // the key's base64 alone: the same key has the same tag in every dress
};

// The key that begins at `at` ("-----BEGIN ", "---- BEGIN " or "PuTTY-User-Key-File-"), if one does.
[[nodiscard]] std::optional<KeyBlock> read_key_block(std::string_view text, std::size_t at);
// The rest of a block that was cut, at `at`.
[[nodiscard]] KeyBlock continue_key_block(std::string_view text, std::size_t at);

}  // namespace sourceos::redact
