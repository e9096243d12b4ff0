#include "runtime/agentplane/rules.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/agentplane/scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

TEST_CASE("every kind that is exported has rules") {
  for (const ExportTarget target : {ExportTarget::agentplane, ExportTarget::sourceos}) {
    for (const std::string_view kind : export_kinds(target)) {
      if (kind != "AttestationEvidence") {
        CAPTURE(std::string(kind));
        CHECK(check_export_rules(kind, json::Value::object()).has_value());
      }
    }
  }
  CHECK(check_export_rules("NoSuchKind", json::Value::object()).error().kind == ErrorKind::internal);
}

TEST_CASE("a record with a field too many, too few or of another form is named by its place") {
  ExportOptions options = to_agentplane();
  json::Value good = exported_one(run_scene(), options, "AgentMachineMountEvidence");
  CHECK(check_export_rules("AgentMachineMountEvidence", good).value().empty());
  json::Value extra = good;
  extra["createdPaths"] = json::Value::array();
  CHECK_FALSE(check_export_rules("AgentMachineMountEvidence", extra).value().empty());
  json::Value missing = good;
  missing.erase("policyHash");
  CHECK_FALSE(check_export_rules("AgentMachineMountEvidence", missing).value().empty());
  json::Value wrong = good;
  wrong["mounts"][0]["pathClass"] = "everything";
  CHECK(check_export_rules("AgentMachineMountEvidence", wrong).value().front().starts_with("/mounts/0/pathClass"));
  json::Value empty = good;
  empty["mounts"] = json::Value::array();
  CHECK_FALSE(check_export_rules("AgentMachineMountEvidence", empty).value().empty());
  json::Value null_allowed = good;
  null_allowed["bundle"] = nullptr;
  CHECK(check_export_rules("AgentMachineMountEvidence", null_allowed).value().empty());
}
