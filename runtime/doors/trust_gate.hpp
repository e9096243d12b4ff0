// A SubstrateTrustGate that a run is given: read only, never written. It refuses, or it lets the run
// go on and its id and digest go into the record's `grants`.
#pragma once

#include <filesystem>
#include <string>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::runtime {

struct TrustGate {
  std::string id;
  std::string digest;  // of the canonical document
};

// `malformed`, "trust-gate-invalid" when it is no gate; `refused`, "trust-gate-denied" when it does not
// let anybody through, whatever its own decision says.
[[nodiscard]] Result<TrustGate> read_trust_gate(const std::filesystem::path& path);
[[nodiscard]] Result<TrustGate> judge_trust_gate(const json::Value& gate);

// { "id", "type", "hash" }, as grant_row makes it.
[[nodiscard]] json::Value trust_gate_row(const TrustGate& gate);

}  // namespace sourceos::runtime
