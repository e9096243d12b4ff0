// Whether what a pattern found is a secret: character set and length, checksum, entropy, allow
// list, in this order. Looks at the match and at fixed numbers of bytes before and after it, so that
// the answer never depends on how the input was split. Also judges names and values for structured
// redaction.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "redact/rules.hpp"

namespace sourceos::redact {

// All three lie one after the other in the same text.
struct Candidate {
  std::string_view before;       // k_rule_before_bytes, fewer only at the text's begin
  std::string_view match;        // the whole match of the rule's pattern
  std::string_view after;        // rule.tail bytes, fewer only at the text's end
  std::size_t from = 0, to = 0;  // the secret (group `secret` or all), from the match's begin
};

enum class Verdict : std::uint8_t {
  refused,
  unsure,     // a checksum failed: masked, told with low confidence, never teaches
  confirmed,
  checked,    // a checksum held: may teach even from a hostile source
};

struct Confirmed {
  struct Place {
    std::size_t from = 0, to = 0;
  };
  Verdict verdict = Verdict::refused;
  std::size_t from = 0, to = 0;   // the secret, from the match's begin; may end past the match
  std::array<Place, 3> also{};    // more secrets behind it; those that are there come first
  std::string_view by;            // the check that decided, for `redact explain`
  std::size_t judged_to = 0;      // where the value that was judged ends, also of a refused one
  [[nodiscard]] bool masks() const { return verdict != Verdict::refused; }
};

// How callers go on in the text: after a masked span from its end, after a refused candidate from
// the second byte of its match.
[[nodiscard]] Confirmed confirm(const Rule& rule, const Candidate& candidate);

// The class that a name (variable, JSON key, option, header) gives its value: "password", "token",
// "secret", "key", ...; empty when the name says nothing secret. Knows names that only point at a
// secret or describe one (`*_FILE`, `password_hash_rounds`, `tokenizer`, `key_id`).
[[nodiscard]] std::string_view class_of_name(std::string_view name);

// Obvious non-secrets where a secret could stand: empty, null, true, `${X}`, `{{ x }}`, `<token>`,
// `changeme`-like fillers, `****`, paths of secret files, names of variables, our own placeholders.
[[nodiscard]] bool is_placeholder(std::string_view value);

// `user:password`, `username:pass`: how documents spell such a pair. `before` ends where `value` begins.
[[nodiscard]] bool is_sample_pair(std::string_view before, std::string_view value);

// `scheme://user:password@localhost` as documents spell it, or with a filler where the password stands.
[[nodiscard]] bool is_sample_url(std::string_view url);

// Identifiers that everyone may see: digests with their algorithm, UUIDs, layer ids, integrity
// hashes, certificates, public keys.
[[nodiscard]] bool is_public_identifier(std::string_view value);

// For structured redaction: this value under this name is to be masked.
[[nodiscard]] bool is_secret_value(std::string_view name, std::string_view value);

// Shannon entropy in bits a character, and an estimate of the bits of the whole value (S-16).
[[nodiscard]] double entropy_per_character(std::string_view value);
[[nodiscard]] double estimated_bits(std::string_view value);

}  // namespace sourceos::redact
