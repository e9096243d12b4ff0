#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/agentplane/making.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::string_view k_agent_machine = "agent-machine";

std::string storage_backend(const json::Value& record, const ExportFacts& facts) {
  const std::string adapter = text_in(member_in(record, "host"), "hostAdapter");
  if (adapter == "macos") {
    return "podman-machine-bind";
  }
  if (adapter == "windows") {
    return "wsl-bind";
  }
  const bool uses_machine =
      facts.profile != nullptr && text_in(member_in(*facts.profile, "runtime"), "mode") == "machine";
  return uses_machine ? "podman-machine-bind" : "native-bind";
}

// refs/heads/<branch>, else the commit, else null.
json::Value git_ref(const json::Value& record) {
  const json::Value& git = member_in(record, "gitRef");
  if (const auto branch = optional_text_in(git, "branch")) {
    return "refs/heads/" + *branch;
  }
  return text_or_null(optional_text_in(git, "head"));
}

void copy_if_there(const json::Value& from, json::Value& to, std::string_view key) {
  if (const json::Value& member = member_in(from, key); !member.is_null()) {
    to[key] = member;
  }
}

// The row without the two fields that are the toolkit's own.
json::Value mount_row(const json::Value& row) {
  json::Value out = {{"secretsProhibited", true}};
  for (const char* key : {"mountId", "pathClass", "hostPathRef", "agentPath", "accessMode", "storageBackend",
                          "contentHash", "directExecutionAllowed", "existsAtRunStart"}) {
    copy_if_there(row, out, key);
  }
  if (const json::Value& git = member_in(row, "gitRef"); git.is_string()) {
    out["gitRef"] = git;
  }
  return out;
}

json::Value denied_rows(const json::Value& record) {
  json::Value rows = json::Value::array();
  for (const json::Value& row : member_in(record, "deniedAttempts")) {
    const std::string severity = text_in(row, "severity");
    rows.push_back({{"pathRef", text_in(row, "pathRef")}, {"reason", text_in(row, "reason")},
                    {"severity", severity == "warn" ? "warn" : "deny"}});
  }
  return rows;
}

// Files that were hashed in a downloads mount at the end of the run.
json::Value download_rows(const ExportSource& source) {
  json::Value rows = json::Value::array();
  for (const ExportEntry* entry : source.of_kind("mount-evidence")) {
    if (entry->document == nullptr) {
      continue;
    }
    for (const json::Value& row : member_in(*entry->document, "downloadArtifacts")) {
      if (!member_in(row, "sha256").is_string()) {
        continue;  // too large to be hashed: nothing is claimed of it
      }
      json::Value out = json::Value::object();
      for (const char* key : {"artifactRef", "pathRef", "sha256", "mimeType", "sourceDomain", "sourceUrlRedacted",
                              "promotedTo", "promotionEvidenceRef"}) {
        copy_if_there(row, out, key);
      }
      rows.push_back(std::move(out));
    }
  }
  return rows;
}

std::uint64_t masked_count(const json::Value& record) {
  std::uint64_t sum = 0;
  for (const json::Value& row : member_in(member_in(record, "redaction"), "byClass")) {
    const std::string name = text_in(row, "name");
    const bool is_identity = name == "user" || name == "host" || name == "home";
    sum += is_identity || !member_in(row, "value").is_number_unsigned() ? 0U : row.at("value").get<std::uint64_t>();
  }
  return sum;
}

// A reference of the profile, or of the mount evidence that the command wrote, or the toolkit's own
// default data plane and policy.
std::string place_ref(const Making& making, std::string_view key, std::string_view slug) {
  if (making.facts.profile != nullptr) {
    if (const auto ref = optional_text_in(*making.facts.profile, key)) {
      return *ref;
    }
  }
  if (const ExportEntry* entry = making.source.first("mount-evidence");
      entry != nullptr && entry->document != nullptr) {
    if (const auto ref = optional_text_in(*entry->document, key)) {
      return *ref;
    }
  }
  return fmt::format("urn:srcos:{}:default", slug);
}

json::Value mount_rows(const Making& making) {
  json::Value rows = json::Value::array();
  for (const json::Value& row : member_in(making.record(), "mounts")) {
    rows.push_back(mount_row(row));
  }
  // `mounts init` launches nothing: its rows stand in its mount evidence.
  for (const ExportEntry* entry : making.source.of_kind("mount-evidence")) {
    if (rows.empty() && entry->document != nullptr) {
      for (const json::Value& row : member_in(*entry->document, "mounts")) {
        rows.push_back(mount_row(row));
      }
    }
  }
  return rows;
}

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

// --- evidence pack

bool has_high_finding(const json::Value& record, const ExportEntry& entry) {
  const auto is_high = [](const json::Value& finding) { return text_in(finding, "severity") == "high"; };
  for (const json::Value& finding : member_in(record, "findings")) {
    if (is_high(finding)) {
      return true;
    }
  }
  if (entry.document == nullptr) {
    return false;
  }
  const json::Value& findings = member_in(*entry.document, "findings");
  return findings.is_array() && std::any_of(findings.begin(), findings.end(), is_high);
}

