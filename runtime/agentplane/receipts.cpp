#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/agentplane/making.hpp"

namespace sourceos::runtime {

namespace {

struct PhaseWord {
  std::string_view word;
  std::string_view phase;
};
// The first word of the table that an action's name contains decides, so that `uninstall` is not
// an `install` and `policy-decision` not a `place`.
constexpr std::array k_phase_words = {
    PhaseWord{"undo", "compensate"},      PhaseWord{"rollback", "compensate"},
    PhaseWord{"roll-back", "compensate"}, PhaseWord{"uninstall", "compensate"},
    PhaseWord{"release", "compensate"},   PhaseWord{"check", "validate"},
    PhaseWord{"preflight", "validate"},   PhaseWord{"lint", "validate"},
    PhaseWord{"policy", "validate"},      PhaseWord{"verify", "validate"},
    PhaseWord{"stage", "place"},          PhaseWord{"staging", "place"},
    PhaseWord{"machine", "place"},        PhaseWord{"connection", "place"},
    PhaseWord{"exit", "result"},          PhaseWord{"health", "result"},
    PhaseWord{"status", "result"},        PhaseWord{"quarantine", "result"},
    PhaseWord{"create", "dispatch"},      PhaseWord{"install", "dispatch"},
    PhaseWord{"enable", "dispatch"},      PhaseWord{"start", "dispatch"},
};

std::string_view phase_of(const Making& making, std::string_view action) {
  if (action == "remove" && making.source.is_command("agent-machine")) {
    return "compensate";  // the container that the launch made is taken away again
  }
  for (const PhaseWord& each : k_phase_words) {
    if (action.find(each.word) != std::string_view::npos) {
      return each.phase;
    }
  }
  if (making.source.is_command("uninstall")) {
    return "compensate";
  }
  return making.source.is_command("quarantine") ? "result" : "dispatch";
}

bool is_same_action(const json::Value& document, const json::Value& action) {
  for (const char* key : {"action", "target", "startedAt"}) {
    if (member_in(document, key) != member_in(action, key)) {
      return false;
    }
  }
  return true;
}

// Digest of the entry that holds the action, else of the record's row.
std::string payload_hash(const ExportSource& source, const json::Value& action) {
  for (const ExportEntry* entry : source.of_kind("lifecycle-action")) {
    if (entry->document != nullptr && is_same_action(*entry->document, action)) {
      return entry->digest;
    }
  }
  return hash_of(action);
}

json::Value action_receipt(const Making& making, std::size_t number, const json::Value& action,
                           std::string_view phase) {
  const std::string payload = payload_hash(making.source, action);
  json::Value receipt = {{"receiptId", "urn:srcos:receipt:agentplane:" + short_hex(payload)},
                         {"runId", making.source.bundle_id},
                         {"stepId", fmt::format("{}-{}", number, text_in(action, "action"))},
                         {"phase", phase},
                         {"ts", text_in(action, "finishedAt")},
                         {"status", text_in(action, "status")},
                         {"payloadHash", payload}};
  if (const auto after = optional_text_in(action, "after")) {
    receipt["outputHash"] = *after;
  }
  std::string notes = text_in(action, "detail");
  if (!making.facts.test_note.empty()) {
    notes = notes.empty() ? making.facts.test_note : notes + "; " + making.facts.test_note;
  }
  if (!notes.empty()) {
    receipt["notes"] = std::move(notes);
  }
  return receipt;
}

// --- RuntimeReceipt

// The grant whose subject acted.
const json::Value* subject_of(const json::Value& record) {
  for (const json::Value& grant : member_in(record, "grants")) {
    const json::Value& subject = member_in(grant, "subject");
    if (!text_in(subject, "subjectRef").empty()) {
      return &subject;
    }
  }
  return nullptr;
}

std::string tool_version(const json::Value& record, std::string_view name) {
  for (const json::Value& row : member_in(record, "toolVersions")) {
    if (text_in(row, "name") == name) {
      return text_in(row, "version");
    }
  }
  return {};
}

json::Value result_digests(const ExportSource& source) {
  json::Value digests = json::Value::array();
  for (const ExportEntry& entry : source.entries) {
    if (entry.kind != "plan" && entry.kind != "policy-decision") {
      digests.push_back(entry.digest);
    }
  }
  return digests;
}

std::string input_hash(const Making& making) {
  const ExportEntry* plan = making.source.first("plan");
  if (plan == nullptr) {
    return hash_of(member_in(making.record(), "command"));
  }
  return plan->document ? hash_of(*plan->document) : plan->digest;
}

std::string_view receipt_status(RunEnd end) {
  switch (end) {
    case RunEnd::done: return "succeeded";
    case RunEnd::interrupted: return "aborted";
    default: return "failed";
  }
}

// --- receipt bindings

struct BindingPair {
  std::string_view artifact;
  std::string_view receipt;
  std::string_view file;
};
constexpr std::array k_binding_pairs = {
    BindingPair{"ValidationArtifact", "ValidationReceipt", "validation-receipt-binding.json"},
    BindingPair{"RunArtifact", "ExecutionReceipt", "run-receipt-binding.json"},
    BindingPair{"ReplayArtifact", "ReplayReceipt", "replay-receipt-binding.json"},
};

json::Value mapping(std::string_view artifact, std::string_view receipt) {
  return {{"artifactField", artifact}, {"receiptField", receipt}, {"required", true}};
}

json::Value binding_of(const Making& making, const BindingPair& pair, const MadeRecord& artifact) {
  return {{"apiVersion", "agentplane.socioprophet.org/v0.1"},
          {"kind", "AgentPlaneEvidenceReceiptBinding"},
          {"artifactRef", artifact.file},
          {"artifactKind", pair.artifact},
          {"receiptId", "urn:srcos:receipt:agentplane:" + short_hex(hash_of(artifact.value))},
          {"receiptKind", pair.receipt},
          {"subjectRef", "bundle:" + making.facts.bundle.value_or("")},
          {"issuedTimeUtc", making.facts.captured_at},
          {"standardsRefs",
           {{"receiptSpine", "SocioProphet/socioprophet-standards-storage"},
            {"knowledgeLifecycle", "SocioProphet/socioprophet-standards-knowledge"}}},
          {"fieldMappings", json::Value::array({mapping("kind", "kind"), mapping("bundle", "subjectRef"),
                                                mapping("capturedAt", "issuedTimeUtc")})},
          {"upstreamArtifactRefs", json::Value::array({making.source.bundle_urn()})},
          {"policyRefs", json::Value::array({text_in(making.record(), "policyHash")})},
          {"notes", making.facts.test_note.empty() ? json::Value(nullptr) : json::Value(making.facts.test_note)}};
}

}  // namespace

Result<MadeRecords> make_agentplane_receipts(const Making& making) {
  MadeRecords made;
  for (const json::Value& action : member_in(making.record(), "actions")) {
    const std::size_t number = made.size() + 1;
    const std::string_view phase = phase_of(making, text_in(action, "action"));
    made.push_back({fmt::format("receipts/{}-{}.json", number, phase),
                    action_receipt(making, number, action, phase)});
  }
  if (made.empty()) {
    return no_data("the bundle has no lifecycle action");
  }
  return made;
}

Result<MadeRecords> make_runtime_receipt(const Making& making) {
  if (!making.options.proposal_ref || !making.options.admission_ref) {
    return fail(Error(ErrorKind::refused, "refs-missing", "a runtime receipt names a proposal and an admission")
                    .with_next("give --proposal-ref R --admission-ref R"));
  }
  const json::Value& record = making.record();
  const json::Value& started = member_in(member_in(record, "outcome"), "started");
  if (!making.source.is_command("run") || started != true) {
    return no_data("the bundle is not of a run that was started");
  }
  const json::Value* subject = subject_of(record);
  if (subject == nullptr) {
    return no_data("no grant says which agent ran");
  }
  const std::string agent = text_in(*subject, "subjectRef");
  const ExportEntry* logs = making.source.first("transcript");
  const std::string mount_policy =
      making.facts.profile == nullptr ? "" : text_in(*making.facts.profile, "mountPolicyRef");
  json::Value value = {
      {"apiVersion", "agentplane.socioprophet.org/v0.1"},
      {"kind", "RuntimeReceipt"},
      {"receiptId", "urn:srcos:receipt:agentplane:" + short_hex(making.source.bundle_id)},
      {"proposalRef", *making.options.proposal_ref},
      {"admissionRef", *making.options.admission_ref},
      {"policyDecisionRef", making.facts.decision_ref},
      {"agentIdentity", {{"agentId", agent.substr(agent.rfind(':') + 1)}, {"agentRef", agent}}},
      {"runtimeIdentity",
       {{"nodeRef", making.facts.machine_ref}, {"runtimeRef", "podman@" + tool_version(record, "podman")}}},
      {"runtimeProfile",
       {{"runtimeProfileRef", text_in(record, "profileRef")},
        {"sandboxProfileRef",
         mount_policy.empty() ? "urn:srcos:agent-machine-mount-policy:default" : mount_policy}}},
      {"inputHash", input_hash(making)},
      {"outputHash", hash_of(result_digests(making.source))},
      {"logsRef", logs == nullptr ? making.source.bundle_urn() : logs->digest},
      {"startTime", text_in(record, "startedAt")},
      {"endTime", making.facts.captured_at},
      {"status", receipt_status(run_end(record))}};
  return MadeRecords{{"runtime-receipt.json", std::move(value)}};
}

Result<MadeRecords> make_receipt_bindings(const Making& making) {
  MadeRecords made;
  for (const BindingPair& pair : k_binding_pairs) {
    if (const auto at = making.made.find(pair.artifact); at != making.made.end()) {
      made.push_back({std::string(pair.file), binding_of(making, pair, at->second.front())});
    }
  }
  if (made.empty()) {
    return no_data("no artifact is exported that a receipt binds to");
  }
  return made;
}

}  // namespace sourceos::runtime
