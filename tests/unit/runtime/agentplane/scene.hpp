// A bundle as the export sees it: the shipped record example, changed into that of a run, with
// entries of our own making.
#pragma once

#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "bundle/digest.hpp"
#include "redact/pipeline.hpp"
#include "runtime/agentplane/export.hpp"
#include "runtime/agentplane/source.hpp"

namespace sourceos::tests {

inline json::Value sample_document(const std::string& name) {
  std::ifstream in(std::string(SOURCEOS_SOURCE_DIR) + "/schemas/examples/" + name, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return json::Value::parse(out.str());
}

struct Scene {
  json::Value record = sample_document("SourceOSEvidenceBundle.valid.json");
  std::vector<runtime::ExportEntry> entries;

  Scene& add(const std::string& path, const std::string& kind, json::Value document = nullptr) {
    const std::string bytes = document.is_null() ? path : document.dump();
    runtime::ExportEntry entry{path, kind, "session", "2026-01-31T10:00:00Z", bundle::sha256(bytes).text(), bytes.size(), nullptr};
    if (!document.is_null()) {
      entry.document = std::make_shared<const json::Value>(std::move(document));
    }
    entries.push_back(std::move(entry));
    return *this;
  }
  [[nodiscard]] runtime::ExportSource source() const {
    runtime::ExportSource out;
    out.bundle_id = bundle::sha256(record.dump()).text();
    // Read back, as the real one is: numbers are unsigned then.
    out.record = std::make_shared<const json::Value>(json::Value::parse(record.dump()));
    out.entries = entries;
    return out;
  }
};

inline json::Value mount_row() {
  return {{"mountId", "repo"}, {"pathClass", "code"}, {"hostPathRef", "$HOME/dev/demo"}, {"agentPath", "/workspace/dev/demo"},
          {"accessMode", "read-write"}, {"storageBackend", "native-bind"}, {"gitRef", nullptr}, {"contentHash", nullptr},
          {"secretsProhibited", true}, {"directExecutionAllowed", true}, {"existsAtRunStart", true},
          {"podmanOptions", {"nodev", "nosuid"}}, {"scan", {{"status", "complete"}, {"findings", json::Value::array()}}}};
}

inline json::Value action(const std::string& name, const std::string& status = "done") {
  return {{"action", name}, {"target", "demo"}, {"argv", nullptr}, {"startedAt", "2026-01-31T10:00:00Z"},
          {"finishedAt", "2026-01-31T10:00:01Z"}, {"exitCode", 0}, {"status", status}, {"before", nullptr},
          {"after", nullptr}, {"detail", ""}};
}

// `agent-machine run` of a tool that ended well, with profile and fingerprint.
inline Scene run_scene() {
  Scene scene;
  json::Value& record = scene.record;
  record["command"]["path"] = {"agent-machine", "run"};
  record["mode"] = "exec";
  record["outcome"] = {{"exitCode", 0}, {"result", "ok"}, {"reason", nullptr}, {"started", true}};
  record["subject"] = {{"kind", "workspace"}, {"ref", "urn:srcos:agent-machine-workspace:demo-linux"}};
  record["workspaceId"] = "urn:srcos:agent-machine-workspace:demo-linux";
  record["profileRef"] = "urn:srcos:agent-machine-profile:linux-native";
  record["profileHash"] = "sha256:" + std::string(64, 'd');
  record["gitRef"] = {{"head", std::string(40, 'c')}, {"branch", "main"}, {"dirty", false}, {"remoteRedacted", nullptr}, {"repoRef", "$HOME/dev/demo"}};
  record["mounts"] = {mount_row()};
  record["actions"] = {action("create"), action("start"), action("exit")};
  record["grants"] = {{{"id", "urn:srcos:agent-tool-door:demo-linux"}, {"type", "AgentToolDoor"}, {"hash", "sha256:" + std::string(64, '6')}},
                      {{"id", "urn:srcos:host-interface-grant:demo-agent-linux"}, {"type", "HostInterfaceGrant"},
                       {"hash", "sha256:" + std::string(64, '5')},
                       {"subject", {{"subjectKind", "agent"}, {"subjectRef", "urn:srcos:agent:codex-demo"}}}}};
  scene.add("git/before.json", "git-state", {{"type", "GitState"}, {"head", std::string(40, 'c')}, {"branch", "main"}})
      .add("machine/fingerprint.json", "fingerprint", sample_document("agentmachinefingerprint.linux.json"))
      .add("machine/plan.json", "plan", {{"type", "LaunchPlan"}})
      .add("machine/profile.json", "mount-evidence", {{"profile", sample_document("agentmachineprofile.linux-native.json")}})
      .add("policy/repo.json", "policy-decision", {{"decision", "allow"}})
      .add("session.cast", "transcript");
  return scene;
}

inline const redact::Pipeline& redaction() {
  static const std::unique_ptr<redact::Pipeline> pipeline = [] {
    redact::PipelineOptions options;
    options.identity = {.user = "samplename", .host = "samplehost", .home = "/home/samplename", .other_users = {}, .other_homes = {}};
    auto made = redact::Pipeline::create(std::move(options)).value();
    made->freeze();
    return made;
  }();
  return *pipeline;
}

inline Result<runtime::Export> exported(const Scene& scene, const runtime::ExportOptions& options) {
  return runtime::make_export(scene.source(), options, redaction());
}

// The one record of a kind.
inline json::Value exported_one(const Scene& scene, runtime::ExportOptions options, const std::string& kind) {
  options.kinds = {kind};
  const auto made = exported(scene, options);
  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().read_out()));
  REQUIRE(made->files.size() >= 2);
  return json::Value::parse(made->files.front().text);
}

inline std::string refusal(const Scene& scene, runtime::ExportOptions options, const std::string& kind = {}) {
  if (!kind.empty()) {
    options.kinds = {kind};
  }
  const auto made = exported(scene, options);
  return made ? "" : made.error().reason;
}

inline runtime::ExportOptions to_agentplane() {
  runtime::ExportOptions options;
  options.bundle = "agent-machine-demo@0.1.0";
  return options;
}
inline runtime::ExportOptions to_sourceos() {
  runtime::ExportOptions options;
  options.target = runtime::ExportTarget::sourceos;
  return options;
}

}  // namespace sourceos::tests