std::string_view row_kind(const json::Value& record, const ExportEntry& entry) {
  if (entry.kind == "check-report") {
    return "verify_artifact";
  }
  if (entry.kind == "git-state") {
    return "commit";
  }
  if (entry.kind == "service-status") {
    return "backend_snapshot";
  }
  const bool is_scan = entry.kind == "log-scan" || entry.kind == "quarantine-manifest";
  return is_scan && has_high_finding(record, entry) ? "incident_finding" : "other";
}

json::Value evidence_row(const Making& making, const ExportEntry& entry) {
  const std::string_view kind = row_kind(making.record(), entry);
  json::Value row = {{"id", entry.path},
                     {"kind", kind},
                     {"source", making.source.binary() + "/" + entry.collector},
                     {"summary", entry.kind},
                     {"observedAt", entry.at},
                     {"payloadRef", entry.digest}};
  if (kind == "commit") {
    const auto own = entry.document ? optional_text_in(*entry.document, "head") : std::nullopt;
    const auto head = own ? own : optional_text_in(member_in(making.record(), "gitRef"), "head");
    row["fingerprints"] = head ? json::Value::array({*head}) : json::Value::array();
  }
  if (kind == "backend_snapshot" && entry.document) {
    row["lifecycleClaim"] = text_or_null(optional_text_in(*entry.document, "state"));
  }
  return row;
}

std::string workflow_mode(const Making& making) {
  const auto branch = optional_text_in(member_in(making.record(), "gitRef"), "branch");
  if (!branch) {
    return "unknown";
  }
  for (const ExportEntry* entry : making.source.of_kind("git-state")) {
    const auto standard = entry->document ? optional_text_in(*entry->document, "defaultBranch") : std::nullopt;
    if (standard) {
      return *branch == *standard ? "direct" : "branch_pr";
    }
  }
  // The repository did not say: the two names that git and its hosts give.
  return *branch == "main" || *branch == "master" ? "direct" : "branch_pr";
}

}  // namespace

Result<MadeRecords> make_mount_evidence(const Making& making) {
  const ExportSource& source = making.source;
  if (!source.is_command("shell") && !source.is_command("run") &&
      !(source.is_command("mounts") && source.is_command("init"))) {
    return no_data("only shell, run and mounts init mount");
  }
  json::Value rows = mount_rows(making);
  if (rows.empty()) {
    return fail(ErrorKind::refused, "no-mounts", "a launch without any mount cannot be expressed");
  }
  const json::Value& record = making.record();
  const json::Value* profile = making.facts.profile;
  json::Value summary = {{"hostUserRedacted", true}, {"secretLikeValuesRedacted", masked_count(record)}};
  if (!making.facts.test_note.empty()) {
    summary["notes"] = making.facts.test_note;
  }
  json::Value value = {
      {"kind", "AgentMachineMountEvidence"},
      {"capturedAt", making.facts.captured_at},
      {"workspaceId", making.facts.workspace_id},
      {"bundle", text_or_null(making.facts.bundle)},
      {"executor", making.facts.executor},
      {"backendIntent", k_agent_machine},
      {"localDataPlaneRef", place_ref(making, "localDataPlaneRef", "agent-machine-local-data-plane")},
      {"mountPolicyRef", place_ref(making, "mountPolicyRef", "agent-machine-mount-policy")},
      {"secureHostInterfaceRef",
       profile == nullptr ? json::Value(nullptr) : text_or_null(optional_text_in(*profile, "secureHostInterfaceRef"))},
      {"topolvmPlacementProfileRef", nullptr},
      {"storageBackend", storage_backend(record, making.facts)},
      {"policyHash", text_in(record, "policyHash")},
      {"gitRef", git_ref(record)},
      {"mounts", std::move(rows)},
      {"deniedAttempts", denied_rows(record)},
      {"downloadArtifacts", download_rows(source)},
      {"topolvmPlacement", nullptr},
      {"redactionSummary", std::move(summary)}};
  return MadeRecords{{"agent-machine-mount-evidence.json", std::move(value)}};
}

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

Result<MadeRecords> make_evidence_pack(const Making& making) {
  SOURCEOS_TRY_ASSIGN(const std::string bundle, making.bundle_string());
  const ExportSource& source = making.source;
  json::Value rows = json::Value::array();
  rows.push_back({{"id", source.bundle_urn()},
                  {"kind", "run_bundle"},
                  {"source", source.binary()},
                  {"summary", making.facts.test_note.empty() ? json::Value(nullptr) : json::Value(making.facts.test_note)},
                  {"observedAt", making.facts.captured_at},
                  {"payloadRef", source.bundle_id}});
  for (const ExportEntry& entry : source.entries) {
    rows.push_back(evidence_row(making, entry));
  }
  json::Value value = {{"kind", "EvidencePack"},
                       {"bundle", bundle},
                       {"capturedAt", making.facts.captured_at},
                       {"taskId", making.options.task_id.value_or(source.bundle_id)},
                       {"workflowMode", workflow_mode(making)},
                       {"authorityModel", nullptr},
                       {"canonicalRef", source.bundle_urn()},
                       {"evidence", std::move(rows)}};
  return MadeRecords{{"evidence-pack.json", std::move(value)}};
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
