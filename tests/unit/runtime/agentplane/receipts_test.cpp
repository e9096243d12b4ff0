#include <doctest/doctest.h>

#include "tests/unit/runtime/agentplane/scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

namespace {

std::vector<json::Value> receipts_of(const Scene& scene) {
  ExportOptions options = to_agentplane();
  options.kinds = {"AgentplaneReceipt"};
  const Export made = exported(scene, options).value();
  std::vector<json::Value> receipts;
  for (const ExportFile& file : made.files) {
    if (file.kind == "AgentplaneReceipt") {
      receipts.push_back(json::Value::parse(file.text));
      CHECK(file.name.starts_with("receipts/"));
    }
  }
  return receipts;
}

ExportOptions with_refs() {
  ExportOptions options = to_agentplane();
  options.proposal_ref = "proposal:1";
  options.admission_ref = "admission:1";
  return options;
}

}  // namespace

TEST_CASE("each lifecycle action gets a receipt in the phase of its action") {
  Scene scene = run_scene();
  scene.record["actions"] = json::Value::array();
  const std::pair<const char*, const char*> rows[] = {
      {"preflight", "validate"}, {"policy-decision", "validate"}, {"lint", "validate"}, {"stage", "place"},
      {"choose-connection", "place"}, {"create", "dispatch"}, {"install", "dispatch"}, {"enable", "dispatch"},
      {"start", "dispatch"}, {"remove", "compensate"}, {"exit", "result"}, {"health", "result"}, {"quarantine", "result"},
      {"rollback", "compensate"}, {"undo-install", "compensate"}, {"uninstall", "compensate"}};
  for (const auto& row : rows) {
    scene.record["actions"].push_back(action(row.first));
  }
  const auto receipts = receipts_of(scene);
  REQUIRE(receipts.size() == std::size(rows));
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    CHECK(receipts[i].at("phase") == rows[i].second);
    CHECK(receipts[i].at("stepId") == std::to_string(i + 1) + "-" + rows[i].first);
    CHECK(receipts[i].at("runId") == scene.source().bundle_id);
  }
}

TEST_CASE("a receipt's payload is the entry of its action, else the row itself") {
  Scene scene = run_scene();
  scene.add("z/start.json", "lifecycle-action", action("start"));
  const auto receipts = receipts_of(scene);
  CHECK(receipts[1].at("payloadHash") == scene.entries.back().digest);
  CHECK(receipts[0].at("payloadHash") == hash_of(scene.record.at("actions")[0]));
  CHECK(receipts[1].at("receiptId") == "urn:srcos:receipt:agentplane:" + short_hex(scene.entries.back().digest));
}

TEST_CASE("a runtime receipt needs its references and says who ran where") {
  CHECK(refusal(run_scene(), to_agentplane(), "RuntimeReceipt") == "refs-missing");
  const json::Value receipt = exported_one(run_scene(), with_refs(), "RuntimeReceipt");
  CHECK(receipt.at("agentIdentity").at("agentId") == "codex-demo");
  CHECK(receipt.at("runtimeIdentity").at("nodeRef") == "urn:srcos:agent-machine:demo-linux");
  CHECK(receipt.at("status") == "succeeded");
  Scene without = run_scene();
  without.record["grants"] = json::Value::array();
  CHECK(refusal(without, with_refs(), "RuntimeReceipt") == "no-data");
}

TEST_CASE("an exported artifact is bound to the receipt of its kind") {
  ExportOptions options = to_agentplane();
  options.backend_intent = "fleet";
  const Export made = exported(run_scene(), options).value();
  std::size_t bound = 0;
  for (const ExportFile& file : made.files) {
    if (file.kind != "AgentPlaneEvidenceReceiptBinding") {
      continue;
    }
    const json::Value binding = json::Value::parse(file.text);
    CHECK(binding.at("subjectRef") == "bundle:agent-machine-demo@0.1.0");
    CHECK(binding.at("receiptKind") == (binding.at("artifactKind") == "RunArtifact" ? "ExecutionReceipt" : "ReplayReceipt"));
    ++bound;
  }
  CHECK(bound == 2);
}
