// EvidencePack: a row for the bundle, and one for each of its entries.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/agentplane/making.hpp"

namespace sourceos::runtime {

namespace {

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

}  // namespace sourceos::runtime
