// A record with every field set, made up.
#pragma once

#include "bundle/record.hpp"
#include "tests/unit/bundle/make_redacted.hpp"

namespace sourceos::tests {

inline bundle::Record sample_record() {
  using namespace bundle;
  const UtcTime start = UtcTime::from_seconds(1'767'225'600);
  Record record;
  record.run_id = std::string(32, 'a');
  record.command = {"sourceosctl"_r, {"evidence"_r, "collect"_r}, {"--preset"_r, "minimal"_r}};
  record.outcome = {0, RunResult::ok, std::nullopt, std::nullopt};
  record.started_at = start;
  record.finished_at = {start.nanoseconds + 250'000'000};
  record.sequence = {std::string(32, 'b'), 7, sha256("previous"), 6, {3, 6}};
  record.clock = {"c0ffee", 1000, 1250, true};
  record.host = {"linux"_r, "Debian 12"_r, "x86_64"_r, "6.1.0"_r, "5eed"};
  record.subject = {"host"_r, "local"_r};
  record.workspace_id = "urn:srcos:agent-machine-workspace:x"_r;
  record.profile_ref = "urn:srcos:profile:x"_r;
  record.profile_hash = sha256("profile");
  record.policy_hash = sha256("policy");
  record.git_ref = {"0123abcd"_r, "main"_r, true, "https://example.org/x.git"_r, "x"_r};
  record.image = RecordImage{"localhost/x:1"_r, "sha256:1"_r, std::nullopt, true};
  record.tools = {{"git"_r, "2.39"_r, ToolStatus::found, "/usr/bin/git"_r, sha256("git"),
                   ToolOwner::root, true},
                  {"nix"_r, {}, ToolStatus::missing, {}, {}, {}, {}}};
  record.mounts = {redact::Pipeline::json(
      R"({"accessMode":"ro","agentPath":"/w","contentHash":null,"directExecutionAllowed":false,)"
      R"("existsAtRunStart":true,"gitRef":null,"hostPathRef":"$HOME/w","mountId":"code",)"
      R"("pathClass":"code","podmanOptions":["ro=true"],"scan":{"findings":0,"status":"ok"},)"
      R"("secretsProhibited":true,"storageBackend":"bind"})")};
  record.denied_attempts = {{"$HOME/keys"_r, "deny-set"_r, "deny"_r}};
  record.grants = {redact::Pipeline::json(R"({"id":"urn:srcos:host-interface-grant:x"})")};
  record.auth = RecordAuth{"$HOME/auth.json"_r,
                           "0600"_r,
                           {"registry.example.org"_r},
                           {{"registry.example.org"_r, "gcloud"_r}},
                           std::nullopt,
                           "ok"_r};
  record.actions = {{"start"_r, "agent/x"_r, std::vector<RedactedText>{"podman"_r, "start"_r},
                     start, start, 0, "done"_r, sha256("before"), std::nullopt, "started"_r}};
  record.collectors = {{"host"_r, CollectorStatus::ok, {}, 2, 100, 3},
                       {"git"_r, CollectorStatus::skipped, "no-repository"_r, 0, 0, 0}};
  record.entry_count = 2;
  record.entry_bytes = 100;
  record.index_digest = sha256("index");
  record.redaction = {sha256("rules"), "scalar"_r, true,    {{"aws", 1}, {"jwt", 2}},
                      {{"token", 3}},  "store"_r,  "abcdef"};
  record.findings = {{"restart-storm"_r, Severity::high, "logs/x.log", 10, 20, 3, "started"_r}};
  record.parent = sha256("parent");
  record.zstd_version = "1.5.4";
  record.environment_overrides = {{"XDG_STATE_HOME"_r, "$HOME/state"_r}, {"SOURCEOS_ROOT"_r, {}}};
  record.ignored_seams = {"SOURCEOS_FAULT"_r};
  record.nonce = std::string(32, '0');
  record.recipients = {"age1x"_r};
  record.case_name = "case 1"_r;
  record.examiner = "examiner"_r;
  record.note = "note"_r;
  record.non_claims = {"that logs tell the truth"_r};
  return record;
}

}  // namespace sourceos::tests
