// Which declarations there are: --declaration FILE, the directories in SOURCEOS_AGENT_PATH,
// `<config root>/local-agents/`, `/etc/sourceos/local-agents/`, in this order.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/agent/declaration.hpp"

namespace sourceos::runtime {

struct UnreadableDeclaration {
  std::filesystem::path file;
  std::string name;  // as far as it could be read, else empty
  Error error;
};

struct Catalog {
  std::vector<ReadDeclaration> agents;  // by name; two with one name are both `unreadable`
  std::vector<UnreadableDeclaration> unreadable;

  // `usage`, "unknown-agent", with the known names; `malformed`, "declaration-duplicate", naming
  // both files; the error of a file that carries the name but cannot be read.
  [[nodiscard]] Result<const ReadDeclaration*> find(std::string_view name) const;
};

// A file named by the caller that is missing or foreign is an error; one that is found by search
// and cannot be read is in `unreadable`. Files are opened by S-33: "declaration-permissions".
[[nodiscard]] Result<Catalog> read_catalog(const host::Host& host,
                                           const std::vector<std::filesystem::path>& files);
// All `*.json` of a directory, for activation.
[[nodiscard]] Result<Catalog> read_catalog_directory(const host::Host& host,
                                                     const std::filesystem::path& directory);

}  // namespace sourceos::runtime
