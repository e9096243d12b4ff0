#include "bundle/digest.hpp"

#include <algorithm>
#include <new>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/bytes.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::string_view k_prefix = "sha256:";

// Fetching looks through OpenSSL's providers: once is enough for the whole process. No OpenSSL
// configuration is read: it could name a foreign provider, and reading it takes a millisecond.
const EVP_MD* fetched_sha256() {
  static const EVP_MD* const algorithm = [] {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    return EVP_MD_fetch(nullptr, "SHA256", nullptr);
  }();
  return algorithm;
}

// SHA-256 has no way to go wrong but a library that lacks it or memory that is gone.
void must(int outcome) {
  if (outcome != 1) {
    throw std::bad_alloc();
  }
}

}  // namespace

Result<Digest> Digest::from_bytes(std::string_view bytes) {
  if (bytes.size() != k_size) {
    return fail(ErrorKind::malformed, "malformed",
                fmt::format("expected 32 bytes of SHA-256, there are {}", bytes.size()));
  }
  Digest digest;
  std::copy(bytes.begin(), bytes.end(), digest.bytes_.begin());
  return digest;
}

Result<Digest> Digest::parse_hex(std::string_view hex) {
  if (hex.size() != 2 * k_size || !is_lower_hex(hex)) {
    return fail(ErrorKind::malformed, "malformed", "expected 64 lower-case hex digits of SHA-256");
  }
  SOURCEOS_TRY_ASSIGN(const std::string bytes, hex_decode(hex));
  return from_bytes(bytes);
}

Result<Digest> Digest::parse(std::string_view text) {
  if (!text.starts_with(k_prefix)) {
    return fail(ErrorKind::malformed, "malformed", "expected a digest like sha256:<64 hex digits>");
  }
  return parse_hex(text.substr(k_prefix.size()));
}

std::string Digest::hex() const { return hex_encode(bytes()); }

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  Context() { must(EVP_DigestInit_ex2(evp, fetched_sha256(), nullptr)); }
  ~Context() { EVP_MD_CTX_free(evp); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(std::string_view bytes) {
  must(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()));
  return *this;
}

Digest Sha256::finish() {
  std::array<std::uint8_t, Digest::k_size> bytes{};
  must(EVP_DigestFinal_ex(context_->evp, bytes.data(), nullptr));
  must(EVP_DigestInit_ex2(context_->evp, nullptr, nullptr));
  return Digest(bytes);
}

Digest sha256(std::string_view bytes) {
  thread_local Sha256 running;
  return running.update(bytes).finish();
}

}  // namespace sourceos::bundle
