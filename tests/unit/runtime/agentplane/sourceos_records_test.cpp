#include <doctest/doctest.h>

#include "tests/unit/runtime/agentplane/scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

namespace {

json::Value receipt_of(std::vector<std::string> path, const char* mode, json::Value outcome) {
  Scene scene = run_scene();
  scene.record["command"]["path"] = std::move(path);
  scene.record["mode"] = mode;
  scene.record["outcome"] = std::move(outcome);
  return exported_one(scene, to_sourceos(), "AgentMachineReceipt");
}

json::Value outcome(int code, const char* result, json::Value reason = nullptr) {
  return {{"exitCode", code}, {"result", result}, {"reason", std::move(reason)}, {"started", nullptr}};
}

}  // namespace

TEST_CASE("a machine receipt has the class of its command and the verdict of its end") {
  CHECK(receipt_of({"agent-machine", "doctor"}, "read-only", outcome(1, "negative", "checks-failed")).at("verdict") == "observed");
  CHECK(receipt_of({"agent-machine", "doctor"}, "read-only", outcome(0, "ok")).at("receiptClass") == "probe");
  CHECK(receipt_of({"agent-machine", "init"}, "apply", outcome(0, "ok")).at("receiptClass") == "placement");
  CHECK(receipt_of({"agent-machine", "start"}, "dry-run", outcome(0, "ok")).at("verdict") == "deferred");
  CHECK(receipt_of({"agent-machine", "run"}, "exec", outcome(1, "negative", "grant-expired")).at("verdict") == "denied");
  CHECK(receipt_of({"agent-machine", "start"}, "apply", outcome(1, "negative", "machine-absent")).at("verdict") == "failed");
  CHECK(receipt_of({"stop"}, "apply", outcome(4, "error", "io")).at("verdict") == "failed");
  const json::Value done = receipt_of({"install"}, "apply", outcome(0, "ok"));
  CHECK(done.at("verdict") == "allowed");
  CHECK(done.at("receiptClass") == "side-effect");
  CHECK(done.at("placementFactRefs")[0] == "urn:srcos:placement-fact:am-" + std::string(32, 'e'));
  CHECK_FALSE(done.contains("agentPodRef"));
}

TEST_CASE("a command that no receipt is given for has none") {
  Scene scene;
  CHECK(refusal(scene, to_sourceos(), "AgentMachineReceipt") == "no-data");
}

TEST_CASE("an evidence bundle sorts entries and names exported receipts") {
  const Export made = exported(run_scene(), to_sourceos()).value();
  json::Value bundle;
  for (const ExportFile& file : made.files) {
    if (file.kind == "EvidenceBundle") {
      bundle = json::Value::parse(file.text);
    }
  }
  CHECK(bundle.at("id") == run_scene().source().bundle_urn());
  CHECK(bundle.at("logRefs").size() == 1);
  CHECK(bundle.at("decisionRefs").size() == 1);
  CHECK(bundle.at("artifactRefs").size() == 4);
  CHECK(bundle.at("receiptRefs").size() == 1);
}

TEST_CASE("a quarantine receipt says whether the isolation holds, and hashes itself") {
  Scene scene;
  scene.record["command"]["path"] = {"quarantine"};
  scene.record["mode"] = "apply";
  scene.record["subject"] = {{"kind", "local-agent"}, {"ref", "urn:srcos:local-agent:node-commander"}};
  scene.add("quarantine.json", "quarantine-manifest", {{"receipt", {{"triggerType", "policy_drift"},
                           {"scope", {{"unit", "node-commander.service"}, {"pids", {4711U, 4712U}}, {"cgroup", "/a"}}}}}});
  json::Value receipt = exported_one(scene, to_sourceos(), "QuarantineReceipt");
  CHECK(receipt.at("id") == "urn:srcos:quarantine:node-commander-20260131T100000Z");
  CHECK(receipt.at("outcome") == "active");
  CHECK(receipt.at("triggerType") == "policy_drift");
  CHECK(receipt.at("scope").at("unit") == "node-commander.service");
  CHECK(receipt.at("scope").at("pids") == json::Value{4711U, 4712U});
  CHECK(receipt.at("scope").at("cgroup") == "/a");
  Scene without_unit = scene;
  without_unit.entries.clear();
  without_unit.record["actions"] = {action("freeze"), action("stop")};
  CHECK(exported_one(without_unit, to_sourceos(), "QuarantineReceipt").at("scope").at("unit") ==
        without_unit.record["actions"][1]["target"]);
  const json::Value hash = receipt.at("receiptHash");
  receipt.erase("receiptHash");
  CHECK(hash == hash_of(receipt));
  scene.record["outcome"] = {{"exitCode", 3}, {"result", "partial"}, {"reason", "residual"}, {"started", nullptr}};
  CHECK(exported_one(scene, to_sourceos(), "QuarantineReceipt").at("outcome") == "failed");
  scene.record["command"]["path"] = {"uninstall"};
  scene.record["outcome"] = outcome(0, "ok");
  CHECK(exported_one(scene, to_sourceos(), "QuarantineReceipt").at("outcome") == "terminated");
}

TEST_CASE("a fingerprint is of a device when native and of a VM in a machine") {
  const json::Value native = exported_one(run_scene(), to_sourceos(), "Fingerprint");
  CHECK(native.at("subject").at("subjectKind") == "device");
  CHECK(native.at("integrity").at("imageRef").get<std::string>().find("@sha256:") != std::string::npos);
  Scene machine = run_scene();
  machine.entries.erase(machine.entries.begin() + 1);
  machine.add("z/fingerprint.json", "fingerprint", sample_document("agentmachinefingerprint.macos.json"));
  CHECK(exported_one(machine, to_sourceos(), "Fingerprint").at("subject").at("subjectKind") == "vm");
}

TEST_CASE("a redaction policy comes with logs, and its booleans agree with its classes") {
  const json::Value policy = exported_one(run_scene(), to_sourceos(), "DiagnosticsRedactionPolicy");
  CHECK(policy.at("mode") == "share-only");
  CHECK(policy.at("privateIpMasked") == false);
  CHECK(policy.at("publicIpMasked") == true);
  Scene scene;
  CHECK(refusal(scene, to_sourceos(), "DiagnosticsRedactionPolicy") == "no-data");
}

TEST_CASE("no attestation evidence is made of a fingerprint") {
  CHECK(refusal(run_scene(), to_sourceos(), "AttestationEvidence") == "not-supported");
}
