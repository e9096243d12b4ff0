// Digest and origin of a tool, kept in a cache in the state root, since reading a 40 MB program
// at each start would cost more than the command (security S-26).
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "host/files.hpp"
#include "host/tool_finder.hpp"

namespace sourceos::host {

struct ToolFacts {
  std::string sha256;            // lower-case hex
  std::optional<bool> packaged;  // by dpkg, or in a Nix store; nullopt: cannot be known here
};

// A line for a file, keyed by device, inode, size, mtime and ctime: what was replaced or changed is
// read anew.
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
  using Key = std::array<std::uint64_t, 5>;  // in the order of a line
  void load();

  fs::path file_;
  fs::path package_lists_;
  std::uint32_t uid_;
  FileDigest digest_;
  std::map<Key, ToolFacts> known_;
  bool changed_ = false;
};

}  // namespace sourceos::host
