// C2SP signed notes (c2sp.org/signed-note), Ed25519 (type 0x01) signatures.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/signature.hpp"
#include "core/result.hpp"

namespace sourceos::bundle::log {

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string signature;  // what follows the key id
};

struct Note {
  std::string text;  // with its last newline
  std::vector<NoteSignature> signatures;
};

// First four bytes of SHA-256(name || 0x0A || 0x01 || key).
[[nodiscard]] std::uint32_t note_key_id(std::string_view name, const PublicKey& key);
// "<name>+<8 hex>+<base64(0x01 || key)>": what other tools take as a verifier key.
[[nodiscard]] std::string note_verifier_key(std::string_view name, const PublicKey& key);

[[nodiscard]] std::string write_note(const Note& note);
[[nodiscard]] Result<Note> parse_note(std::string_view text);

enum class NoteVerdict { valid, bad_signature, not_signed_by_key };
// Looks at the signature whose name and key id are the key's; others are ignored.
[[nodiscard]] NoteVerdict verify_note(const Note& note, std::string_view name,
                                      const PublicKey& key);

}  // namespace sourceos::bundle::log
