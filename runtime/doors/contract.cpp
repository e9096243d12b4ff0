#include "runtime/doors/contract.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/json/schema.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::array<std::string_view, 8> k_types = {
    "AgentMachineFingerprint", "AgentMachineProfile", "AgentToolDoor",
    "BrowserDoor",             "EditorDoor",          "HostInterfaceGrant",
    "SecureHostInterfaceProfile", "TerminalDoor"};
// What this project writes besides: by its type, the schema that it has. The record of a bundle and what it
// holds, what local agents leave.
struct OwnDocument {
  std::string_view type;
  std::string_view schema;
};
constexpr std::array k_own_documents = {
    OwnDocument{"AgentMachineLaunchPlan", "AgentMachineLaunchPlan"},
    OwnDocument{"AgentMachineMountPlan", "AgentMachineMountPlan"},
    OwnDocument{"AuthFacts", "AuthFacts"},
    OwnDocument{"CommandResult", "CommandResult"},
    OwnDocument{"ContractsReport", "ContractsReport"},
    OwnDocument{"DownloadArtifacts", "DownloadArtifacts"},
    OwnDocument{"EvidenceExportIndex", "EvidenceExportIndex"},
    OwnDocument{"GitState", "GitState"},
    OwnDocument{"HostFacts", "HostFacts"},
    OwnDocument{"LaunchdFacts", "LaunchdFacts"},
    OwnDocument{"LocalAgentActivation", "LocalAgentActivation"},
    OwnDocument{"LocalAgentPreflight", "LocalAgentPreflight"},
    OwnDocument{"LocalAgentQuarantine", "LocalAgentQuarantine"},
    OwnDocument{"LogScan", "LogScan"},
    OwnDocument{"MountEvidence", "MountEvidence"},
    OwnDocument{"MountState", "MountState"},
    OwnDocument{"NixState", "NixState"},
    OwnDocument{"NotRead", "NotRead"},
    OwnDocument{"PodmanFacts", "PodmanFacts"},
    OwnDocument{"PolicyDecision", "PolicyDecision"},
    OwnDocument{"SourceOSEvidenceBundle", "SourceOSEvidenceBundle"},
    OwnDocument{"SourceOSEvidenceTrust", "EvidenceTrust"},
    OwnDocument{"SystemdFacts", "SystemdFacts"},
    OwnDocument{"ToolVersions", "ToolVersions"},
};
constexpr std::string_view k_revocation = "RevocationEntry";
constexpr std::string_view k_mount_policy = "AgentMachineMountPolicy";

std::string string_member(const json::Value& document, std::string_view key) {
  const auto at = document.find(key);
  return at != document.end() && at->is_string() ? at->get<std::string>() : std::string();
}

// The name of the schema for a type; empty when there is none.
std::string_view schema_name(std::string_view type) {
  if (std::find(k_types.begin(), k_types.end(), type) != k_types.end()) {
    return type;
  }
  const auto own = std::find_if(k_own_documents.begin(), k_own_documents.end(),
                                [&](const OwnDocument& each) { return each.type == type; });
  return own == k_own_documents.end() ? std::string_view() : own->schema;
}

// Compiling a schema takes a while; a call judges many documents of few types.
Result<const json::Schema*> schema_of(std::string_view type) {
  thread_local std::map<std::string, json::Schema, std::less<>> compiled;
  if (const auto at = compiled.find(type); at != compiled.end()) {
    return &at->second;
  }
  SOURCEOS_TRY_ASSIGN(json::Schema schema, json::Schema::embedded(type));
  return &compiled.emplace(std::string(type), std::move(schema)).first->second;
}

std::vector<ContractProblem> missing_texts(const Contract& contract,
                                           std::initializer_list<const char*> keys) {
  std::vector<ContractProblem> problems;
  for (const char* key : keys) {
    if (contract.text(key).empty()) {
      problems.push_back({contract.file(), "", "required", "",
                          fmt::format("missing required property '{}'", key)});
    }
  }
  return problems;
}

