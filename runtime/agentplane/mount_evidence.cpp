// AgentMachineMountEvidence: what was mounted, in the closed form of its contract.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/agentplane/making.hpp"

namespace sourceos::runtime {

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

namespace {

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

}  // namespace sourceos::runtime
