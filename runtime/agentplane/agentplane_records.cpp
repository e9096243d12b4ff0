#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/agentplane/making.hpp"

namespace sourceos::runtime {

namespace {

json::Value governance_context(const json::Value& record) {
  json::Value grants = json::Value::array();
  for (const json::Value& row : member_in(record, "grants")) {
    grants.push_back({{"id", text_in(row, "id")}, {"hash", text_or_null(optional_text_in(row, "hash"))}});
  }
  return {{"grants", std::move(grants)}};
}

json::Value entry_ref(const ExportEntry* entry) {
  return entry == nullptr ? json::Value(nullptr) : json::Value(entry->digest);
}

json::Value sourceos_bindings(const Making& making) {
  const json::Value& record = making.record();
  const json::Value& image = member_in(record, "imageDigest");
  const json::Value* fingerprint = making.facts.fingerprint;
  return {{"evidenceBundleRef", making.source.bundle_urn()},
          {"localExecutionProtocolRef", text_or_null(optional_text_in(record, "profileRef"))},
          {"agentMachine",
           {{"actualBackendIntent", k_agent_machine},
            {"profileHash", text_or_null(optional_text_in(record, "profileHash"))},
            {"policyHash", text_in(record, "policyHash")},
            {"imageDigest", text_or_null(optional_text_in(image, "digest"))},
            {"gitRef", git_ref(record)},
            {"fingerprintRef", fingerprint == nullptr ? json::Value(nullptr)
                                                      : text_or_null(optional_text_in(*fingerprint, "id"))}}}};
}

// Both run and replay need a process that was started, and a backend intent that AgentPlane knows.
Status check_runnable(const Making& making) {
  const json::Value& started = member_in(member_in(making.record(), "outcome"), "started");
  if (!making.source.is_command("run") || started != true) {
    return no_data("the bundle is not of a run that was started");
  }
  if (!making.options.backend_intent) {
    return fail(Error(ErrorKind::refused, "backend-intent-unmapped",
                      "AgentPlane's run and replay artifacts have no backend intent 'agent-machine'")
                    .with_next("name one with --backend-intent qemu|microvm|lima-process|fleet"));
  }
  return {};
}

std::uint64_t exit_code(const json::Value& record) {
  const json::Value& code = member_in(member_in(record, "outcome"), "exitCode");
  return code.is_number_unsigned() ? code.get<std::uint64_t>() : 0;
}

std::string bundle_name(const std::string& bundle) { return bundle.substr(0, bundle.find('@')); }

// --- validation

json::Value check_row(const json::Value& check) {
  std::string name = text_in(check, "id");
  for (const char* key : {"name", "check", "rule"}) {
    name = name.empty() ? text_in(check, key) : name;
  }
  std::string message;
  for (const char* key : {"message", "detail", "reason"}) {
    message = message.empty() ? text_in(check, key) : message;
  }
  const std::string status = text_in(check, "status");
  if (status == "skip" || status == "skipped") {
    return {{"name", name}, {"status", "warn"}, {"message", message.empty() ? "skipped" : "skipped: " + message}};
  }
  const bool is_known = status == "pass" || status == "fail" || status == "warn";
  return {{"name", name}, {"status", is_known ? status : "warn"},
          {"message", message.empty() ? json::Value(nullptr) : json::Value(message)}};
}

bool is_validating(const ExportSource& source) {
  return source.is_command("doctor") || source.is_command("preflight") || source.is_command("activate") ||
         source.is_command("validate");
}

}  // namespace

Result<MadeRecords> make_run_artifact(const Making& making) {
  SOURCEOS_TRY(check_runnable(making));
  SOURCEOS_TRY_ASSIGN(const std::string bundle, making.bundle_string());
  const std::uint64_t code = exit_code(making.record());
  json::Value value = {{"kind", "RunArtifact"},
                       {"bundle", bundle},
                       {"bundlePath", nullptr},
                       {"capturedAt", making.facts.captured_at},
                       {"lane", making.facts.lane},
                       {"executor", making.facts.executor},
                       {"backendIntent", *making.options.backend_intent},
                       {"status", code == 0 ? "success" : "failure"},
                       {"exitCode", code},
                       {"stdoutRef", entry_ref(making.source.first("transcript"))},
                       {"stderrRef", nullptr},
                       {"governanceContext", governance_context(making.record())},
                       {"sourceosBindings", sourceos_bindings(making)}};
  return MadeRecords{{"run-artifact.json", std::move(value)}};
}

Result<MadeRecords> make_replay_artifact(const Making& making) {
  SOURCEOS_TRY(check_runnable(making));
  SOURCEOS_TRY_ASSIGN(const std::string bundle, making.bundle_string());
  json::Value secrets = json::Value::array();
  if (making.facts.profile != nullptr) {
    for (const json::Value& row : member_in(*making.facts.profile, "secretRefs")) {
      secrets.push_back(text_in(row, "name"));
    }
  }
  const json::Value& record = making.record();
  json::Value value = {
      {"kind", "ReplayArtifact"},
      {"bundle", bundle},
      {"capturedAt", making.facts.captured_at},
      {"executor", making.facts.executor},
      {"backendIntent", *making.options.backend_intent},
      {"inputs",
       {{"bundlePath", "bundles/" + bundle_name(bundle)},
        {"bundleRev", text_or_null(optional_text_in(member_in(record, "gitRef"), "head"))},
        {"artifactDir", "."},
        {"policyPackRef", place_ref(making, "mountPolicyRef", "agent-machine-mount-policy")},
        {"policyPackHash", text_in(record, "policyHash")},
        {"secretsRequired", std::move(secrets)},
        {"governanceContext", governance_context(record)},
        {"sourceosBindings", sourceos_bindings(making)}}}};
  return MadeRecords{{"replay-artifact.json", std::move(value)}};
}

Result<MadeRecords> make_validation_artifact(const Making& making) {
  json::Value checks = json::Value::array();
  for (const ExportEntry* entry : making.source.of_kind("check-report")) {
    if (is_validating(making.source) && entry->document != nullptr) {
      for (const json::Value& check : member_in(*entry->document, "checks")) {
        checks.push_back(check_row(check));
      }
    }
  }
  if (checks.empty()) {
    return no_data("the bundle has no report of checks");
  }
  SOURCEOS_TRY_ASSIGN(const std::string bundle, making.bundle_string());
  if (!making.facts.test_note.empty()) {
    checks.push_back({{"name", "test-seams"}, {"status", "warn"}, {"message", making.facts.test_note}});
  }
  const bool is_valid = std::none_of(checks.begin(), checks.end(),
                                     [](const json::Value& check) { return check.at("status") == "fail"; });
  json::Value value = {{"kind", "ValidationArtifact"},
                       {"bundle", bundle},
                       {"capturedAt", making.facts.captured_at},
                       {"valid", is_valid},
                       {"lane", making.facts.lane},
                       {"checks", std::move(checks)},
                       {"bundleMetadata",
                        {{"name", bundle_name(bundle)},
                         {"version", bundle.substr(bundle.find('@') + 1)},
                         {"createdAt", nullptr}}}};
  return MadeRecords{{"validation-artifact.json", std::move(value)}};
}

Result<MadeRecords> make_session_artifact(const Making& making) {
  if (!making.source.is_command("shell") && !making.source.is_command("run")) {
    return no_data("only shell and run open a session");
  }
  SOURCEOS_TRY_ASSIGN(const std::string bundle, making.bundle_string());
  std::string status = "failure";
  switch (run_end(making.record())) {
    case RunEnd::done: status = "success"; break;
    case RunEnd::failed: break;
    case RunEnd::refused: status = waits_for_permission(making.record()) ? "deferred" : "failure"; break;
    case RunEnd::planned: status = "deferred"; break;
    case RunEnd::interrupted: status = "canceled"; break;
    case RunEnd::detached: status = "paused"; break;
  }
  const auto file_of = [&](std::string_view kind) {
    return making.has(kind) ? json::Value(making.made.find(kind)->second.front().file) : json::Value(nullptr);
  };
  json::Value value = {{"kind", "SessionArtifact"},
                       {"bundle", bundle},
                       {"capturedAt", making.facts.captured_at},
                       {"sessionRef", making.facts.session_ref},
                       {"status", status},
                       {"receiptRef", nullptr},
                       {"runArtifactRef", file_of("RunArtifact")},
                       {"replayArtifactRef", file_of("ReplayArtifact")},
                       {"governanceContext", governance_context(making.record())}};
  return MadeRecords{{"session-artifact.json", std::move(value)}};
}

Result<MadeRecords> make_bundle_binding(const Making& making) {
  const json::Value* profile = making.facts.profile;
  if (profile == nullptr) {
    return no_data("the bundle carries no profile");
  }
  json::Value binding = {{"profileRef", text_in(*profile, "id")}, {"workspaceId", making.facts.workspace_id}};
  for (const char* key : {"localDataPlaneRef", "mountPolicyRef", "secureHostInterfaceRef", "topolvmPlacementProfileRef"}) {
    copy_if_there(*profile, binding, key);
  }
  json::Value surfaces = json::Value::array();
  for (const json::Value& grant : member_in(making.record(), "grants")) {
    const std::string id = text_in(grant, "id");
    if (!id.starts_with("urn:srcos:agent-tool-door:")) {
      continue;
    }
    for (const json::Value& tool : member_in(*profile, "tools")) {
      if (member_in(tool, "enabled") == true) {
        surfaces.push_back(id + "#" + text_in(tool, "toolId"));
      }
    }
  }
  binding["toolSurfaceRefs"] = std::move(surfaces);
  json::Value value = {{"spec",
                        {{"agentMachine", std::move(binding)},
                         {"vm", {{"backendIntent", k_agent_machine}, {"modulePath", "adapters/agent-machine"}}}}}};
  return MadeRecords{{"bundle-binding.json", std::move(value)}};
}

}  // namespace sourceos::runtime
