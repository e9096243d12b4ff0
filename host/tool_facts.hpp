// Digest and origin of a tool, kept in a cache in the state root, since reading a 40 MB program
// at each start would cost more than the command (security S-26).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "core/result.hpp"
#include "host/files.hpp"
#include "host/tool_finder.hpp"

namespace sourceos::host {

struct ToolFacts {
  std::string sha256;            // lower-case hex
  std::optional<bool> packaged;  // by dpkg, or in a Nix store; nullopt: cannot be known here
};

// One line for a file, keyed by device, inode, size, mtime and ctime. A cache that does not parse
// is thrown away.
class ToolFactsCache {
 public:
  // Reads the lower-case hex SHA-256 of an open file; given by the caller because digests are
  // made in bundle/.
  using FileDigest = std::function<Result<std::string>(const Descriptor&)>;

  ToolFactsCache(const Environment& environment, FileDigest digest);

  [[nodiscard]] Result<ToolFacts> facts(const Tool& tool);
  // Writes the cache when something was added. Losing it costs time only.
  [[nodiscard]] Status save() const;

 private:
  using Key = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::int64_t, std::int64_t>;
  void load();

  fs::path file_;
  fs::path package_lists_;
  FileDigest digest_;
  std::map<Key, ToolFacts> known_;
  bool changed_ = false;
};

}  // namespace sourceos::host
