// The 18 checks before an agent may stay on a host. One cause gives one failure: what a failed
// check blocks is skipped. Changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/agent/backend.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/places.hpp"
#include "runtime/agent/rules.hpp"

namespace sourceos::runtime {

enum class CheckStatus : std::uint8_t { pass, warn, fail, skip };
[[nodiscard]] std::string_view to_string(CheckStatus status);

struct Check {
  int number = 0;
  std::string_view id;
  CheckStatus status = CheckStatus::skip;
  std::string detail;
  std::string reason;       // empty: null
  std::string remediation;  // likewise
  std::optional<int> blocked_by;
  std::vector<std::pair<std::string, std::string>> observed;
};

struct PreflightSetting {
  // What `install` would make first counts as there: log directory (14) and authfile (11).
  bool assume_made = false;
  // A disabled override that this tool left itself does not count (15).
  bool own_override = false;
  // The text that will be installed, when it is not the one the declaration generates.
  std::optional<std::string> launcher = std::nullopt;
  std::optional<std::string> definition = std::nullopt;
};

struct Preflight {
  std::string agent;
  std::string declaration_hash;
  std::vector<Check> checks;  // 18, in order
  std::vector<PolicyFinding> policy_findings;
  std::vector<DeclarationFinding> declaration_findings;
  std::vector<CommandRun> probes;  // what was asked, for the bundle

  [[nodiscard]] bool passed() const;
  // The reason of the first failing check, or "invalid-declaration"; empty when it passed.
  [[nodiscard]] std::string reason() const;
  [[nodiscard]] const Check* first_failure() const;
};

[[nodiscard]] Preflight run_preflight(const host::Host& host, ServiceBackend& backend,
                                      const ReadDeclaration& agent,
                                      const PreflightSetting& setting = {});

using Redactor = std::function<std::string(std::string_view)>;
// LocalAgentPreflight; `bundleId` is null.
[[nodiscard]] json::Value as_json(const Preflight& preflight, const Redactor& redact);

// The oldest Podman that `run --replace`, `--pull` and `image exists` are relied on with.
inline constexpr std::string_view k_podman_version_min = "4.3.0";

}  // namespace sourceos::runtime
