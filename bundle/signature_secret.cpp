#include "bundle/secret.hpp"

#include <cassert>
#include <cstring>

#include <sodium.h>

namespace sourceos::bundle {

namespace {

// The length keeps ("ab", "c") and ("a", "bc") apart.
void update_with_length(crypto_generichash_state& state, std::string_view text) {
  std::array<unsigned char, 8> length{};
  for (std::size_t i = 0; i < length.size(); ++i) {
    length[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(text.size()) >> (8 * i));
  }
  crypto_generichash_update(&state, length.data(), length.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                            text.size());
}

void start(crypto_generichash_state& state, const SecretBytes& key) {
  assert(key.size() >= crypto_generichash_KEYBYTES_MIN &&
         key.size() <= crypto_generichash_KEYBYTES_MAX);
  crypto_generichash_init(&state, reinterpret_cast<const unsigned char*>(key.view().data()),
                          key.size(), k_store_key_size);
}

}  // namespace

SecretBytes derive_key(const SecretBytes& key, std::string_view label, std::string_view context) {
  crypto_generichash_state state;
  start(state, key);
  update_with_length(state, label);
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(context.data()),
                            context.size());
  SecretBytes out(k_store_key_size);
  crypto_generichash_final(&state, out.data(), out.size());
  sodium_memzero(&state, sizeof state);
  return out;
}

std::string keyed_hash(const SecretBytes& key, std::string_view bytes) {
  crypto_generichash_state state;
  start(state, key);
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
  std::string out(k_store_key_size, '\0');
  crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(out.data()), out.size());
  sodium_memzero(&state, sizeof state);
  return out;
}

}  // namespace sourceos::bundle
