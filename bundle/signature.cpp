#include "bundle/signature.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <mutex>
#include <new>

namespace sourceos::bundle {
namespace {

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* as_bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

// Every function here may be the first to use the library.
void start_library() {
  static const int result = sodium_init();
  assert(result >= 0);
  static_cast<void>(result);
}

std::uint8_t* guarded_memory(std::size_t size) {
  void* memory = sodium_malloc(size);
  if (memory == nullptr) {
    throw std::bad_alloc();  // as every other allocation would
  }
  return static_cast<std::uint8_t*>(memory);
}

// Keys share one locked and guarded page. A mapping for each costs a dozen system calls, and one is
// derived for every entry of a bundle.
class SmallSecrets {
 public:
  static constexpr std::size_t k_slot_bytes = 64;

  // Lives as long as the process: secrets may outlast statics.
  static SmallSecrets& instance() {
    static SmallSecrets& one = *new SmallSecrets;
    return one;
  }

  // nullptr when all are in use.
  std::uint8_t* take() {
    const std::lock_guard lock(mutex_);
    return free_count_ == 0 ? nullptr : page_ + free_[--free_count_] * k_slot_bytes;
  }

  // False for memory that is not of the page.
  bool give_back(std::uint8_t* bytes) {
    const auto offset = reinterpret_cast<std::uintptr_t>(bytes) -
                        reinterpret_cast<std::uintptr_t>(page_);
    if (offset >= k_slots * k_slot_bytes) {
      return false;
    }
    sodium_memzero(bytes, k_slot_bytes);
    const std::lock_guard lock(mutex_);
    free_[free_count_++] = offset / k_slot_bytes;
    return true;
  }

 private:
  static constexpr std::size_t k_slots = 64;

  SmallSecrets() : page_(guarded_memory(k_slots * k_slot_bytes)) {
    for (std::size_t i = 0; i < k_slots; ++i) {
      free_[i] = i;
    }
  }

  std::uint8_t* const page_;
  std::mutex mutex_;
  std::array<std::size_t, k_slots> free_{};
  std::size_t free_count_ = k_slots;
};

}  // namespace

Result<PublicKey> PublicKey::from_bytes(std::string_view raw) {
  start_library();
  if (raw.size() != k_size) {
    return fail(ErrorKind::malformed, "malformed",
                "expected a public key of 32 bytes, there are " + std::to_string(raw.size()));
  }
  // Canonical, not of small order, and in the group of prime order: a point with a torsion part
  // would let two libraries disagree on a signature.
  if (crypto_core_ed25519_is_valid_point(as_bytes(raw)) != 1) {
    return fail(ErrorKind::malformed, "malformed",
                "expected an Ed25519 point of prime order, there is another value");
  }
  PublicKey key;
  std::memcpy(key.bytes.data(), raw.data(), k_size);
  return key;
}

bool verify_signature(std::string_view message, std::string_view signature, const PublicKey& key) {
  start_library();
  return signature.size() == k_signature_size &&
         crypto_sign_verify_detached(as_bytes(signature), as_bytes(message), message.size(),
                                     key.bytes.data()) == 0;
}

void SecretBytes::Free::operator()(std::uint8_t* bytes) const {
  if (!SmallSecrets::instance().give_back(bytes)) {
    sodium_free(bytes);
  }
}

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
  start_library();
  std::uint8_t* small =
      size <= SmallSecrets::k_slot_bytes ? SmallSecrets::instance().take() : nullptr;
  bytes_.reset(small != nullptr ? small : guarded_memory(std::max<std::size_t>(size, 1)));
}

SecretBytes SecretBytes::take(std::string& source) {
  SecretBytes secret(source.size());
  if (!source.empty()) {
    std::memcpy(secret.data(), source.data(), source.size());
  }
  wipe(source);
  return secret;
}

void wipe(std::string& secret) {
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

Result<SecretKey> SecretKey::from_seed(const SecretBytes& seed) {
  start_library();
  if (seed.size() != k_seed_size) {
    return fail(ErrorKind::malformed, "malformed", "expected a key seed of 32 bytes");
  }
  SecretKey key;
  key.secret_ = SecretBytes(crypto_sign_SECRETKEYBYTES);
  crypto_sign_seed_keypair(key.public_key_.bytes.data(), key.secret_.data(),
                           as_bytes(seed.view()));
  return key;
}

std::string SecretKey::sign(std::string_view message) const {
  std::string signature(k_signature_size, '\0');
  crypto_sign_detached(as_bytes(signature), nullptr, as_bytes(message), message.size(),
                       as_bytes(secret_.view()));
  return signature;
}

std::string sha512(std::string_view bytes) {
  start_library();
  std::string hash(crypto_hash_sha512_BYTES, '\0');
  crypto_hash_sha512(as_bytes(hash), as_bytes(bytes), bytes.size());
  return hash;
}

std::string blake2b_512(std::string_view bytes) {
  start_library();
  std::string hash(crypto_generichash_BYTES_MAX, '\0');
  crypto_generichash(as_bytes(hash), hash.size(), as_bytes(bytes), bytes.size(), nullptr, 0);
  return hash;
}

Result<SecretBytes> derive_box_key(const SecretBytes& passphrase, std::string_view salt,
                                   PassphraseCost cost) {
  start_library();
  assert(salt.size() == k_passphrase_salt_size);
  SecretBytes key(crypto_secretbox_KEYBYTES);
  if (crypto_pwhash(key.data(), key.size(), passphrase.view().data(), passphrase.size(),
                    as_bytes(salt), cost.operations, cost.memory_bytes,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(ErrorKind::limit, "limit",
                "the cost that the key file names for its passphrase cannot be met here");
  }
  return key;
}

std::string seal_box(std::string_view secret, std::string_view nonce, const SecretBytes& key) {
  assert(nonce.size() == k_box_nonce_size && key.size() == crypto_secretbox_KEYBYTES);
  std::string box(secret.size() + crypto_secretbox_MACBYTES, '\0');
  crypto_secretbox_easy(as_bytes(box), as_bytes(secret), secret.size(), as_bytes(nonce),
                        as_bytes(key.view()));
  return box;
}

Result<SecretBytes> open_box(std::string_view box, std::string_view nonce,
                             const SecretBytes& key) {
  assert(nonce.size() == k_box_nonce_size && key.size() == crypto_secretbox_KEYBYTES);
  if (box.size() < crypto_secretbox_MACBYTES) {
    return fail(ErrorKind::malformed, "malformed", "expected a sealed secret, it is cut short");
  }
  SecretBytes secret(box.size() - crypto_secretbox_MACBYTES);
  if (crypto_secretbox_open_easy(secret.data(), as_bytes(box), box.size(), as_bytes(nonce),
                                 as_bytes(key.view())) != 0) {
    return fail(ErrorKind::refused, "key-passphrase", "the passphrase does not open the key file");
  }
  return secret;
}

}  // namespace sourceos::bundle
