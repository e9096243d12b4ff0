// Ed25519 as libsodium does it, and the little else of libsodium that keys need. The one door to
// libsodium for bundles: what libsodium accepts is what we accept (security S-20).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sourceos::bundle {

class Digest;

// The 32 raw bytes. They alone identify a signer; ids and hints only say which to try (S-19).
struct PublicKey {
  static constexpr std::size_t k_size = 32;
  std::array<std::uint8_t, k_size> bytes{};

  // From exactly 32 bytes that are a canonical point of prime order; others are `malformed`
  // (reason "malformed"). Every key that enters trust comes through here.
  [[nodiscard]] static Result<PublicKey> from_bytes(std::string_view raw);

  [[nodiscard]] std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), k_size};
  }
  auto operator<=>(const PublicKey&) const = default;
};

inline constexpr std::size_t k_signature_size = 64;

// What crypto_sign_verify_detached accepts, and nothing else.
[[nodiscard]] bool verify_signature(std::string_view message, std::string_view signature,
                                    const PublicKey& key);

// Memory that is locked, guarded and zeroed when it goes (sodium_malloc).
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);
  // Copies, then zeroes the source.
  [[nodiscard]] static SecretBytes take(std::string& source);
  [[nodiscard]] std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes_.get()), size_};
  }
  [[nodiscard]] std::uint8_t* data() { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  struct Free {
    void operator()(std::uint8_t* bytes) const;
  };
  std::unique_ptr<std::uint8_t[], Free> bytes_;
  std::size_t size_ = 0;
};

// Overwrites and empties a string that held a secret.
void wipe(std::string& secret);

// An Ed25519 key pair made from its 32 byte seed.
class SecretKey {
 public:
  static constexpr std::size_t k_seed_size = 32;
  [[nodiscard]] static Result<SecretKey> from_seed(const SecretBytes& seed);
  [[nodiscard]] const PublicKey& public_key() const { return public_key_; }
  [[nodiscard]] std::string_view seed() const { return secret_.view().substr(0, k_seed_size); }
  // Deterministic (RFC 8032). Callers sign through a Signer, which checks the result.
  [[nodiscard]] std::string sign(std::string_view message) const;

 private:
  SecretKey() = default;
  SecretBytes secret_;  // seed || public key, libsodium's form
  PublicKey public_key_;
};

// Hashes that foreign signature formats want over the message.
[[nodiscard]] std::string sha512(std::string_view bytes);
[[nodiscard]] std::string blake2b_512(std::string_view bytes);

// A file key from a passphrase (Argon2id) and a box for 32 bytes (XSalsa20-Poly1305).
inline constexpr std::size_t k_passphrase_salt_size = 16;
inline constexpr std::size_t k_box_nonce_size = 24;
struct PassphraseCost {
  std::uint64_t operations = 3;
  std::uint64_t memory_bytes = std::uint64_t{64} * 1024 * 1024;
};
[[nodiscard]] Result<SecretBytes> derive_box_key(const SecretBytes& passphrase,
                                                 std::string_view salt, PassphraseCost cost);
[[nodiscard]] std::string seal_box(std::string_view secret, std::string_view nonce,
                                   const SecretBytes& key);
// A wrong key or a changed box is `refused`, reason "key-passphrase".
[[nodiscard]] Result<SecretBytes> open_box(std::string_view box, std::string_view nonce,
                                           const SecretBytes& key);

}  // namespace sourceos::bundle
