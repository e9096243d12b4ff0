// What an agent that may not run leaves for its operator: everything that would have been
// installed, what was found, and what to type next. Nothing is registered anywhere.
//
//   <root>/<name>-YYYYMMDD-HHMMSS/
//     bin/<name>-launch  launchd/<label>.plist  systemd-user/sourceos-agent@<name>.service
//     agent.json  preflight.json  lint.json  REMEDIATION.md
//     manifest.json   { agent, createdAt, files: [{ path, sha256 }], type: "LocalAgentStaging" }
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "runtime/activation/candidate.hpp"

namespace sourceos::runtime {

// One failing check or step: its cause and the exact next command.
struct Remedy {
  std::string what;   // "podman-machine-running"
  std::string cause;  // "machine-stopped: podman-machine-default is stopped"
  std::string fix;    // "podman machine start podman-machine-default", or empty
};
// Of all that failed in a candidate, in order.
[[nodiscard]] std::vector<Remedy> remedies_of(const Candidate& candidate);
// For people: each remedy, what a rollback left to do, and how to go on.
[[nodiscard]] std::string remediation_text(const AgentSite& site, const std::vector<Remedy>& remedies,
                                           const UndoReport& undo, const std::string& next);

struct StagingSetting {
  std::filesystem::path root;  // empty: the agent's own
  std::string next;            // the command that goes on from here
  Redactor redact;
  UndoReport undo = {};        // a rollback that left something to do
};
// The directory that was made. All of it, or none.
[[nodiscard]] Result<std::filesystem::path> write_staging(const host::Host& host,
                                                          const Candidate& candidate,
                                                          const std::vector<Remedy>& remedies,
                                                          const StagingSetting& setting);

}  // namespace sourceos::runtime
