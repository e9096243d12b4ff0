#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/agentplane/making.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::string_view k_spec_version = "2.3.0";

json::Value head(std::string id, std::string_view type) {
  return {{"id", std::move(id)}, {"type", type}, {"specVersion", k_spec_version}};
}

// --- AgentMachineReceipt

std::string_view receipt_class(const ExportSource& source) {
  struct Row {
    std::string_view word;
    std::string_view name;
  };
  constexpr std::array rows = {
      Row{"doctor", "probe"},          Row{"fingerprint", "probe"},     Row{"preflight", "probe"},
      Row{"init", "placement"},        Row{"start", "placement"},       Row{"stage", "placement"},
      Row{"shell", "execution"},       Row{"run", "execution"},         Row{"install", "side-effect"},
      Row{"stop", "side-effect"},      Row{"restart", "side-effect"},   Row{"quarantine", "side-effect"},
      Row{"uninstall", "side-effect"}, Row{"activate", "side-effect"},
  };
  for (const Row& row : rows) {
    if (source.is_command(row.word)) {
      return row.name;
    }
  }
  return {};
}

std::string_view verdict(const json::Value& record) {
  switch (run_end(record)) {
    case RunEnd::refused: return "denied";
    case RunEnd::planned: return "deferred";
    case RunEnd::failed:
    case RunEnd::interrupted: return text_in(record, "mode") == "read-only" ? "observed" : "failed";
    case RunEnd::done:
    case RunEnd::detached: break;
  }
  return text_in(record, "mode") == "read-only" ? "observed" : "allowed";
}

// Of the fingerprint; without one of what the record says about the host.
std::string placement_fact(const Making& making) {
  const std::string hash = making.facts.fingerprint == nullptr
                               ? std::string()
                               : text_in(*making.facts.fingerprint, "fingerprintHash");
  return "urn:srcos:placement-fact:am-" +
         short_hex(hash.empty() ? hash_of(member_in(making.record(), "host")) : hash);
}

// --- QuarantineReceipt

std::string agent_name(const json::Value& record) {
  const std::string ref = text_in(member_in(record, "subject"), "ref");
  return ref.substr(ref.rfind(':') == std::string::npos ? 0 : ref.rfind(':') + 1);
}

// 2026-11-30T12:00:00Z becomes 20261130T120000Z.
std::string compact_time(const std::string& time) {
  std::string out;
  for (const char c : time.substr(0, 19)) {
    if (c != '-' && c != ':') {
      out += c;
    }
  }
  return out + "Z";
}

const json::Value& quarantine_manifest(const ExportSource& source) {
  static const json::Value nothing;
  const ExportEntry* entry = source.first("quarantine-manifest");
  return entry == nullptr || entry->document == nullptr ? nothing : *entry->document;
}

std::string trigger_of(const json::Value& manifest) {
  const std::string word = text_in(member_in(manifest, "receipt"), "triggerType");
  return word.empty() ? "operator_request" : word;
}

json::Value quarantine_scope(const Making& making, const json::Value& manifest) {
  const json::Value& scope = member_in(member_in(manifest, "receipt"), "scope");
  json::Value pids = json::Value::array();
  for (const json::Value& pid : member_in(scope, "pids")) {
    if (pid.is_number_unsigned() && pid.get<std::uint64_t>() > 0) {
      pids.push_back(pid);
    }
  }
  std::string unit = text_in(scope, "unit");
  // What was stopped and disabled says it as well.
  for (const json::Value& action : member_in(making.record(), "actions")) {
    const std::string name = text_in(action, "action");
    if (unit.empty() && (name == "forbid" || name == "stop" || name == "disable")) {
      unit = text_in(action, "target");
    }
  }
  return {{"pids", std::move(pids)},
          {"cgroup", text_or_null(optional_text_in(scope, "cgroup"))},
          {"unit", unit.empty() ? json::Value(nullptr) : json::Value(unit)},
          {"hostRefs", json::Value::array({text_in(member_in(making.record(), "host"), "hostTag")})}};
}

std::string_view quarantine_outcome(const ExportSource& source) {
  if (run_end(source.facts()) != RunEnd::done) {
    return "failed";
  }
  return source.is_command("uninstall") ? "terminated" : "active";
}

