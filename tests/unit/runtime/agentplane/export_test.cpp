#include "runtime/agentplane/export.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/agentplane/scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

namespace {

std::vector<std::string> names_of(const Export& made) {
  std::vector<std::string> names;
  for (const ExportFile& file : made.files) {
    names.push_back(file.name);
  }
  return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("without a kind everything is exported that the bundle has the data for") {
  const Export made = exported(run_scene(), to_agentplane()).value();
  const auto names = names_of(made);
  for (const char* name : {"agent-machine-mount-evidence.json", "session-artifact.json", "evidence-pack.json",
                           "receipts/1-dispatch.json", "receipts/3-result.json"}) {
    CHECK_MESSAGE(has(names, name), name);
  }
  CHECK_FALSE(has(names, "run-artifact.json"));
  CHECK(names.back() == "export-index.json");
  const json::Value index = json::Value::parse(made.files.back().text);
  CHECK(index.at("files").size() == made.files.size() - 1);
  bool says_unmapped = false;
  for (const json::Value& row : index.at("leftOut")) {
    says_unmapped = says_unmapped || (row.at("kind") == "RunArtifact" && row.at("reason") == "backend-intent-unmapped");
  }
  CHECK(says_unmapped);
}

TEST_CASE("the same bundle and options give the same bytes") {
  const Export first = exported(run_scene(), to_agentplane()).value();
  const Export second = exported(run_scene(), to_agentplane()).value();
  REQUIRE(first.files.size() == second.files.size());
  for (std::size_t i = 0; i < first.files.size(); ++i) {
    CHECK(first.files[i].text == second.files[i].text);
  }
}

TEST_CASE("what needs a bundle reference says so, whether it was asked for or not") {
  Scene scene;
  ExportOptions options;
  CHECK(refusal(scene, options) == "bundle-ref-missing");
  CHECK(refusal(scene, options, "EvidencePack") == "bundle-ref-missing");
  CHECK(refusal(scene, to_agentplane()).empty());
  // The profile names one.
  CHECK(refusal(run_scene(), options).empty());
}

TEST_CASE("a kind that was asked for and cannot be made is an error") {
  Scene scene;
  CHECK(refusal(scene, to_agentplane(), "RunArtifact") == "no-data");
  CHECK(refusal(scene, to_agentplane(), "AgentplaneReceipt") == "no-data");
}

TEST_CASE("options of another form are usage errors") {
  const std::function<void(ExportOptions&)> changes[] = {
      [](ExportOptions& o) { o.bundle = "Demo@1"; },       [](ExportOptions& o) { o.bundle = "demo"; },
      [](ExportOptions& o) { o.bundle = "demo@"; },        [](ExportOptions& o) { o.session = "urn:srcos:run:x"; },
      [](ExportOptions& o) { o.lane = "test"; },           [](ExportOptions& o) { o.backend_intent = "agent-machine"; },
      [](ExportOptions& o) { o.kinds = {"Everything"}; },  [](ExportOptions& o) { o.kinds = {"EvidenceBundle"}; }};
  for (const auto& change : changes) {
    ExportOptions options = to_agentplane();
    change(options);
    CHECK(refusal(run_scene(), options) == "usage");
  }
}

TEST_CASE("a kind may be written with or without hyphens") {
  for (const char* kind : {"EvidencePack", "evidence-pack", "evidencepack"}) {
    CHECK(refusal(run_scene(), to_agentplane(), kind).empty());
  }
}

TEST_CASE("a bundle of a test is exported only when allowed, and says so") {
  Scene scene = run_scene();
  scene.record["testSeams"] = true;
  CHECK(refusal(scene, to_agentplane()) == "test-seams");
  ExportOptions options = to_agentplane();
  options.allow_test = true;
  const json::Value evidence = exported_one(scene, options, "AgentMachineMountEvidence");
  CHECK(evidence.at("redactionSummary").at("notes").get<std::string>().find("test") != std::string::npos);
  CHECK(exported_one(scene, options, "AgentplaneReceipt").at("notes").get<std::string>().find("test") != std::string::npos);
}

TEST_CASE("a bundle with sealed originals is not exported as receipts") {
  Scene scene = run_scene();
  scene.record["receiptSafety"]["includeRawContent"] = true;
  CHECK(refusal(scene, to_agentplane()) == "raw-content");
}

TEST_CASE("a home path or secret that is still there fails the whole export") {
  Scene with_home = run_scene();
  with_home.record["mounts"][0]["hostPathRef"] = "/home/samplename/dev/demo";
  CHECK(refusal(with_home, to_agentplane()) == "export-invalid");
  Scene with_secret = run_scene();
  with_secret.record["actions"][0]["detail"] = std::string("gh") + "p_" + "16C7e42F292c6912E7710c838347Ae178B4a";
  CHECK(refusal(with_secret, to_agentplane()) == "export-invalid");
}

TEST_CASE("ids, digests and references of ours are no secrets to redaction") {
  ExportOptions options = to_agentplane();
  options.backend_intent = "qemu";
  options.proposal_ref = "urn:srcos:proposal:demo";
  options.admission_ref = "urn:srcos:admission:demo";
  CHECK(refusal(run_scene(), options).empty());
  CHECK(refusal(run_scene(), to_sourceos()).empty());
}

TEST_CASE("exports of every kind are kept for outsiders to judge") {
  Scene doctor;
  doctor.record["command"]["path"] = {"agent-machine", "doctor"};
  doctor.add("checks.json", "check-report", {{"checks", {{{"id", "host.os"}, {"status", "pass"}, {"detail", "good"}}}}});
  Scene quarantine;
  quarantine.record["command"]["path"] = {"quarantine"};
  quarantine.record["mode"] = "apply";
  quarantine.record["subject"] = {{"kind", "local-agent"}, {"ref", "urn:srcos:local-agent:node-commander"}};
  quarantine.record["actions"] = {action("quarantine")};
  Scene install = quarantine;
  install.record["command"]["path"] = {"install"};
  install.add("agent/node-commander.service", "service-definition");
  const std::pair<const char*, Scene> scenes[] = {
      {"run", run_scene()}, {"doctor", doctor}, {"quarantine", quarantine}, {"install", install}};
  for (const auto& [name, scene] : scenes) {
    for (ExportOptions options : {to_agentplane(), to_sourceos()}) {
      options.bundle = "agent-machine-demo@0.1.0";
      options.backend_intent = "qemu";
      options.proposal_ref = "urn:srcos:proposal:demo";
      options.admission_ref = "urn:srcos:admission:demo";
      const Export made = exported(scene, options).value();
      const std::filesystem::path directory =
          std::filesystem::path(SOURCEOS_BINARY_DIR) / "exports" / name / to_string(options.target);
      std::filesystem::remove_all(directory);
      for (const ExportFile& file : made.files) {
        std::filesystem::create_directories((directory / file.name).parent_path());
        std::ofstream(directory / file.name, std::ios::binary) << file.text;
      }
      CHECK(std::filesystem::exists(directory / "export-index.json"));
    }
  }
  ExportOptions binding = to_agentplane();
  binding.kinds = {"bundle-binding"};
  const Export made = exported(run_scene(), binding).value();
  const std::filesystem::path directory = std::filesystem::path(SOURCEOS_BINARY_DIR) / "exports/binding/agentplane";
  std::filesystem::create_directories(directory);
  for (const ExportFile& file : made.files) {
    std::ofstream(directory / file.name, std::ios::binary) << file.text;
  }
}