// Another document that others define; who uses it reads it whole (runtime/machine).
std::vector<ContractProblem> mount_policy_problems(const Contract& policy) {
  std::vector<ContractProblem> problems =
      missing_texts(policy, {"id", "specVersion", "name", "defaultDecision"});
  if (problems.empty() && !policy.id().starts_with("urn:srcos:agent-machine-mount-policy:")) {
    problems.push_back({policy.file(), "/id", "pattern", "",
                        "expected urn:srcos:agent-machine-mount-policy:..."});
  }
  return problems;
}

// What we use of a document that others define: the entry must say whom it revokes.
std::vector<ContractProblem> revocation_problems(const Contract& entry) {
  std::vector<ContractProblem> problems = missing_texts(
      entry, {"id", "specVersion", "targetRef", "reasonCode", "effectiveAt", "issuerRef"});
  if (problems.empty() && !entry.id().starts_with("urn:srcos:revocation:")) {
    problems.push_back({entry.file(), "/id", "pattern", "", "expected urn:srcos:revocation:..."});
  }
  return problems;
}

}  // namespace

bool is_contract_type(std::string_view type) {
  return type == k_revocation || type == k_mount_policy ||
         std::find(k_types.begin(), k_types.end(), type) != k_types.end();
}

Result<Contract> Contract::parse(std::string file, std::string_view text) {
  SOURCEOS_TRY_ASSIGN(json::Value document, json::parse(text, json::k_schema_bounds));
  if (!document.is_object()) {
    return fail(ErrorKind::malformed, "malformed", "expected a JSON object");
  }
  Contract contract;
  contract.file_ = std::move(file);
  contract.type_ = string_member(document, "type");
  contract.id_ = string_member(document, "id");
  contract.document_ = std::make_shared<const json::Value>(std::move(document));
  return contract;
}

Result<Contract> Contract::read(const std::filesystem::path& path) {
  const auto text = host::read_file(path, limits::k_config_file_bytes_max);
  if (!text && text.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found, "input-missing", fmt::format("no file '{}'", path.string()));
  }
  SOURCEOS_TRY(text);
  auto contract = parse(path.string(), *text);
  if (!contract) {
    return fail(std::move(contract).error().with_context(fmt::format("read '{}'", path.string())));
  }
  return contract;
}

std::string Contract::text(std::string_view key) const { return string_member(*document_, key); }

Result<std::string> Contract::hash() const {
  SOURCEOS_TRY_ASSIGN(const std::string bytes, json::write_canonical(*document_));
  return bundle::sha256(bytes).text();
}

Result<std::vector<ContractProblem>> Contract::shape_problems() const {
  if (type_ == k_revocation) {
    return revocation_problems(*this);
  }
  if (type_ == k_mount_policy) {
    return mount_policy_problems(*this);
  }
  const std::string_view name = schema_name(type_);
  if (name.empty()) {
    return std::vector<ContractProblem>{
        {file_, "/type", "", "type-unknown",
         type_.empty() ? "the document says no type" : fmt::format("there is no schema for the type '{}'", type_)}};
  }
  SOURCEOS_TRY_ASSIGN(const json::Schema* schema, schema_of(name));
  SOURCEOS_TRY_ASSIGN(std::vector<json::SchemaProblem> found, schema->problems(*document_));
  std::vector<ContractProblem> problems;
  for (json::SchemaProblem& each : found) {
    problems.push_back({file_, std::move(each.instance_path), std::move(each.keyword), "",
                        std::move(each.message)});
  }
  return problems;
}

Result<Contract> read_valid_contract(const std::filesystem::path& path, std::string_view type) {
  SOURCEOS_TRY_ASSIGN(Contract contract, Contract::read(path));
  if (contract.type() != type) {
    return fail(ErrorKind::malformed, "contract-invalid",
                fmt::format("'{}' is of type '{}', expected {}", path.string(), contract.type(), type));
  }
  SOURCEOS_TRY_ASSIGN(const std::vector<ContractProblem> problems, contract.shape_problems());
  if (!problems.empty()) {
    return fail(ErrorKind::malformed, "contract-invalid",
                fmt::format("'{}' at '{}': {}", path.string(), problems.front().instance_path,
                            problems.front().message));
  }
  return contract;
}

}  // namespace sourceos::runtime