// --- DiagnosticsRedactionPolicy

bool has_diagnostics(const ExportSource& source) {
  constexpr std::array<std::string_view, 4> kinds = {"log", "log-scan", "transcript", "auth-redacted"};
  return std::any_of(source.entries.begin(), source.entries.end(), [&](const ExportEntry& entry) {
    return std::find(kinds.begin(), kinds.end(), entry.kind) != kinds.end();
  });
}

bool masked_private_addresses(const json::Value& record) {
  for (const json::Value& row : member_in(member_in(record, "redaction"), "byClass")) {
    if (text_in(row, "name").find("private-ip") != std::string::npos) {
      return true;
    }
  }
  return false;
}

std::string joined(const json::Value& texts) {
  std::string out;
  for (const json::Value& text : texts) {
    if (text.is_string()) {
      out += (out.empty() ? "" : "; ") + text.get<std::string>();
    }
  }
  return out;
}

// Digest at the end of a Nix generation's path, as the store writes it.
json::Value store_closure(const json::Value& fingerprint) {
  return text_or_null(optional_text_in(member_in(fingerprint, "nix"), "systemGeneration"));
}

json::Value image_ref(const json::Value& fingerprint) {
  const json::Value& image = member_in(fingerprint, "image");
  const auto digest = optional_text_in(image, "digest");
  return digest ? json::Value(text_in(image, "reference") + "@" + *digest) : json::Value(nullptr);
}

}  // namespace

Result<MadeRecords> make_agent_machine_receipt(const Making& making) {
  const std::string_view name = receipt_class(making.source);
  if (name.empty()) {
    return no_data("no receipt is given for this command");
  }
  const json::Value& record = making.record();
  json::Value value = head("urn:srcos:agent-machine-receipt:" + short_hex(making.source.bundle_id), "AgentMachineReceipt");
  value["machineRef"] = making.facts.machine_ref;
  value["receiptClass"] = name;
  value["issuedAt"] = making.facts.captured_at;
  value["taskRef"] = text_or_null(making.options.task_id);
  value["placementFactRefs"] = json::Value::array({placement_fact(making)});
  value["policyDecisionRef"] = making.facts.decision_ref;
  value["verdict"] = verdict(record);
  value["metrics"] = {{"exitCode", member_in(member_in(record, "outcome"), "exitCode")},
                      {"entries", member_in(member_in(record, "entries"), "count")},
                      {"mounts", member_in(record, "mounts").size()},
                      {"deniedAttempts", member_in(record, "deniedAttempts").size()},
                      {"testSeams", !making.facts.test_note.empty()}};
  value["evidenceHash"] = making.source.bundle_id;
  value["evidenceRefs"] = json::Value::array({making.source.bundle_urn()});
  return MadeRecords{{"agent-machine-receipt.json", std::move(value)}};
}

Result<MadeRecords> make_quarantine_receipt(const Making& making) {
  const bool is_quarantine = making.source.is_command("quarantine");
  const bool is_planned = run_end(making.record()) == RunEnd::planned;
  if ((!is_quarantine && !making.source.is_command("uninstall")) || is_planned) {
    return no_data("nothing was quarantined or uninstalled");
  }
  const json::Value& record = making.record();
  const json::Value& manifest = quarantine_manifest(making.source);
  const std::string name = agent_name(record);
  const std::string started = text_in(record, "startedAt");
  json::Value value = head(fmt::format("urn:srcos:quarantine:{}-{}", name, compact_time(started)), "QuarantineReceipt");
  value["subjectId"] = "urn:srcos:local-agent:" + name;
  value["triggerType"] = trigger_of(manifest);
  value["isolationMode"] = "manual";
  value["scope"] = quarantine_scope(making, manifest);
  value["triggerEvidenceRefs"] = json::Value::array({making.source.bundle_urn()});
  value["startedAt"] = started;
  value["releasedAt"] = nullptr;
  value["outcome"] = quarantine_outcome(making.source);
  value["restorationDecisionId"] = nullptr;
  value["receiptHash"] = hash_of(value);
  return MadeRecords{{"quarantine-receipt.json", std::move(value)}};
}

