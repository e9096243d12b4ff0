// SHA-256 (FIPS 180-4) and the ids made of it. The one door to libcrypto, which is there for its
// SHA-NI code; all other cryptography is libsodium's.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sourceos::bundle {

class Digest {
 public:
  static constexpr std::size_t k_size = 32;
  Digest() = default;
  explicit Digest(const std::array<std::uint8_t, k_size>& bytes) : bytes_(bytes) {}

  // "sha256:<64 lower-case hex>" and nothing else.
  [[nodiscard]] static Result<Digest> parse(std::string_view text);
  [[nodiscard]] static Result<Digest> parse_hex(std::string_view hex);
  // From exactly 32 bytes.
  [[nodiscard]] static Result<Digest> from_bytes(std::string_view bytes);

  [[nodiscard]] std::string hex() const;
  [[nodiscard]] std::string text() const { return "sha256:" + hex(); }
  [[nodiscard]] std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), k_size};
  }
  auto operator<=>(const Digest&) const = default;

 private:
  std::array<std::uint8_t, k_size> bytes_{};
};

// A running hash. Contexts are reused per object: reset() after finish() is cheap.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(std::string_view bytes);
  // The digest of all bytes so far; the object starts anew.
  [[nodiscard]] Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);

}  // namespace sourceos::bundle
