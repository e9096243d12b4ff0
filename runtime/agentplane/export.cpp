#include "runtime/agentplane/export.hpp"

#include <algorithm>
#include <array>
#include <regex>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "bundle/redacted.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "redact/pipeline.hpp"
#include "runtime/agentplane/making.hpp"
#include "runtime/agentplane/rules.hpp"

namespace sourceos::runtime {

namespace {

struct KindRow {
  ExportTarget target;
  std::string_view kind;
  std::string_view short_name;  // also taken by --kind
  std::string_view schema;
  Result<MadeRecords> (*make)(const Making&);
  bool by_name_only = false;
};

constexpr auto k_to_agentplane = ExportTarget::agentplane;
constexpr auto k_to_sourceos = ExportTarget::sourceos;

// In the order of making: what refers to others comes after them.
constexpr std::array k_kinds = {
    KindRow{k_to_agentplane, "AgentMachineMountEvidence", "mount-evidence",
            "agent-machine-mount-evidence.schema.v0.1.json", make_mount_evidence},
    KindRow{k_to_agentplane, "RunArtifact", "run", "run-artifact.schema.v0.1.json", make_run_artifact},
    KindRow{k_to_agentplane, "ReplayArtifact", "replay", "replay-artifact.schema.v0.1.json", make_replay_artifact},
    KindRow{k_to_agentplane, "ValidationArtifact", "validation", "validation-artifact.schema.v0.1.json",
            make_validation_artifact},
    KindRow{k_to_agentplane, "SessionArtifact", "session", "session-artifact.schema.v0.1.json", make_session_artifact},
    KindRow{k_to_agentplane, "EvidencePack", "pack", "evidence-pack.schema.v0.1.json", make_evidence_pack},
    KindRow{k_to_agentplane, "AgentplaneReceipt", "receipts", "receipt.schema.v0.1.json", make_agentplane_receipts},
    KindRow{k_to_agentplane, "RuntimeReceipt", "runtime-receipt", "runtime-receipt", make_runtime_receipt},
    KindRow{k_to_agentplane, "AgentPlaneEvidenceReceiptBinding", "receipt-binding",
            "agentplane-evidence-receipt-binding", make_receipt_bindings},
    KindRow{k_to_agentplane, "bundle-binding", "binding", "bundle.schema.v0.1.json", make_bundle_binding, true},
    KindRow{k_to_sourceos, "AgentMachineReceipt", "receipt", "AgentMachineReceipt.json", make_agent_machine_receipt},
    KindRow{k_to_sourceos, "QuarantineReceipt", "quarantine", "QuarantineReceipt.json", make_quarantine_receipt},
    KindRow{k_to_sourceos, "RuntimeInstallReceipt", "install", "RuntimeInstallReceipt.json", make_install_receipt},
    KindRow{k_to_sourceos, "Fingerprint", "fingerprint", "Fingerprint.json", make_fingerprint},
    KindRow{k_to_sourceos, "DiagnosticsRedactionPolicy", "redaction-policy", "DiagnosticsRedactionPolicy.json",
            make_redaction_policy},
    KindRow{k_to_sourceos, "EvidenceBundle", "bundle", "EvidenceBundle.json", make_evidence_bundle},
    KindRow{k_to_sourceos, "AttestationEvidence", "attestation", "AttestationEvidence.json", make_attestation, true},
};

// "run-artifact", "RunArtifact" and "runartifact" are one name.
std::string plain_name(std::string_view name) {
  std::string out;
  for (const char c : text::ascii_lower(name)) {
    if (c != '-' && c != '_') {
      out += c;
    }
  }
  return out;
}

const KindRow* find_kind(ExportTarget target, std::string_view name) {
  for (const KindRow& row : k_kinds) {
    if (row.target == target && (plain_name(row.kind) == plain_name(name) || plain_name(row.short_name) == plain_name(name))) {
      return &row;
    }
  }
  return nullptr;
}

std::unexpected<Error> bad_option(std::string why) { return fail(ErrorKind::usage, "usage", std::move(why)); }

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Status check_options(const ExportOptions& options) {
  static const std::regex bundle_form("^[a-z0-9][a-z0-9-]{1,62}@[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$");
  if (options.bundle && (options.bundle->size() > 128 || !std::regex_match(*options.bundle, bundle_form))) {
    return bad_option("expected '--bundle NAME@VERSION', the name in small letters, digits and '-'");
  }
  if (options.session && (!options.session->starts_with("urn:srcos:session:") || options.session->size() < 19)) {
    return bad_option("expected '--session urn:srcos:session:...'");
  }
  if (options.lane && !is_one_of(*options.lane, {"staging", "prod"})) {
    return bad_option("expected '--lane staging' or '--lane prod'");
  }
  if (options.backend_intent && !is_one_of(*options.backend_intent, {"qemu", "microvm", "lima-process", "fleet"})) {
    return bad_option("expected '--backend-intent' qemu, microvm, lima-process or fleet");
  }
  for (const std::string& kind : options.kinds) {
    if (find_kind(options.target, kind) == nullptr) {
      return bad_option(fmt::format("no kind '{}' is exported to {}", kind, to_string(options.target)));
    }
  }
  return {};
}

Status check_source(const ExportSource& source, const ExportOptions& options) {
  const json::Value& record = source.facts();
  if (member_in(record, "testSeams") == true && !options.allow_test) {
    return fail(Error(ErrorKind::refused, "test-seams", "the bundle was made under test seams").with_next("--allow-test"));
  }
  if (member_in(member_in(record, "receiptSafety"), "includeRawContent") == true) {
    return fail(ErrorKind::refused, "raw-content", "a bundle with sealed originals is not exported as receipts");
  }
  return {};
}

// A URN that ends in digits of a digest is an id that we computed; after words like `session` it
// looks like a value to redaction. No other text fits the form.
bool is_computed_id(std::string_view text) {
  constexpr std::size_t digits = 32;
  if (!text.starts_with("urn:srcos:") || text.size() <= digits) {
    return false;
  }
  const std::string_view name = text.substr(10, text.size() - digits - 10);
  const std::string_view hex = text.substr(text.size() - digits);
  return (name.ends_with(':') || name.ends_with(":am-")) &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-:") == std::string_view::npos &&
         hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Every place where redaction would still change something. Strings one by one: keys are ours, and
// what stands under a name like `secretsRequired` is a name itself.
void unredacted_places(const json::Value& value, const redact::Pipeline& redaction, const std::string& place,
                       std::vector<std::string>& places) {
  if (value.is_string()) {
    const auto& words = value.get_ref<const std::string&>();
    if (!is_computed_id(words) && redaction.text(words).str() != words) {
      places.push_back(place.empty() ? "/" : place);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      unredacted_places(value[i], redaction, fmt::format("{}/{}", place, i), places);
    }
  } else if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      unredacted_places(member, redaction, place + "/" + key, places);
    }
  }
}

Status check_record(std::string_view kind, const MadeRecord& made, const redact::Pipeline& redaction) {
  SOURCEOS_TRY_ASSIGN(const std::vector<std::string> problems, check_export_rules(kind, made.value));
  if (!problems.empty()) {
    return fail(ErrorKind::refused, "export-invalid", fmt::format("'{}' at {}", made.file, problems.front()));
  }
  std::vector<std::string> places;
  unredacted_places(made.value, redaction, "", places);
  if (!places.empty()) {
    return fail(ErrorKind::refused, "export-invalid",
                fmt::format("'{}' at {}: something is not redacted", made.file, places.front()));
  }
  return {};
}

Result<ExportFile> file_of(std::string name, std::string_view kind, std::string_view schema, const json::Value& value) {
  SOURCEOS_TRY_ASSIGN(std::string text, json::write_canonical(value));
  return ExportFile{std::move(name), std::string(kind), std::string(schema), text + "\n"};
}

bool is_wanted(const KindRow& row, const ExportOptions& options) {
  if (row.target != options.target) {
    return false;
  }
  if (options.kinds.empty()) {
    return !row.by_name_only;
  }
  return std::any_of(options.kinds.begin(), options.kinds.end(), [&](const std::string& name) { return find_kind(options.target, name) == &row; });
}

// Left out, or an error: a missing bundle reference is one always, since the operator can give it.
bool is_left_out(const Error& error, const ExportOptions& options) {
  return options.kinds.empty() && error.reason != "bundle-ref-missing" && error.kind != ErrorKind::internal;
}

Result<ExportFile> index_file(const Export& made, const ExportSource& source, const ExportOptions& options) {
  json::Value files = json::Value::array();
  for (const ExportFile& file : made.files) {
    files.push_back({{"file", file.name}, {"kind", file.kind}, {"schema", file.schema},
                     {"digest", bundle::sha256(file.text).text()}, {"size", file.text.size()}});
  }
  json::Value left_out = json::Value::array();
  for (const LeftOut& each : made.left_out) {
    left_out.push_back({{"kind", each.kind}, {"reason", each.reason}});
  }
  json::Value non_claims = {"Placement facts are named, the documents behind them are not written.",
                            "The backend intent of run and replay artifacts is the operator's word; the actual one is agent-machine."};
  json::Value value = {{"type", "EvidenceExportIndex"},
                       {"specVersion", "1.0.0"},
                       {"target", to_string(options.target)},
                       {"bundleId", source.bundle_id},
                       {"testSeams", member_in(source.facts(), "testSeams") == true},
                       {"files", std::move(files)},
                       {"leftOut", std::move(left_out)},
                       {"nonClaims", std::move(non_claims)}};
  return file_of("export-index.json", "EvidenceExportIndex", "EvidenceExportIndex", value);
}

}  // namespace

