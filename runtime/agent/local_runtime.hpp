// Services that look like agents, declared or not: every definition in the usual places that calls
// Podman, a Nix store path, a shell string or a temporary path, or that breaks a rule.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/json/fwd.hpp"
#include "runtime/agent/catalog.hpp"
#include "runtime/agent/preflight.hpp"

namespace sourceos::runtime {

struct SuspectService {
  std::filesystem::path file;
  std::string name;  // label or unit
  bool declared = false;
  std::vector<std::string> why;  // "calls-podman", "nix-store-path", "shell-string", "temporary-path"
  std::vector<PolicyFinding> findings;
};
[[nodiscard]] std::vector<SuspectService> find_suspects(const host::Host& host, const Catalog& catalog);
[[nodiscard]] json::Value as_json(const SuspectService& suspect, const Redactor& redact);
// MDM enrolment (macOS), service manager, Nix generations, machines.
[[nodiscard]] json::Value host_facts(const host::Host& host, const Redactor& redact);
// Definitions that carry one label twice (`label-duplicate`).
[[nodiscard]] std::vector<PolicyFinding> find_duplicates(const std::vector<SuspectService>& suspects);

}  // namespace sourceos::runtime
