// The compiled rules on disk. Trusted code, so a file counts only when this account wrote it with
// this store's key, for these rules, this library and this CPU (security S-28).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "redact/pipeline.hpp"

namespace sourceos::redact {

struct RuleCacheKey {
  std::string rules;    // digest of patterns and their order
  std::string library;  // name and version
  std::string cpu;
};

// The engine's serialised bytes, or nothing for any reason at all.
[[nodiscard]] std::optional<std::string> read_rule_cache(const std::filesystem::path& directory,
                                                         const KeySource& keys,
                                                         const RuleCacheKey& key);
// Best effort: a cache that cannot be written costs time, nothing else.
void write_rule_cache(const std::filesystem::path& directory, const KeySource& keys,
                      const RuleCacheKey& key, std::string_view serialised);

}  // namespace sourceos::redact