std::string_view to_string(ExportTarget target) {
  return target == ExportTarget::agentplane ? "agentplane" : "sourceos";
}

std::vector<std::string_view> export_kinds(ExportTarget target) {
  std::vector<std::string_view> kinds;
  for (const KindRow& row : k_kinds) {
    if (row.target == target) {
      kinds.push_back(row.kind);
    }
  }
  return kinds;
}

ExportFacts gather_export_facts(const ExportSource& source, const ExportOptions& options) {
  const json::Value& record = source.facts();
  const json::Value& host = member_in(record, "host");
  ExportFacts facts;
  facts.profile = source.document_of_type("AgentMachineProfile");
  facts.fingerprint = source.document_of_type("AgentMachineFingerprint");
  const json::Value& plane = facts.profile == nullptr ? json::Value::object() : member_in(*facts.profile, "agentPlane");
  facts.captured_at = source.finished_at();
  facts.bundle = options.bundle ? options.bundle : optional_text_in(plane, "bundle");
  facts.executor = text_in(plane, "executor");
  if (facts.executor.empty()) {
    facts.executor = fmt::format("local-{}-podman", text_in(host, "hostAdapter"));
  }
  facts.workspace_id = text_in(record, "workspaceId");
  if (facts.workspace_id.empty()) {
    facts.workspace_id = text_in(plane, "workspaceId");
  }
  if (facts.workspace_id.empty()) {
    facts.workspace_id = "urn:srcos:agent-machine-workspace:default";
  }
  facts.session_ref = options.session.value_or("urn:srcos:session:" + short_hex(source.bundle_id));
  const ExportEntry* decision = source.first("policy-decision");
  facts.decision_ref = "urn:srcos:decision:" + short_hex(decision == nullptr ? text_in(record, "policyHash") : decision->digest);
  facts.machine_ref = facts.fingerprint == nullptr ? "" : text_in(*facts.fingerprint, "machineRef");
  if (facts.machine_ref.empty()) {
    facts.machine_ref = "urn:srcos:agent-machine:" + text_in(host, "hostTag");
  }
  facts.lane = options.lane.value_or(text_in(plane, "lane") == "prod" ? "prod" : "staging");
  if (member_in(record, "testSeams") == true) {
    facts.test_note = "made under test seams, not evidence of a real run";
  }
  return facts;
}

