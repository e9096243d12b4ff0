// What a site demands of a bundle beyond being genuine: a TOML file, or its JSON form in a DSSE
// envelope signed by the trust file's root keys (evidence section 11, security S-10).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::verify {

struct Trust;

inline constexpr std::string_view k_policy_payload_type =
    "application/vnd.sourceos.evidence.policy.v1+json";

struct ToolMinimum {
  std::string name;
  std::string version;  // empty: must be there
  std::string sha256;   // pinned program, "sha256:..."; empty: any
};

struct SubjectKeys {
  std::string subject;                 // glob over `subject.ref`
  std::vector<bundle::Digest> keys;    // SHA-256 of the SPKI DER, as `key show` prints it
};

struct Policy {
  std::string name;
  std::optional<bundle::Digest> digest;  // of the file's bytes
  bool require_log = false;
  bool require_consistent_log = false;
  bool require_independent = false;  // refuses a verdict that rests on own keys
  bool require_complete = false;
  bool require_nonce = false;
  bool require_image_pinned = false;
  bool require_git_clean = false;
  bool deny_test_seams = false;
  bool deny_high_findings = false;
  bool allow_withheld = false;
  std::optional<std::uint64_t> max_age_seconds;
  std::optional<std::uint64_t> threshold;
  std::vector<std::string> require_collectors;
  std::vector<std::string> require_time_basis;  // any of these
  std::vector<std::string> modes;               // any of these; empty: all
  std::vector<std::string> key_custody;
  std::vector<ToolMinimum> tools;
  std::vector<SubjectKeys> subject_keys;
};

// TOML text or a DSSE envelope, told apart by the first character. An envelope needs the root
// threshold of `trust`; plain TOML is the caller's own word.
[[nodiscard]] Result<Policy> parse_policy(std::string_view text, const Trust* trust = nullptr);
[[nodiscard]] Result<Policy> load_policy(const std::filesystem::path& path,
                                         const Trust* trust = nullptr);
// The JSON form: what is signed, and what schemas/ describes.
[[nodiscard]] json::Value to_value(const Policy& policy);

}  // namespace sourceos::verify
