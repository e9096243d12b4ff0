// The processes of a service, known by pid and start time, so that a number used again is not
// taken for the same process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/json/fwd.hpp"

namespace sourceos::host {
struct Host;
}

namespace sourceos::runtime {

struct ProcessFacts {
  int pid = 0;
  int parent = 0;
  std::uint64_t start_time = 0;  // in clock ticks since boot
  std::string executable;
  std::string executable_sha256;
  std::vector<std::string> argv;               // raw
  std::vector<std::string> environment_names;  // names only
  std::vector<std::string> open_files;         // raw; sockets as "socket:[n]"
};

// `root` and all that descend from it; empty when it does not live. Reads /proc below the host's
// root, so that there is none where the kernel has none.
[[nodiscard]] std::vector<ProcessFacts> read_process_tree(const host::Host& host, int root);
[[nodiscard]] bool still_lives(const host::Host& host, const ProcessFacts& process);
[[nodiscard]] json::Value as_json(const ProcessFacts& process);

}  // namespace sourceos::runtime