RunEnd run_end(const json::Value& record) {
  const json::Value& outcome = member_in(record, "outcome");
  const std::string result = text_in(outcome, "result");
  const std::string reason = text_in(outcome, "reason");
  const bool was_started = member_in(outcome, "started") == true;
  if (result == "interrupted") {
    return RunEnd::interrupted;
  }
  if (reason == "detached") {
    return RunEnd::detached;
  }
  // Reasons that say that something did not work, not that a rule forbade it.
  constexpr std::array<std::string_view, 16> technical = {
      "machine-absent", "machine-stopped", "podman-missing", "socket-refused", "start-failed", "image-missing",
      "probe-timeout",  "no-tty",          "launch-failed",  "health-timeout", "input-missing", "timeout",
      "locked",         "not-installed",   "checks-failed",  "preflight-failed"};
  const bool is_technical = std::find(technical.begin(), technical.end(), reason) != technical.end();
  if (result == "negative" && !was_started && !is_technical && text_in(record, "mode") != "read-only") {
    return RunEnd::refused;
  }
  if (result != "ok" || member_in(outcome, "exitCode") != 0) {
    return RunEnd::failed;
  }
  return text_in(record, "mode") == "dry-run" ? RunEnd::planned : RunEnd::done;
}

bool waits_for_permission(const json::Value& record) {
  const std::string reason = text_in(member_in(record, "outcome"), "reason");
  return reason == "grant-missing" || reason == "governance-required";
}

Result<std::string> Making::bundle_string() const {
  if (!facts.bundle) {
    return fail(Error(ErrorKind::refused, "bundle-ref-missing", "the profile names no AgentPlane bundle")
                    .with_next("give --bundle NAME@VERSION"));
  }
  return *facts.bundle;
}

std::unexpected<Error> no_data(std::string_view why) {
  return fail(ErrorKind::not_found, "no-data", std::string(why));
}

Result<Export> make_export(const ExportSource& source, const ExportOptions& options, const redact::Pipeline& redaction) {
  SOURCEOS_TRY(check_options(options));
  SOURCEOS_TRY(check_source(source, options));
  Making making{source, options, gather_export_facts(source, options), {}};
  Export out;
  for (const KindRow& row : k_kinds) {
    if (!is_wanted(row, options)) {
      continue;
    }
    Result<MadeRecords> made = row.make(making);
    if (!made) {
      if (!is_left_out(made.error(), options)) {
        return fail(std::move(made).error().with_context(fmt::format("export {}", row.kind)));
      }
      out.left_out.push_back({std::string(row.kind), made.error().reason});
      continue;
    }
    for (const MadeRecord& record : *made) {
      SOURCEOS_TRY(check_record(row.kind, record, redaction));
      SOURCEOS_TRY_ASSIGN(ExportFile file, file_of(record.file, row.kind, row.schema, record.value));
      out.files.push_back(std::move(file));
    }
    making.made.emplace(row.kind, std::move(*made));
  }
  SOURCEOS_TRY_ASSIGN(ExportFile index, index_file(out, source, options));
  out.files.push_back(std::move(index));
  return out;
}

}  // namespace sourceos::runtime
