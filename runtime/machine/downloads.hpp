// What lies in a download mount when a run has ended, by name and digest (agent-machine 6.4).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/json/fwd.hpp"

namespace sourceos::runtime {

// { type, downloadArtifacts: [{ artifactRef, pathRef, size, sha256 }], complete }, the rows as the
// export takes them. Links are not followed; a file above 256 MiB has a null digest, and past 10,000
// files the list is not complete.
[[nodiscard]] json::Value hash_downloads(const std::filesystem::path& root,
                                         const std::vector<std::string>& homes);

}  // namespace sourceos::runtime
