#include "redact/pseudonym.hpp"

#include "core/bytes.hpp"

#include <sodium.h>

#include <cstring>
#include <new>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_key_bytes = 32;
constexpr std::string_view k_tag_label = "tag/v1";
constexpr std::string_view k_commitment_label = "commit/v1";

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Tag first_digits(const unsigned char* hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  Tag tag{};
  for (std::size_t i = 0; i < tag.size(); i += 2) {
    tag[i] = digits[hash[i / 2] >> 4];
    tag[i + 1] = digits[hash[i / 2] & 15];
  }
  return tag;
}

}  // namespace

// Lies in sodium_malloc memory: guarded, locked, left out of dumps.
struct Pseudonyms::Keys {
  struct Pair {
    std::array<std::uint8_t, k_key_bytes> configured;
    std::array<std::uint8_t, k_key_bytes> bundle;
  };
  Pair* pair = nullptr;
  [[nodiscard]] const std::uint8_t* of(TagScope scope) const {
    return scope == TagScope::bundle ? pair->bundle.data() : pair->configured.data();
  }
};

Pseudonyms::Pseudonyms(const KeySource& keys, std::string_view scope, std::string_view run_id)
    : keys_(std::make_unique<Keys>()) {
  if (sodium_init() < 0) {
    throw std::bad_alloc();
  }
  keys_->pair = static_cast<Keys::Pair*>(sodium_malloc(sizeof(Keys::Pair)));
  if (keys_->pair == nullptr) {
    throw std::bad_alloc();
  }
  const std::string bundle = "bundle:" + std::string(run_id);
  auto configured_key = keys(k_tag_label, scope == "bundle" ? std::string_view(bundle) : scope);
  auto bundle_key = keys(k_tag_label, bundle);
  keys_->pair->configured = configured_key;
  keys_->pair->bundle = bundle_key;
  sodium_memzero(configured_key.data(), configured_key.size());
  sodium_memzero(bundle_key.data(), bundle_key.size());
  sodium_mprotect_readonly(keys_->pair);
}

Pseudonyms::~Pseudonyms() { sodium_free(keys_->pair); }

Tag Pseudonyms::tag(std::string_view value, TagScope scope) const {
  std::array<unsigned char, 32> hash{};
  crypto_generichash(hash.data(), hash.size(), raw(value), value.size(), keys_->of(scope),
                     k_key_bytes);
  return first_digits(hash.data());
}

std::string Pseudonyms::key_check() const {
  constexpr std::string_view text = "tag key check";
  std::array<unsigned char, 32> hash{};
  crypto_generichash(hash.data(), hash.size(), raw(text), text.size(),
                     keys_->of(TagScope::configured), k_key_bytes);
  return hex_encode({reinterpret_cast<const char*>(hash.data()), 8});
}

struct RunningTag::State {
  crypto_generichash_state hash;
};

RunningTag::RunningTag(const Pseudonyms& pseudonyms, TagScope scope)
    : state_(std::make_unique<State>()) {
  crypto_generichash_init(&state_->hash, pseudonyms.keys_->of(scope), k_key_bytes, 32);
}
RunningTag::~RunningTag() = default;

void RunningTag::update(std::string_view part) {
  crypto_generichash_update(&state_->hash, raw(part), part.size());
}

Tag RunningTag::finish() {
  std::array<unsigned char, 32> hash{};
  crypto_generichash_final(&state_->hash, hash.data(), hash.size());
  return first_digits(hash.data());
}

struct Commitment::State {
  crypto_generichash_state hash;
};

Commitment::Commitment(const KeySource& keys, std::string_view run_id, std::string_view path,
                       std::uint64_t length)
    : state_(std::make_unique<State>()) {
  std::string context(run_id);
  context += path;
  auto key = keys(k_commitment_label, context);
  crypto_generichash_init(&state_->hash, key.data(), key.size(), 32);
  sodium_memzero(key.data(), key.size());
  std::array<unsigned char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<unsigned char>(length >> (8 * i));
  }
  crypto_generichash_update(&state_->hash, bytes.data(), bytes.size());
}
Commitment::~Commitment() = default;

void Commitment::update(std::string_view bytes) {
  crypto_generichash_update(&state_->hash, raw(bytes), bytes.size());
}

std::string Commitment::finish_hex() {
  std::array<unsigned char, 32> hash{};
  crypto_generichash_final(&state_->hash, hash.data(), hash.size());
  return hex_encode({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

std::string keyed_hash(const std::array<std::uint8_t, 32>& key, std::string_view text) {
  std::string hash(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), raw(text),
                     text.size(), key.data(), key.size());
  return hash;
}

KeySource process_keys() {
  std::array<std::uint8_t, 32> root{};
  if (sodium_init() >= 0) {
    randombytes_buf(root.data(), root.size());
  }
  return [root](std::string_view label, std::string_view context) {
    std::string text(label);
    text += '\0';
    text += context;
    const std::string hash = keyed_hash(root, text);
    std::array<std::uint8_t, 32> key{};
    std::memcpy(key.data(), hash.data(), key.size());
    return key;
  };
}

}  // namespace sourceos::redact
