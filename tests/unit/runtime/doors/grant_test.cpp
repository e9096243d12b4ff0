#include "runtime/doors/grant.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/doors/samples.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

namespace {

GrantQuestion question() {
  GrantQuestion asked;
  asked.subject_kind = "agent";
  asked.workspace_id = "urn:srcos:agent-machine-workspace:demo-linux";
  asked.profile_ref = "urn:srcos:agent-machine-profile:linux-native";
  asked.door_ref = "urn:srcos:agent-tool-door:demo-linux";
  asked.operations = {"tool.run", "mount.write"};
  asked.folders = {{"/home/demo/dev/demo", "read-write"}};
  asked.policy_hash = "sha256:" + std::string(64, '3');
  asked.home = "/home/demo";
  asked.now = good_time();
  return asked;
}

Contract grant() { return contract(example("hostinterfacegrant.linux-agent")); }

std::string reason(const Contract& contract, const GrantQuestion& asked, const ContractShelf& where = {}) {
  const Status status = check_grant(contract, asked, where);
  return status ? "" : status.error().reason;
}

}  // namespace

TEST_CASE("a grant that fits lets the run go on") { CHECK(reason(grant(), question()).empty()); }

TEST_CASE("another subject, workspace, profile, door, operation or folder is out of scope") {
  const std::function<void(GrantQuestion&)> changes[] = {
      [](GrantQuestion& q) { q.subject_kind = "operator"; },
      [](GrantQuestion& q) { q.subject_ref = "urn:srcos:agent:other"; },
      [](GrantQuestion& q) { q.workspace_id = "urn:srcos:agent-machine-workspace:other"; },
      [](GrantQuestion& q) { q.profile_ref = "urn:srcos:agent-machine-profile:other"; },
      [](GrantQuestion& q) { q.interface_profile_ref = "urn:srcos:secure-host-interface:other"; },
      [](GrantQuestion& q) { q.door_ref = "urn:srcos:terminal-door:demo-linux"; },
      [](GrantQuestion& q) { q.operations = {"terminal.exec"}; },
      [](GrantQuestion& q) { q.folders = {{"/home/demo/dev/other", "read-only"}}; },
      [](GrantQuestion& q) { q.folders = {{"/home/demo/dev/demo-private", "read-only"}}; },
      [](GrantQuestion& q) { q.folders = {{"/home/demo/dev", "read-only"}}; },
      [](GrantQuestion& q) { q.folders = {{"/home/demo/dev/demo/../other", "read-only"}}; },
      [](GrantQuestion& q) { q.folders = {{"/home/other/dev/demo", "read-only"}}; },
  };
  for (const auto& change : changes) {
    GrantQuestion asked = question();
    change(asked);
    CHECK(reason(grant(), asked) == "grant-scope");
  }
}

TEST_CASE("folders below a recursive path are in scope, others only when they are the path") {
  GrantQuestion below = question();
  below.folders = {{"~/dev/demo/src", "read-only"}};
  CHECK(reason(grant(), below).empty());
  const Contract flat = changed("hostinterfacegrant.linux-agent",
                                [](json::Value& d) { d["allowedRepoPaths"][0]["recursive"] = false; });
  CHECK(reason(flat, below) == "grant-scope");
  CHECK(reason(flat, question()).empty());
}

TEST_CASE("a grant is refused at the second it ends and before it begins") {
  GrantQuestion asked = question();
  asked.now = parse_time("2026-12-01T08:00:00Z").value();
  CHECK(reason(grant(), asked) == "grant-expired");
  asked.now = parse_time("2026-11-30T07:59:59Z").value();
  CHECK(reason(grant(), asked) == "grant-expired");
}

TEST_CASE("the state that a grant says of itself counts") {
  const auto with_status = [](const char* status) {
    return changed("hostinterfacegrant.linux-agent", [status](json::Value& d) {
      d["status"] = status;
      d["revocationRef"] = "urn:srcos:revocation:r1";
    });
  };
  CHECK(reason(with_status("revoked"), question()) == "grant-revoked");
  CHECK(reason(with_status("suspended"), question()) == "grant-revoked");
  CHECK(reason(with_status("expired"), question()) == "grant-expired");
}

TEST_CASE("whoever is on a revocation list holds nothing") {
  ContractShelf revoked;
  revoked.add(contract({{"id", "urn:srcos:revocation:r1"}, {"type", "RevocationEntry"},
                        {"targetRef", "urn:srcos:host-interface-grant:demo-agent-linux"}}));
  CHECK(reason(grant(), question(), revoked) == "grant-revoked");
}

TEST_CASE("a grant of another policy is refused, after scope and time") {
  GrantQuestion asked = question();
  asked.policy_hash = "sha256:" + std::string(64, '4');
  CHECK(reason(grant(), asked) == "grant-policy-mismatch");
  asked.operations = {"terminal.exec"};
  CHECK(reason(grant(), asked) == "grant-scope");
}

TEST_CASE("no grant at all is missing, and a document of another kind is no grant") {
  CHECK(refuse_without_grant("codex").reason == "grant-missing");
  CHECK(reason(contract(example("terminaldoor.linux")), question()) == "contract-invalid");
}

TEST_CASE("a row of the record has the id, type and hash of what was in force") {
  const json::Value row = grant_row(grant()).value();
  CHECK(row.at("id") == "urn:srcos:host-interface-grant:demo-agent-linux");
  CHECK(row.at("type") == "HostInterfaceGrant");
  CHECK(row.at("hash") == grant().hash().value());
  CHECK(row.at("subject").at("subjectRef") == "urn:srcos:agent:codex-demo");
}

TEST_CASE("times with an offset are read as the moment they mean") {
  CHECK(parse_contract_time("2026-12-01T10:00:00+02:00").value() == parse_time("2026-12-01T08:00:00Z").value());
  CHECK(parse_contract_time("2026-12-01T05:30:00.5-02:30").value() == parse_time("2026-12-01T08:00:00.5Z").value());
  CHECK(parse_contract_time("2026-12-01t08:00:00z").has_value());
  for (const char* text : {"", "today", "2026-12-01", "2026-13-01T00:00:00Z", "+02:00", "2026-12-01T10:00:00+02"}) {
    CHECK_FALSE(parse_contract_time(text).has_value());
  }
}
