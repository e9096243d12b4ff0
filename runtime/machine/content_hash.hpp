// What lay in a mount when a launch began, as one digest: `contentHash` of mount evidence.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "core/limits.hpp"

namespace sourceos::runtime {

struct ContentHash {
  std::optional<std::string> hash;  // "sha256:..."
  std::string cause;                // why there is none: "missing", "too-large", "unreadable", "changed"
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

// A launch waits for it: about a quarter of a second at most.
struct ContentBounds {
  std::uint64_t entries_max = 10'000;
  std::uint64_t bytes_max = 64 * limits::k_mib;
};

// SHA-256 over one record an entry, in path order: kind, path, and of a file its digest, of
// a link where it points. `.git` is left out: git tells it better, and looking changes it. Links and
// other file systems are not entered. Times and modes do not count.
[[nodiscard]] ContentHash hash_content(const std::filesystem::path& root,
                                       const ContentBounds& bounds = {});

}  // namespace sourceos::runtime
