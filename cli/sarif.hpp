// SARIF 2.1.0 for code scanning services. Text only, never markdown; URIs are relative and
// percent-encoded (security S-23).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/json/fwd.hpp"

namespace sourceos::cli {

struct SarifResult {
  std::string rule;
  std::string level;    // "error", "warning", "note"
  std::string message;
  std::string path;     // of the file or bundle; relative where it can be
  std::optional<std::uint64_t> line;
  std::optional<std::uint64_t> column;
  std::string fingerprint;  // keyed; empty: none
};

struct SarifRule {
  std::string id;
  std::string description;
};

[[nodiscard]] json::Value to_sarif(const std::vector<SarifRule>& rules,
                                   const std::vector<SarifResult>& results);

// A path as a relative URI reference: "./" and "/" dropped, all but unreserved bytes percent-encoded.
[[nodiscard]] std::string relative_uri(std::string_view path);

}  // namespace sourceos::cli
