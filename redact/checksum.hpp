// Checksums and encodings that issuers put into their tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sourceos::redact {

[[nodiscard]] std::uint32_t crc32(std::string_view bytes);
// Six digits of base 62 (0-9 A-Z a-z), as GitHub and npm write it behind a token's body.
[[nodiscard]] std::string crc32_base62(std::string_view bytes);
// Body and checksum are what follows the last '_'.
[[nodiscard]] bool has_github_checksum(std::string_view token);

[[nodiscard]] bool has_luhn_checksum(std::string_view digits);

// RFC 4648 section 5 without padding; section 4 with it.
[[nodiscard]] std::string base64url(std::string_view bytes);
[[nodiscard]] std::string base64_text(std::string_view bytes);
// Either alphabet, with or without padding; nothing when it is not base64.
[[nodiscard]] std::optional<std::string> base64_any(std::string_view text);

// Header and payload are base64url of JSON objects.
[[nodiscard]] bool has_jwt_structure(std::string_view token);

}  // namespace sourceos::redact
