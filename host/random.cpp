// One of the doors to libsodium (the others: bundle/signature, bundle/seal, redact/pseudonym).
//
// SeededRandom: key = BLAKE2b-256(seed). Call n gives the first `count` bytes of the ChaCha20
// stream that randombytes_buf_deterministic makes from BLAKE2b-256(n, keyed with key), n as 8
// little-endian bytes; so calls of different lengths do not overlap.

#include "host/random.hpp"

#include <sodium.h>

namespace sourceos::host {

namespace {

static_assert(randombytes_SEEDBYTES == 32 && crypto_generichash_BYTES == 32);

// sodium_init may be called by several threads, any number of times.
void ready() {
  if (sodium_init() < 0) {
    sodium_misuse();
  }
}

}  // namespace

std::string SystemRandom::bytes(std::size_t count) {
  ready();
  std::string out(count, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

SeededRandom::SeededRandom(std::string_view seed) {
  ready();
  crypto_generichash(key_.data(), key_.size(), reinterpret_cast<const unsigned char*>(seed.data()),
                     seed.size(), nullptr, 0);
}

std::string SeededRandom::bytes(std::size_t count) {
  std::array<unsigned char, 8> number{};
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < number.size(); ++i) {
      number[i] = static_cast<unsigned char>(calls_ >> (8 * i));
    }
    ++calls_;
  }
  std::array<unsigned char, randombytes_SEEDBYTES> stream_key{};
  crypto_generichash(stream_key.data(), stream_key.size(), number.data(), number.size(),
                     key_.data(), key_.size());
  std::string out(count, '\0');
  randombytes_buf_deterministic(out.data(), out.size(), stream_key.data());
  return out;
}

}  // namespace sourceos::host
