#include "runtime/doors/trust_gate.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/json/schema.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "runtime/doors/grant.hpp"

namespace sourceos::runtime {

namespace {

std::unexpected<Error> invalid(std::string why) {
  return fail(ErrorKind::malformed, "trust-gate-invalid", std::move(why));
}
std::unexpected<Error> denied(std::string why) {
  return fail(ErrorKind::refused, "trust-gate-denied", std::move(why));
}

constexpr std::array<std::string_view, 9> k_required_texts = {
    "kind",           "gate_id",       "substrate_ref",       "substrate_type", "report_ref",
    "diagnosis_status", "gate_decision", "policy_decision_ref", "evaluated_at"};
constexpr std::array<std::string_view, 5> k_optional_texts = {
    "report_freshness", "lane_status", "attestation_ref", "degraded_mode_authorization_ref",
    "trusted_report_ref"};
constexpr std::array<std::string_view, 7> k_flags = {
    "report_schema_valid", "replay_lag_acceptable", "heartbeat_fresh", "migration_complete",
    "repair_complete", "attestation_required", "secure_lane_redaction_required"};

struct Words {
  std::string_view key;
  std::array<std::string_view, 7> words;
};
constexpr std::array k_words = {
    Words{"kind", {"SubstrateTrustGate"}},
    Words{"substrate_type", {"local_state", "memory_lane", "repo_index", "policy_state", "repair_lane",
                             "quarantine_lane", "secure_lane"}},
    Words{"report_freshness", {"current", "stale", "expired", "missing"}},
    Words{"diagnosis_status", {"healthy", "degraded", "stale", "repairing", "unsafe", "unknown"}},
    Words{"lane_status", {"compliant", "degraded", "blocked", "sla_breach", "unknown"}},
    Words{"gate_decision", {"allow", "allow_degraded", "deny", "fail_closed"}},
};

template <class List>
bool has(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string text(const json::Value& gate, std::string_view key) {
  const auto at = gate.find(key);
  return at != gate.end() && at->is_string() ? at->get<std::string>() : std::string();
}
bool flag(const json::Value& gate, std::string_view key) {
  const auto at = gate.find(key);
  return at != gate.end() && at->is_boolean() && at->get<bool>();
}

Status check_members(const json::Value& gate) {
  for (const auto& [key, member] : gate.items()) {
    const bool is_text = has(k_required_texts, key) || has(k_optional_texts, key);
    const bool is_good = is_text              ? member.is_string()
                         : has(k_flags, key)  ? member.is_boolean()
                         : key == "non_claims" ? member.is_array()
                                               : false;
    if (!is_good) {
      return invalid(fmt::format("'{}' is unknown or of another type", key));
    }
  }
  for (const std::string_view key : k_required_texts) {
    if (text(gate, key).empty()) {
      return invalid(fmt::format("'{}' is missing", key));
    }
  }
  for (const Words& each : k_words) {
    if (const std::string word = text(gate, each.key); !word.empty() && !has(each.words, word)) {
      return invalid(fmt::format("'{}' has a word that a gate does not have", each.key));
    }
  }
  return {};
}

Status check_form(const json::Value& gate) {
  if (!gate.is_object()) {
    return invalid("expected a JSON object");
  }
  SOURCEOS_TRY(check_members(gate));
  if (!parse_contract_time(text(gate, "evaluated_at"))) {
    return invalid("'evaluated_at' is no time");
  }
  if (!gate.contains("non_claims") || gate.at("non_claims").empty() ||
      !std::all_of(gate.at("non_claims").begin(), gate.at("non_claims").end(),
                   [](const json::Value& each) { return each.is_string(); })) {
    return invalid("'non_claims' is empty");
  }
  return {};
}

Status check_decision(const json::Value& gate) {
  const std::string decision = text(gate, "gate_decision");
  const std::string diagnosis = text(gate, "diagnosis_status");
  const std::string freshness = text(gate, "report_freshness");
  if (decision == "deny" || decision == "fail_closed") {
    return denied(fmt::format("the gate says {}", decision));
  }
  if (diagnosis == "unsafe" || diagnosis == "unknown") {
    return denied(fmt::format("the substrate is {}", diagnosis));
  }
  if (freshness == "expired" || freshness == "missing") {
    return denied(fmt::format("the report is {}", freshness));
  }
  if (decision == "allow_degraded" && text(gate, "degraded_mode_authorization_ref").empty()) {
    return denied("degraded mode without its authorization reference");
  }
  if (flag(gate, "attestation_required") && text(gate, "attestation_ref").empty()) {
    return denied("an attestation is required and not referred to");
  }
  if (text(gate, "substrate_type") == "secure_lane" && flag(gate, "secure_lane_redaction_required") &&
      decision == "allow") {
    return denied("a secure lane that requires redaction is not plainly allowed");
  }
  return {};
}

}  // namespace

Result<TrustGate> judge_trust_gate(const json::Value& gate) {
  SOURCEOS_TRY(check_form(gate));
  SOURCEOS_TRY(check_decision(gate));
  SOURCEOS_TRY_ASSIGN(const std::string bytes, json::write_canonical(gate));
  return TrustGate{text(gate, "gate_id"), bundle::sha256(bytes).text()};
}

Result<TrustGate> read_trust_gate(const std::filesystem::path& path) {
  const auto bytes = host::read_file(path, limits::k_config_file_bytes_max);
  if (!bytes && bytes.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found, "input-missing", fmt::format("no file '{}'", path.string()));
  }
  SOURCEOS_TRY(bytes);
  const auto gate = json::parse(*bytes, json::k_schema_bounds);
  if (!gate) {
    return invalid(gate.error().message);
  }
  return judge_trust_gate(*gate);
}

json::Value trust_gate_row(const TrustGate& gate) {
  return {{"id", gate.id}, {"type", "SubstrateTrustGate"}, {"hash", gate.digest}};
}

}  // namespace sourceos::runtime
