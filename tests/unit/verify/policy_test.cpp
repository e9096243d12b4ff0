#include "verify/policy.hpp"

#include "bundle/envelope.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "tests/broken/cases.hpp"
#include "tests/support/temporary_directory.hpp"
#include "verify/trust.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;
using namespace sourceos::verify;

namespace {

constexpr std::string_view k_toml = R"(
name = "ci"
require_log = true
deny_test_seams = true
max_age_seconds = 86400
threshold = 2
require_collectors = ["host", "git"]
modes = ["read-only"]

[[tools]]
name = "podman"
version = "5.0"

[[subject_keys]]
subject = "workspace:*"
keys = ["sha256:0000000000000000000000000000000000000000000000000000000000000000"]
)";

}  // namespace

TEST_CASE("a policy is read from TOML") {
  const Policy policy = *parse_policy(k_toml);
  CHECK(policy.name == "ci");
  CHECK(policy.require_log);
  CHECK_FALSE(policy.require_git_clean);
  CHECK(policy.max_age_seconds == 86400);
  CHECK(policy.threshold == 2);
  CHECK(policy.require_collectors == std::vector<std::string>{"host", "git"});
  REQUIRE(policy.tools.size() == 1);
  CHECK(policy.tools[0].version == "5.0");
  REQUIRE(policy.subject_keys.size() == 1);
  CHECK(policy.subject_keys[0].keys.size() == 1);
  CHECK(policy.digest == bundle::sha256(k_toml));
}

TEST_CASE("a demand that nobody checks is refused") {
  CHECK(parse_policy("require_everything = true").error().reason == "malformed");
  CHECK_FALSE(parse_policy("require_log = 1").has_value());
  CHECK_FALSE(parse_policy("max_age_seconds = -1").has_value());
  CHECK_FALSE(parse_policy("modes = \"apply\"").has_value());
  CHECK_FALSE(parse_policy("modes = [1]").has_value());
  CHECK_FALSE(parse_policy("[[tools]]\nversion = \"1\"").has_value());
  CHECK_FALSE(parse_policy("[[tools]]\nname = \"x\"\nowner = \"root\"").has_value());
  CHECK_FALSE(parse_policy("[[subject_keys]]\nsubject = \"x\"\nkeys = [\"abc\"]").has_value());
  CHECK_FALSE(parse_policy("not toml").has_value());
}

TEST_CASE("no policy switches on that untrusted bundles are allowed") {
  CHECK_FALSE(parse_policy("allow_untrusted = true").has_value());
}

TEST_CASE("the signed form needs the roots of the trust file") {
  const std::string payload = *json::write_canonical(to_value(*parse_policy(k_toml)));
  const auto signed_by = [&](char name) {
    return *bundle::sign_envelope(k_policy_payload_type, payload, {&signer(name)});
  };
  Trust trust;
  trust.source = Trust::Source::file;
  trust.document = Scene().trust;
  const auto policy = parse_policy(signed_by('r'), &trust);
  REQUIRE(policy.has_value());
  CHECK(policy->require_collectors.size() == 2);
  CHECK(parse_policy(signed_by('b'), &trust).error().reason == "threshold");
  CHECK(parse_policy(signed_by('r')).error().reason == "untrusted-key");
  const std::string as_trust =
      *bundle::sign_envelope(k_trust_payload_type, payload, {&signer('r')});
  CHECK(parse_policy(as_trust, &trust).error().reason == "malformed");
}

TEST_CASE("a policy is read from a file") {
  const TemporaryDirectory directory;
  CHECK(load_policy(directory.write("p.toml", k_toml))->name == "ci");
  CHECK(load_policy(directory / "absent").error().kind == ErrorKind::not_found);
}
