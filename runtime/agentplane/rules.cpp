// The rules are JSON Schemas in a short hand, a line a field: `name! form` is required, `name form`
// is not; every object is closed unless its form is `open`. Forms:
//   text, text0 (may be empty), number, flag, time, digest, =word (constant), a|b (one of),
//   ~pattern, [form] a list, [form+] a list of at least one, {kind} an object with rules of its own,
//   and a trailing `?` allows null.
#include "runtime/agentplane/rules.hpp"

#include <array>
#include <map>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/schema.hpp"

namespace sourceos::runtime {

namespace {

struct Rules {
  std::string_view kind;
  std::string_view fields;
};

constexpr std::array k_rules = {
    Rules{"AgentMachineMountEvidence", R"(
kind! =AgentMachineMountEvidence
capturedAt! time
workspaceId! text
bundle text?
executor! text
backendIntent! =agent-machine
localDataPlaneRef! text
mountPolicyRef! text
secureHostInterfaceRef text?
topolvmPlacementProfileRef text?
storageBackend! podman-bind|podman-machine-bind|wsl-bind|native-bind|topolvm-local-pv|other
policyHash! digest
gitRef text?
mounts! [{mount-row}+]
deniedAttempts [{denied-row}]
downloadArtifacts [{download-row}]
topolvmPlacement text?
redactionSummary {redaction-summary})"},
    Rules{"mount-row", R"(
mountId! text
pathClass! code|documents|downloads|cache|artifacts|media|app-bridge
agentPath! text
accessMode! read-only|read-write|browser-read-write-agent-read-only|write-only-artifacts
secretsProhibited! flag
hostPathRef text?
storageBackend text?
gitRef text?
contentHash text?
directExecutionAllowed flag
existsAtRunStart flag?)"},
    Rules{"denied-row", "pathRef! text\nreason! text\nseverity warn|deny"},
    Rules{"download-row", R"(
artifactRef! text
pathRef! text
sha256! text
mimeType text?
sourceDomain text?
sourceUrlRedacted text?
promotedTo text?
promotionEvidenceRef text?)"},
    Rules{"redaction-summary", "hostUserRedacted flag\nsecretLikeValuesRedacted number\nnotes text"},
    Rules{"SessionArtifact", R"(
kind! =SessionArtifact
bundle! text
capturedAt! time
sessionRef! ~^urn:srcos:session:
status! success|failure|paused|deferred|canceled
receiptRef ~^urn:srcos:receipt:session:?
runArtifactRef text?
replayArtifactRef text?
governanceContext open?)"},
    Rules{"RunArtifact", R"(
kind! =RunArtifact
bundle! text
bundlePath text?
capturedAt! time
lane! staging|prod
executor! text
backendIntent! qemu|microvm|lima-process|fleet
status! success|failure
exitCode! number
stdoutRef digest?
stderrRef digest?
governanceContext open
upstreamArtifacts open
sourceosBindings open)"},
    Rules{"ReplayArtifact", R"(
kind! =ReplayArtifact
bundle! text
capturedAt! time
executor! text
backendIntent! qemu|microvm|lima-process|fleet
inputs! {replay-inputs})"},
    Rules{"replay-inputs", R"(
bundlePath! text
bundleRev! text?
artifactDir! text
policyPackRef text?
policyPackHash digest?
secretsRequired [text]
governanceContext open
upstreamArtifacts open
sourceosBindings open)"},
    Rules{"ValidationArtifact", R"(
kind! =ValidationArtifact
bundle! text
bundlePath text?
capturedAt! time
valid! flag
lane staging|prod?
governanceContext open?
checks! [{check-row}]
bundleMetadata {bundle-metadata})"},
    Rules{"check-row", "name! text\nstatus! pass|fail|warn\nmessage text?"},
    Rules{"bundle-metadata", "name text?\nversion text?\ncreatedAt text?"},
    Rules{"EvidencePack", R"(
kind! =EvidencePack
bundle! text
capturedAt! time
taskId! text
workflowMode! direct|branch_pr|unknown
authorityModel text?
canonicalRef text?
evidence! [{evidence-row}+])"},
    Rules{"evidence-row", R"(
id! text
kind! backend_snapshot|commit|verify_artifact|run_bundle|incident_finding|other
source! text
summary text?
observedAt time?
lifecycleClaim text?
fingerprints [text]
payloadRef digest?)"},
    Rules{"AgentplaneReceipt", R"(
receiptId! ~^urn:srcos:receipt:agentplane:[a-f0-9]{32}$
runId! digest
stepId! text
phase! validate|place|dispatch|result|replay|compensate
ts! time
status! text
payloadHash! digest
outputHash digest
ledgerEventRef text
notes text)"},
    Rules{"bundle-binding", "spec! {binding-spec}"},
    Rules{"binding-spec", "agentMachine! {binding-machine}\nvm! {binding-vm}"},
    Rules{"binding-machine", R"(
profileRef! ~^urn:srcos:agent-machine-profile:
localDataPlaneRef text
mountPolicyRef text
secureHostInterfaceRef text
topolvmPlacementProfileRef text
workspaceId! text
toolSurfaceRefs! [text])"},
    Rules{"binding-vm", "backendIntent! =agent-machine\nmodulePath! text"},
    Rules{"RuntimeReceipt", R"(
apiVersion! =agentplane.socioprophet.org/v0.1
kind! =RuntimeReceipt
receiptId! text
proposalRef! text
admissionRef! text
policyDecisionRef! text
agentIdentity! {agent-identity}
runtimeIdentity! {runtime-identity}
runtimeProfile! {runtime-profile}
inputHash! digest
outputHash! digest
logsRef! text
startTime! time
endTime! time
status! succeeded|failed|aborted)"},
    Rules{"agent-identity", "agentId! text\nagentRef! text"},
    Rules{"runtime-identity", "nodeRef! text\nruntimeRef! text"},
    Rules{"runtime-profile", "runtimeProfileRef! text\nsandboxProfileRef! text"},
    Rules{"AgentPlaneEvidenceReceiptBinding", R"(
apiVersion! =agentplane.socioprophet.org/v0.1
kind! =AgentPlaneEvidenceReceiptBinding
artifactRef! text
artifactKind! ValidationArtifact|PromotionArtifact|RunArtifact|ReplayArtifact
receiptId! ~^urn:srcos:receipt:
receiptKind! ValidationReceipt|PromotionReceipt|ExecutionReceipt|ReplayReceipt
subjectRef! ~^bundle:.
issuedTimeUtc! time
standardsRefs! {standards-refs}
fieldMappings! [{field-mapping}+]
upstreamArtifactRefs [text]
policyRefs [text]
notes text?)"},
    Rules{"standards-refs", "receiptSpine! text\nknowledgeLifecycle! text"},
    Rules{"field-mapping", "artifactField! text\nreceiptField! text\nrequired! flag\nnotes text"},
    Rules{"EvidenceBundle", R"(
id! ~^urn:srcos:evidence-bundle:.
type! =EvidenceBundle
specVersion! text
subjectRef! text
artifactRefs [text]
receiptRefs [text]
logRefs [text]
decisionRefs [~^urn:srcos:decision:]
generatedBy text?
generatedAt! time)"},
    Rules{"AgentMachineReceipt", R"(
id! ~^urn:srcos:agent-machine-receipt:.
type! =AgentMachineReceipt
specVersion! text
machineRef! ~^urn:srcos:agent-machine:.
receiptClass! probe|placement|execution|side-effect
issuedAt! time
taskRef text?
placementFactRefs! [~^urn:srcos:placement-fact:+]
policyDecisionRef! ~^urn:srcos:decision:.
verdict! allowed|denied|deferred|failed|observed
metrics open
evidenceHash digest
evidenceRefs [text])"},
    Rules{"QuarantineReceipt", R"(
id! ~^urn:srcos:quarantine:.
type! =QuarantineReceipt
specVersion! text
subjectId! ~^urn:srcos:local-agent:.
triggerType! operator_request|policy_drift|preflight_fail|excessive_restart
isolationMode! =manual
scope {quarantine-scope}
triggerEvidenceRefs [text]
startedAt! time
releasedAt time?
outcome! active|released|terminated|failed
restorationDecisionId text?
receiptHash! digest)"},
    Rules{"quarantine-scope", "pids [number]\ncgroup text?\nunit text?\nhostRefs [text]"},
    Rules{"RuntimeInstallReceipt", R"(
id! ~^urn:srcos:receipt:runtime-install:.
type! =RuntimeInstallReceipt
specVersion! text
sessionRef! ~^urn:srcos:session:.
agentMachineReceiptRef ~^urn:srcos:agent-machine-receipt:?
capabilityLedgerRef! ~^urn:srcos:capability-ledger:.
runtimeRef! ~^urn:srcos:runtime:.
targetRef! ~^urn:srcos:target:.
platform! darwin-arm64|darwin-x64|linux-x64|linux-arm64|win32-x64
runtimeName text
runtimeVersion text
installState! deferred|denied|installed|rolled_back|partial|failed
manifest! {install-manifest}
artifacts! [{install-artifact}+]
logMode! compact_receipt_ref|full_debug_redacted
policyDecisionRef! ~^urn:srcos:decision:.
evidenceRefs! [text+]
rollbackRef digest
failureReason text?
causalRefs [text]
startedAt! time
finishedAt time?
capturedAt! time)"},
    Rules{"install-manifest",
          "manifestRef! text\nmanifestDigest! ~^[a-f0-9]{64}$\nresolvedAt! time\nbundleFormatVersion text"},
    Rules{"install-artifact",
          "artifactRef! text\ndigest! digest\nverificationState! not_checked|verified|failed|skipped\nsizeBytes! number?"},
    Rules{"Fingerprint", R"(
id! ~^urn:srcos:fingerprint:[A-Za-z0-9._-]+$
type! =Fingerprint
specVersion! text
subject! {fingerprint-subject}
observedAt! time
complianceStatus! compliant|non-compliant|unknown
releaseSetRef text?
experienceProfileRef text?
isolationProfileRef text?
integrity {fingerprint-integrity}
complianceNotes text?
evidenceRefs [text]
notes text?)"},
    Rules{"fingerprint-subject", "subjectKind! device|vm|container\nsubjectRef! text"},
    Rules{"fingerprint-integrity",
          "bootReleaseSetRef text?\nimageRef text?\nstoreClosureHash text?\nbootEntryLabel text?"},
    Rules{"DiagnosticsRedactionPolicy", R"(
mode! none|share-only|raw-and-share
rawArtifactRetained! flag
sharedArtifactGenerated! flag
deterministicMasking! flag
maskedClasses! [authorizationBearer|cookie|apiKey|token|email|privateIp|publicIp|macAddress]
privateIpMasked! flag
publicIpMasked! flag
macAddressMasked! flag
notes text)"},
};

json::Value object_schema(std::string_view kind);

json::Value plain_form(std::string_view form) {
  if (form == "text") {
    return {{"type", "string"}, {"minLength", 1}};
  }
  if (form == "number") {
    return {{"type", "integer"}, {"minimum", 0}};
  }
  if (form == "flag") {
    return {{"type", "boolean"}};
  }
  if (form == "time") {
    return {{"type", "string"}, {"format", "date-time"}};
  }
  if (form == "digest") {
    return {{"type", "string"}, {"pattern", "^sha256:[a-f0-9]{64}$"}};
  }
  if (form == "open") {
    return {{"type", "object"}};
  }
  if (form.starts_with('=')) {
    return {{"const", form.substr(1)}};
  }
  if (form.starts_with('~')) {
    return {{"type", "string"}, {"pattern", form.substr(1)}};
  }
  json::Value words = json::Value::array();
  for (std::size_t from = 0; from <= form.size();) {
    const std::size_t bar = std::min(form.find('|', from), form.size());
    words.push_back(form.substr(from, bar - from));
    from = bar + 1;
  }
  return {{"type", "string"}, {"enum", std::move(words)}};
}

json::Value form_schema(std::string_view form) {
  if (form.ends_with('?')) {
    json::Value either = json::Value::array({form_schema(form.substr(0, form.size() - 1)), {{"type", "null"}}});
    return {{"anyOf", std::move(either)}};
  }
  if (form.starts_with('[')) {
    const bool at_least_one = form.ends_with("+]");
    json::Value list = {{"type", "array"}, {"items", form_schema(form.substr(1, form.size() - (at_least_one ? 3 : 2)))}};
    if (at_least_one) {
      list["minItems"] = 1;
    }
    return list;
  }
  if (form.starts_with('{')) {
    return object_schema(form.substr(1, form.size() - 2));
  }
  return plain_form(form);
}

json::Value object_schema(std::string_view kind) {
  for (const Rules& rules : k_rules) {
    if (rules.kind != kind) {
      continue;
    }
    json::Value properties = json::Value::object();
    json::Value required = json::Value::array();
    for (std::size_t from = 0; from < rules.fields.size();) {
      const std::size_t end = std::min(rules.fields.find('\n', from), rules.fields.size());
      const std::string_view line = rules.fields.substr(from, end - from);
      from = end + 1;
      if (line.empty()) {
        continue;
      }
      std::string name(line.substr(0, line.find(' ')));
      if (name.ends_with('!')) {
        name.pop_back();
        required.push_back(name);
      }
      properties[name] = form_schema(line.substr(line.find(' ') + 1));
    }
    return {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}, {"required", std::move(required)}};
  }
  return nullptr;
}

}  // namespace

Result<std::vector<std::string>> check_export_rules(std::string_view kind, const json::Value& record) {
  const json::Value schema = object_schema(kind);
  if (schema.is_null()) {
    return fail(ErrorKind::internal, "internal", fmt::format("no rules for '{}'", kind));
  }
  return json::check_schema(schema, record);
}

}  // namespace sourceos::runtime
