// Keys derived from the store key: for tags, commitments and the machine's tag (security S-16,
// S-32). Implemented in signature_secret.cpp, behind libsodium's door.
#pragma once

#include <string_view>

#include "bundle/signature.hpp"

namespace sourceos::bundle {

inline constexpr std::size_t k_store_key_size = 32;

// BLAKE2b-256 keyed with `key` over le64(length of label) || label || context.
[[nodiscard]] SecretBytes derive_key(const SecretBytes& key, std::string_view label,
                                     std::string_view context);
// BLAKE2b-256 of `bytes` under `key`.
[[nodiscard]] std::string keyed_hash(const SecretBytes& key, std::string_view bytes);

}  // namespace sourceos::bundle
