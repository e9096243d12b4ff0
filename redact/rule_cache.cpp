// File: magic line, three lines of RuleCacheKey, 32 bytes keyed BLAKE2b over those lines and the
// body, body. The name carries the key's short hash, so that several rule sets live side by side.
#include "redact/rule_cache.hpp"

#include "core/limits.hpp"
#include "host/files.hpp"
#include "redact/pseudonym.hpp"

#include <unistd.h>

#include <fmt/format.h>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_mac_bytes = 32;

std::string header(const RuleCacheKey& key) {
  return fmt::format("sourceos-rule-cache/1\n{}\n{}\n{}\n", key.rules, key.library, key.cpu);
}

std::filesystem::path file_of(const std::filesystem::path& directory, const RuleCacheKey& key) {
  return directory / ("rules-" + bundle::sha256(header(key)).hex().substr(0, 16) + ".cache");
}

std::string mac(const KeySource& keys, const std::string& head, std::string_view body) {
  const auto key = keys("rule-cache/v1", "");
  std::string text = head;
  text += body;
  return keyed_hash(key, text);
}

}  // namespace

std::optional<std::string> read_rule_cache(const std::filesystem::path& directory,
                                           const KeySource& keys, const RuleCacheKey& key) {
  auto file = host::open_regular(file_of(directory, key));
  if (!file) {
    return std::nullopt;
  }
  const auto facts = host::describe(*file);
  if (!facts || facts->uid != ::geteuid() || (facts->mode & 07177) != 0 || facts->links != 1) {
    return std::nullopt;
  }
  auto bytes = host::read_all(*file, limits::k_rule_cache_bytes_max);
  const std::string head = header(key);
  if (!bytes || bytes->size() < head.size() + k_mac_bytes || !bytes->starts_with(head)) {
    return std::nullopt;
  }
  const std::string_view body = std::string_view(*bytes).substr(head.size() + k_mac_bytes);
  if (std::string_view(*bytes).substr(head.size(), k_mac_bytes) != mac(keys, head, body)) {
    return std::nullopt;
  }
  return std::string(body);
}

void write_rule_cache(const std::filesystem::path& directory, const KeySource& keys,
                      const RuleCacheKey& key, std::string_view serialised) {
  if (!host::make_directories(directory, 0700)) {
    return;
  }
  std::string bytes = header(key);
  bytes += mac(keys, header(key), serialised);
  bytes += serialised;
  static_cast<void>(
      host::write_file_atomically(file_of(directory, key), bytes, 0600, host::Durability::none));
}

}  // namespace sourceos::redact
