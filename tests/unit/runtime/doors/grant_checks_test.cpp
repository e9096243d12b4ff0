#include "runtime/doors/grant_checks.hpp"

#include <doctest/doctest.h>

#include "runtime/doors/grant_uses.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/runtime/doors/samples.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

namespace {

using Change = std::function<void(json::Value&)>;

std::string checked(const char* name, const Change& change, const char* now = "2026-11-30T12:00:00Z") {
  CrossCheckOptions options;
  options.now = parse_time(now).value();
  options.resolves_references = true;
  std::string found;
  for (const ContractProblem& problem : grant_problems(changed(name, change), shelf(), options)) {
    found += (found.empty() ? "" : ", ") + problem.check + " " + problem.instance_path;
  }
  return found;
}

const Change k_nothing = [](json::Value&) {};

}  // namespace

TEST_CASE("a grant is expired at the second it names, and not yet in force before it begins") {
  const char* name = "hostinterfacegrant.linux-agent";
  CHECK(checked(name, k_nothing, "2026-12-01T07:59:59Z").empty());
  CHECK(checked(name, k_nothing, "2026-12-01T08:00:00Z") == "grant-expired /expiresAt");
  CHECK(checked(name, k_nothing, "2026-11-30T08:00:00Z").empty());
  CHECK(checked(name, k_nothing, "2026-11-30T07:59:59Z") == "grant-expired /issuedAt");
}

TEST_CASE("a grant lasts thirty days at most, twenty-four hours when it is sensitive") {
  const auto until = [](const char* time) {
    return [time](json::Value& d) { d["expiresAt"] = time; };
  };
  CHECK(checked("hostinterfacegrant.linux-operator", until("2026-12-30T08:00:00Z")).empty());
  CHECK(checked("hostinterfacegrant.linux-operator", until("2026-12-30T08:00:01Z")) == "grant-lifetime /expiresAt");
  CHECK(checked("hostinterfacegrant.linux-agent", until("2026-12-01T08:00:01Z")) == "grant-lifetime /expiresAt");
  CHECK(checked("hostinterfacegrant.macos-browser-profile", until("2026-12-01T08:00:01Z")) == "grant-lifetime /expiresAt");
  CHECK(checked("hostinterfacegrant.linux-agent", until("2026-12-01T10:00:00+02:00")).empty());
  CHECK(checked("hostinterfacegrant.linux-agent", until("2026-11-30T08:00:00Z")) == "grant-times /expiresAt");
  CHECK(checked("hostinterfacegrant.linux-agent", until("2026-02-30T08:00:00Z")) == "time /expiresAt");
}

TEST_CASE("a grant of another policy says so") {
  CHECK(checked("hostinterfacegrant.linux-operator", [](json::Value& d) {
          d["policyHash"] = "sha256:" + std::string(64, '9');
        }) == "grant-policy-mismatch /policyHash");
}

TEST_CASE("folders of a grant lie in the repositories of the profile, with no more access") {
  const auto path = [](const char* text) {
    return [text](json::Value& d) { d["allowedRepoPaths"][0]["path"] = text; };
  };
  CHECK(checked("hostinterfacegrant.linux-operator", path("~/dev/demo/sub")).empty());
  CHECK(checked("hostinterfacegrant.linux-operator", path("$HOME/dev/demo")).empty());
  CHECK(checked("hostinterfacegrant.linux-operator", path("~/dev/demo-private")) == "grant-scope /allowedRepoPaths/0/path");
  CHECK(checked("hostinterfacegrant.linux-operator", path("~/dev")) == "grant-scope /allowedRepoPaths/0/path");
  CHECK(checked("hostinterfacegrant.windows-operator", path("%USERPROFILE%\\Dev\\Demo")).empty());

  ContractShelf read_only;
  json::Value profile = example("agentmachineprofile.linux-native");
  profile["repoAllowlist"][0]["accessMode"] = "read-only";
  read_only.add(contract(profile));
  CrossCheckOptions options;
  options.now = good_time();
  const auto problems = grant_problems(contract(example("hostinterfacegrant.linux-operator")), read_only, options);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].instance_path == "/allowedRepoPaths/0/accessMode");
}

TEST_CASE("a grant on a revocation list is revoked") {
  ContractShelf revoked = shelf();
  revoked.add(contract({{"id", "urn:srcos:revocation:r1"}, {"type", "RevocationEntry"}, {"specVersion", "2.0.0"},
                        {"targetRef", "urn:srcos:host-interface-grant:demo-agent-linux"}, {"reasonCode", "policy_violation"},
                        {"effectiveAt", "2026-11-30T12:00:00Z"}, {"issuerRef", "urn:srcos:operator:demo"}}));
  CrossCheckOptions options;
  options.now = good_time();
  const auto problems = grant_problems(contract(example("hostinterfacegrant.linux-agent")), revoked, options);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].check == "grant-revoked");
}

TEST_CASE("a grant that was used as often as it may be is used up") {
  TemporaryDirectory scratch;
  const Contract grant = changed("hostinterfacegrant.linux-agent", [](json::Value& d) { d["maxUses"] = 1; });
  CrossCheckOptions options;
  options.now = good_time();
  options.state_root = scratch.path();
  CHECK(grant_problems(grant, shelf(), options).empty());
  REQUIRE(count_grant_use(scratch.path(), grant).has_value());
  CHECK(grant_problems(grant, shelf(), options).front().check == "grant-used-up");
}