Result<MadeRecords> make_fingerprint(const Making& making) {
  const json::Value* fingerprint = making.facts.fingerprint;
  if (fingerprint == nullptr) {
    return no_data("the bundle has no fingerprint");
  }
  const bool is_machine = text_in(member_in(*fingerprint, "podman"), "mode") == "machine";
  const std::string notes = joined(member_in(*fingerprint, "complianceNotes"));
  json::Value value = head("urn:srcos:fingerprint:" + short_hex(text_in(*fingerprint, "fingerprintHash")), "Fingerprint");
  value["subject"] = {{"subjectKind", is_machine ? "vm" : "device"}, {"subjectRef", making.facts.machine_ref}};
  value["observedAt"] = text_in(*fingerprint, "capturedAt");
  value["complianceStatus"] = text_in(*fingerprint, "complianceStatus");
  value["releaseSetRef"] = nullptr;
  value["experienceProfileRef"] = nullptr;
  value["isolationProfileRef"] = text_or_null(optional_text_in(*fingerprint, "profileRef"));
  value["integrity"] = {{"bootReleaseSetRef", nullptr},
                        {"imageRef", image_ref(*fingerprint)},
                        {"storeClosureHash", store_closure(*fingerprint)},
                        {"bootEntryLabel", nullptr}};
  value["complianceNotes"] = notes.empty() ? json::Value(nullptr) : json::Value(notes);
  value["evidenceRefs"] = json::Value::array({making.source.bundle_urn()});
  value["notes"] = making.facts.test_note.empty() ? json::Value(nullptr) : json::Value(making.facts.test_note);
  return MadeRecords{{"fingerprint.json", std::move(value)}};
}

Result<MadeRecords> make_redaction_policy(const Making& making) {
  if (!has_diagnostics(making.source)) {
    return no_data("the bundle has no log and no auth entry");
  }
  const bool masks_private = masked_private_addresses(making.record());
  json::Value classes = {"authorizationBearer", "cookie", "apiKey", "token", "email", "publicIp", "macAddress"};
  if (masks_private) {
    classes.push_back("privateIp");
  }
  json::Value value = {{"mode", "share-only"},
                       {"rawArtifactRetained", false},
                       {"sharedArtifactGenerated", true},
                       {"deterministicMasking", true},
                       {"maskedClasses", std::move(classes)},
                       {"privateIpMasked", masks_private},
                       {"publicIpMasked", true},
                       {"macAddressMasked", true}};
  if (!making.facts.test_note.empty()) {
    value["notes"] = making.facts.test_note;
  }
  return MadeRecords{{"diagnostics-redaction-policy.json", std::move(value)}};
}

Result<MadeRecords> make_evidence_bundle(const Making& making) {
  json::Value value = head(making.source.bundle_urn(), "EvidenceBundle");
  json::Value artifacts = json::Value::array();
  json::Value logs = json::Value::array();
  json::Value decisions = json::Value::array();
  for (const ExportEntry& entry : making.source.entries) {
    if (entry.kind == "log" || entry.kind == "log-scan" || entry.kind == "transcript") {
      logs.push_back(entry.digest);
    } else if (entry.kind == "policy-decision") {
      decisions.push_back("urn:srcos:decision:" + short_hex(entry.digest));
    } else {
      artifacts.push_back(entry.digest);
    }
  }
  json::Value receipts = json::Value::array();
  for (const char* kind : {"AgentMachineReceipt", "QuarantineReceipt", "RuntimeInstallReceipt"}) {
    if (making.has(kind)) {
      receipts.push_back(text_in(making.made.find(kind)->second.front().value, "id"));
    }
  }
  value["subjectRef"] = text_in(member_in(making.record(), "subject"), "ref");
  value["artifactRefs"] = std::move(artifacts);
  value["receiptRefs"] = std::move(receipts);
  value["logRefs"] = std::move(logs);
  value["decisionRefs"] = std::move(decisions);
  value["generatedBy"] = making.source.binary() + (making.facts.test_note.empty() ? "" : " (" + making.facts.test_note + ")");
  value["generatedAt"] = making.facts.captured_at;
  return MadeRecords{{"evidence-bundle.json", std::move(value)}};
}

Result<MadeRecords> make_attestation(const Making&) {
  return fail(ErrorKind::refused, "not-supported",
              "a fingerprint without a TPM quote is no attestation evidence");
}

}  // namespace sourceos::runtime
