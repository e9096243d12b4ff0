#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/agentplane/making.hpp"

namespace sourceos::runtime {

namespace {

std::string platform_of(const json::Value& record) {
  const json::Value& host = member_in(record, "host");
  const std::string adapter = text_in(host, "hostAdapter");
  const bool is_arm = text_in(host, "arch") == "arm64" || text_in(host, "arch") == "aarch64";
  if (adapter == "windows") {
    return "win32-x64";
  }
  return (adapter == "macos" ? "darwin-" : "linux-") + std::string(is_arm ? "arm64" : "x64");
}

bool has_action_status(const json::Value& record, std::string_view status) {
  const json::Value& actions = member_in(record, "actions");
  return std::any_of(actions.begin(), actions.end(),
                     [&](const json::Value& action) { return text_in(action, "status") == status; });
}

bool was_rolled_back(const json::Value& record) {
  return has_action_status(record, "rolled-back") || text_in(member_in(record, "outcome"), "reason") == "rolled-back";
}

bool is_staging_only(const ExportSource& source) {
  const json::Value& argv = member_in(member_in(source.facts(), "command"), "argvRedacted");
  return source.is_command("stage") || std::any_of(argv.begin(), argv.end(), [](const json::Value& word) {
           return word == "--stage-only";
         });
}

// What an activation wrote about its agent; null when the bundle has no such document.
const json::Value& activated_agent(const ExportSource& source) {
  static const json::Value nothing;
  const json::Value* activation = source.document_of_type("LocalAgentActivation");
  const json::Value& agents = activation == nullptr ? nothing : member_in(*activation, "agents");
  return agents.is_array() && !agents.empty() ? agents.front() : nothing;
}

std::string_view activation_state(const json::Value& agent) {
  const json::Value& rollback = member_in(agent, "rollback");
  if (member_in(rollback, "performed") == true) {
    return member_in(rollback, "complete") == true ? "rolled_back" : "partial";
  }
  const std::string result = text_in(agent, "result");
  if (result == "staged" || result == "planned") {
    return "deferred";
  }
  if (result == "refused" || result == "denied") {
    return "denied";
  }
  return result == "installed" || result == "enabled" || result == "running" ? "installed" : "failed";
}

std::string_view install_state(const ExportSource& source) {
  const json::Value& record = source.facts();
  if (const json::Value& agent = activated_agent(source);
      agent.is_object() && run_end(record) != RunEnd::planned) {
    return activation_state(agent);
  }
  const std::string reason = text_in(member_in(record, "outcome"), "reason");
  const RunEnd end = run_end(record);
  if (end == RunEnd::planned) {
    return "deferred";
  }
  if (was_rolled_back(record) || reason.starts_with("rollback")) {
    return reason.find("incomplete") != std::string::npos || has_action_status(record, "failed") ? "partial" : "rolled_back";
  }
  // Staged because preflight failed: it may come later.
  if (reason.starts_with("preflight")) {
    return "deferred";
  }
  if (end == RunEnd::refused) {
    return "denied";
  }
  if (end != RunEnd::done) {
    return "failed";
  }
  return is_staging_only(source) ? "deferred" : "installed";
}

std::string declaration_hash(const ExportSource& source) {
  for (const ExportEntry& entry : source.entries) {
    if (entry.document == nullptr) {
      continue;
    }
    if (const auto hash = optional_text_in(*entry.document, "declarationHash")) {
      return *hash;
    }
  }
  for (const ExportEntry& entry : source.entries) {
    if (entry.path.find("declaration") != std::string::npos) {
      return entry.digest;
    }
  }
  return text_in(source.facts(), "policyHash");
}

// What the actions wrote, by the digest of the file itself.
json::Value written_artifacts(const ExportSource& source) {
  constexpr std::array<std::string_view, 3> writes = {"write-launcher", "write-definition",
                                                      "write-provenance"};
  json::Value rows = json::Value::array();
  for (const json::Value& action : member_in(source.facts(), "actions")) {
    const std::string name = text_in(action, "action");
    const auto digest = optional_text_in(action, "after");
    if (digest && std::find(writes.begin(), writes.end(), name) != writes.end()) {
      rows.push_back({{"artifactRef", text_in(action, "target")},
                      {"digest", *digest},
                      {"verificationState", "verified"},
                      {"sizeBytes", nullptr}});
    }
  }
  if (!rows.empty()) {
    rows.push_back({{"artifactRef", "declaration"},
                    {"digest", declaration_hash(source)},
                    {"verificationState", "verified"},
                    {"sizeBytes", nullptr}});
  }
  return rows;
}

// Launcher, definition and declaration: as they were written, else by what the entries are about.
json::Value installed_artifacts(const ExportSource& source) {
  const auto is_installed = [](const ExportEntry& entry) {
    return entry.kind == "service-definition" || entry.path.find("launcher") != std::string::npos ||
           entry.path.find("declaration") != std::string::npos;
  };
  json::Value rows = written_artifacts(source);
  if (!rows.empty()) {
    return rows;
  }
  const auto add = [&rows](const ExportEntry& entry) {
    rows.push_back({{"artifactRef", entry.path},
                    {"digest", entry.digest},
                    {"verificationState", "verified"},
                    {"sizeBytes", entry.size}});
  };
  for (const ExportEntry& entry : source.entries) {
    if (is_installed(entry)) {
      add(entry);
    }
  }
  // A refused or planned install has its plan only.
  if (const ExportEntry* plan = source.first("plan"); rows.empty() && plan != nullptr) {
    add(*plan);
  }
  return rows;
}

std::string toolkit_version(const json::Value& record) {
  for (const json::Value& row : member_in(record, "toolVersions")) {
    const std::string name = text_in(row, "name");
    if (name.starts_with("sourceos") && !text_in(row, "version").empty()) {
      return text_in(row, "version");
    }
  }
  return "unknown";
}

// The digest of the entry that tells of the rollback, else of the action's row.
json::Value rollback_ref(const Making& making) {
  for (const json::Value& action : member_in(making.record(), "actions")) {
    if (text_in(action, "status") != "rolled-back") {
      continue;
    }
    for (const ExportEntry* entry : making.source.of_kind("lifecycle-action")) {
      if (entry->document && text_in(*entry->document, "status") == "rolled-back") {
        return entry->digest;
      }
    }
    return hash_of(action);
  }
  return nullptr;
}

}  // namespace

Result<MadeRecords> make_install_receipt(const Making& making) {
  const ExportSource& source = making.source;
  if (!source.is_command("install") && !source.is_command("stage") && !source.is_command("activate")) {
    return no_data("nothing was installed, staged or activated");
  }
  json::Value artifacts = installed_artifacts(source);
  if (artifacts.empty()) {
    return no_data("the bundle has no definition, launcher, declaration or plan");
  }
  const json::Value& record = making.record();
  const std::string version = toolkit_version(record);
  const std::string_view state = install_state(source);
  const auto told = optional_text_in(activated_agent(source), "reason");
  const auto reason = told ? told : optional_text_in(member_in(record, "outcome"), "reason");
  const bool has_failed = state != "installed" && state != "rolled_back";
  json::Value value = {
      {"id", "urn:srcos:receipt:runtime-install:" + short_hex(source.bundle_id)},
      {"type", "RuntimeInstallReceipt"},
      {"specVersion", "2.3.0"},
      {"sessionRef", making.facts.session_ref},
      {"agentMachineReceiptRef", making.has("AgentMachineReceipt")
                                     ? member_in(making.made.find("AgentMachineReceipt")->second.front().value, "id")
                                     : json::Value(nullptr)},
      {"capabilityLedgerRef", "urn:srcos:capability-ledger:" + short_hex(declaration_hash(source))},
      {"runtimeRef", "urn:srcos:runtime:sourceos-agent@" + version},
      {"targetRef", "urn:srcos:target:" + text_in(member_in(record, "host"), "hostTag")},
      {"platform", platform_of(record)},
      {"runtimeName", "sourceos-agent"},
      {"runtimeVersion", version},
      {"installState", state},
      {"manifest",
       {{"manifestRef", source.bundle_urn()},
        {"manifestDigest", source.bundle_hex()},
        {"resolvedAt", making.facts.captured_at},
        {"bundleFormatVersion", text_in(record, "specVersion")}}},
      {"artifacts", std::move(artifacts)},
      {"logMode", "compact_receipt_ref"},
      {"policyDecisionRef", making.facts.decision_ref},
      {"evidenceRefs", json::Value::array({source.bundle_urn()})},
      {"failureReason", has_failed ? text_or_null(reason) : json::Value(nullptr)},
      {"startedAt", text_in(record, "startedAt")},
      {"finishedAt", making.facts.captured_at},
      {"capturedAt", making.facts.captured_at}};
  if (json::Value ref = rollback_ref(making); !ref.is_null()) {
    value["rollbackRef"] = std::move(ref);
  }
  return MadeRecords{{"runtime-install-receipt.json", std::move(value)}};
}

}  // namespace sourceos::runtime
