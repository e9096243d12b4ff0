#include "runtime/agent/credential_helper.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

using tests::AgentWorld;
using tests::check_of;
using tests::exited;

// Answers of a helper beside those of the world's other programs.
void answer_helper(AgentWorld& world, const std::string& program, host::ProcessOutcome outcome) {
  world.fake.processes.answer = [&world, program, outcome,
                                 others = world.fake.processes.answer](const host::ProcessRequest& request) {
    return request.argv[0] == program ? outcome : others(request);
  };
}

host::ProcessOutcome complaining(int status, const std::string& words) {
  host::ProcessOutcome outcome = exited(status);
  outcome.error_output = words;
  return outcome;
}

host::ProcessOutcome hanging() {
  host::ProcessOutcome outcome;
  outcome.end = host::ProcessEnd::timed_out;
  outcome.status = 124;
  return outcome;
}

constexpr const char* k_google_config = R"({"credHelpers":{"us-central1-docker.pkg.dev":"gcloud"}})";

}  // namespace

TEST_CASE("a helper is asked what it knows, without input and never for a secret") {
  AgentWorld world;
  answer_helper(world, "docker-credential-gcloud", exited(0, R"({"r.example":"somebody"})"));
  const HelperProbe probe = ask_helper(world.host(), "gcloud");
  CHECK(probe.answer == HelperAnswer::works);
  CHECK(probe.run.argv == std::vector<std::string>{"docker-credential-gcloud", "list"});
  CHECK(probe.run.output.empty());
  CHECK(world.fake.processes.requests.back().input.empty());
}

TEST_CASE("a helper that is missing says nothing, one that fails or hangs has failed") {
  AgentWorld world;
  CHECK(ask_helper(world.host(), "gcloud").answer == HelperAnswer::missing);
  answer_helper(world, "docker-credential-gcloud", complaining(1, "cannot open /dev/tty\n"));
  const HelperProbe failed = ask_helper(world.host(), "gcloud");
  CHECK(failed.answer == HelperAnswer::fails);
  CHECK(failed.detail == "cannot open /dev/tty");
  answer_helper(world, "docker-credential-gcloud", hanging());
  CHECK(ask_helper(world.host(), "gcloud").answer == HelperAnswer::fails);
}

TEST_CASE("a helper whose name is a path or an option is not run") {
  AgentWorld world;
  for (const char* name : {"../../bin/evil", "-rf", "", "a b", ".hidden"}) {
    CHECK(ask_helper(world.host(), name).answer == HelperAnswer::fails);
  }
  CHECK(world.fake.processes.requests.empty());
}

TEST_CASE("helpers and stores are each named once") {
  AuthFileFacts one;
  one.helpers = {{"a.example", "gcloud"}, {"b.example", "gcloud"}};
  one.store = "desktop";
  CHECK(helper_names({one, one}) == std::vector<std::string>{"gcloud", "desktop"});
}

TEST_CASE("a helper that fails without a person keeps an agent without an authfile off the host") {
  AgentWorld world;
  world.make_ready();
  world.fake.home.write(".docker/config.json", k_google_config);
  answer_helper(world, "docker-credential-gcloud", complaining(1, "please log in\n"));
  world.document["auth"] = {{"mode", "none"}};
  const Preflight preflight = world.preflight();
  CHECK(preflight.reason() == "noninteractive-helper-failure");
  CHECK(check_of(preflight, 12).detail.find("please log in") != std::string::npos);
  CHECK(tests::numbers(preflight, CheckStatus::fail) == std::vector<int>{12});
}

TEST_CASE("with the empty authfile no helper is even asked") {
  AgentWorld world;
  world.make_ready();
  world.fake.home.write(".docker/config.json", k_google_config);
  answer_helper(world, "docker-credential-gcloud", complaining(1, "please log in\n"));
  CHECK(world.preflight().passed());
  for (const auto& request : world.fake.processes.requests) {
    CHECK(request.argv[0] != "docker-credential-gcloud");
  }
}

TEST_CASE("a helper error that Podman prints has the same reason") {
  AgentWorld world;
  world.make_ready();
  world.info = complaining(125, "Error: error getting credentials - err: exit status 1, out: ``\n");
  CHECK(world.preflight().reason() == "noninteractive-helper-failure");
  CHECK(says_helper_failure("exec: \"docker-credential-gcloud\": executable file not found"));
  CHECK_FALSE(says_helper_failure("connection refused"));
}

}  // namespace sourceos::runtime
