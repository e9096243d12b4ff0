// What the verifier found: one line a check, four axes and the sequence, and the words that people
// read (security S-38). Text and JSON are both made from this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "core/json/fwd.hpp"

namespace sourceos::verify {

enum class CheckOutcome { pass, fail, unverifiable, skipped };
[[nodiscard]] std::string_view to_string(CheckOutcome outcome);

struct CheckResult {
  std::string_view name;  // from the table in verify.cpp
  CheckOutcome outcome = CheckOutcome::skipped;
  std::string reason;  // stable; empty for pass; "needs <check>" or "no <input>" for skipped
  std::string member;  // blob digest, entry path or file the result is about; may be foreign text
  std::string detail;  // expected X, there is Y
};

enum class Decision { verified, failed, unverifiable };
[[nodiscard]] std::string_view to_string(Decision decision);

// Three-valued: yes, no, cannot be told.
enum class Axis { pass, fail, unverifiable };
[[nodiscard]] std::string_view to_string(Axis axis);

enum class Level { full, stored };  // stored: --fast, digests and signatures only

// On what a statement about "before" and "after" rests (security S-08).
enum class TimeBasis { claimed, memory, order };
[[nodiscard]] std::string_view to_string(TimeBasis basis);

// One attached signature (S) and what it counted for.
struct SignatureFinding {
  bundle::Digest manifest;    // S
  std::string key_id;         // of the trusted key that verifies it; else of the hint, or empty
  std::string holder;         // of that key
  std::string status;         // "counts", "unknown-key", or the reason why it does not count
};

struct Verdict {
  Decision decision = Decision::unverifiable;
  // "verified", "verified (stored bytes only)", "intact, not trusted", "failed", "unverifiable"
  std::string words;
  std::string reason;  // of the first check that decided; empty when verified

  Axis integrity = Axis::unverifiable;
  Axis trust = Axis::unverifiable;
  Axis completeness = Axis::unverifiable;
  Axis safety = Axis::unverifiable;
  Axis sequence = Axis::unverifiable;
  Level level = Level::full;
  bool independent = false;       // false when the verdict rests on own keys or on none
  std::string trust_source = "none";  // "none", "keys", "file", "self"
  bool trust_pinned = false;
  TimeBasis time_basis = TimeBasis::claimed;
  std::string anchor;  // "not anchored: the sequence is the host's own word", ...
  std::string safety_words;  // "claimed; screen v1: no hit"

  std::optional<bundle::Digest> bundle;  // M, once its digest was found good
  std::string subject;                   // `ref` of the record's subject; foreign text
  std::string finished_at;
  std::optional<std::uint64_t> sequence_number;
  std::string log_id;
  std::optional<bundle::Digest> trust_digest;
  std::uint64_t trust_version = 0;
  std::optional<bundle::Digest> policy_digest;
  std::string ruleset_digest;  // the record's

  std::vector<SignatureFinding> signatures;
  std::vector<bundle::Digest> withheld;
  std::vector<CheckResult> checks;  // in the order they ran
  std::string next;                 // a command that may help, or empty

  // Nothing but trust is missing: with --allow-untrusted the exit code is 0.
  [[nodiscard]] bool intact_not_trusted() const;
  [[nodiscard]] const CheckResult* find(std::string_view check) const;
};

// The JSON of one verdict (schemas/: evidence-verdict).
[[nodiscard]] json::Value to_value(const Verdict& verdict);

}  // namespace sourceos::verify
