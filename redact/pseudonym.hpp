// Tags and commitments: keyed BLAKE2b. The same value has the same tag in one scope; without the
// key nobody can test a guess (security S-16, S-32).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "redact/pipeline.hpp"

namespace sourceos::redact {

using Tag = std::array<char, 12>;  // lower-case hex digits

enum class TagScope : std::uint8_t {
  configured,  // values that only their issuer makes, or of 64 bits and more
  bundle,      // passwords, PINs, names, addresses: guessable, so never comparable across bundles
};

class Pseudonyms {
 public:
  // Empty `keys`: keys of this process only.
  Pseudonyms(const KeySource& keys, std::string_view scope, std::string_view run_id);
  ~Pseudonyms();
  Pseudonyms(const Pseudonyms&) = delete;
  Pseudonyms& operator=(const Pseudonyms&) = delete;

  [[nodiscard]] Tag tag(std::string_view value, TagScope scope) const;
  // 16 hex digits that tell two keys apart.
  [[nodiscard]] std::string key_check() const;

 private:
  friend class RunningTag;
  struct Keys;
  std::unique_ptr<Keys> keys_;
};

// A tag over a value that comes in parts (a private key of many lines).
class RunningTag {
 public:
  RunningTag(const Pseudonyms& pseudonyms, TagScope scope);
  ~RunningTag();
  void update(std::string_view part);
  [[nodiscard]] Tag finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// BLAKE2b-256 over 8 bytes of length (little endian) and the original, in parts.
class Commitment {
 public:
  Commitment(const KeySource& keys, std::string_view run_id, std::string_view path,
             std::uint64_t length);
  ~Commitment();
  void update(std::string_view bytes);
  [[nodiscard]] std::string finish_hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Keyed BLAKE2b-256 of a text, 32 bytes; authenticates the rule cache.
[[nodiscard]] std::string keyed_hash(const std::array<std::uint8_t, 32>& key,
                                     std::string_view text);
// 32 random bytes for a process without a store key.
[[nodiscard]] KeySource process_keys();

}  // namespace sourceos::redact
