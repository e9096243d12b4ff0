#include "runtime/agent/asking_once.hpp"

#include <doctest/doctest.h>

#include "runtime/agent/observe.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

using tests::AgentWorld;

host::ProcessOutcome silence() {
  host::ProcessOutcome outcome;
  outcome.end = host::ProcessEnd::timed_out;
  outcome.status = 124;
  return outcome;
}

host::ProcessRequest question(std::vector<std::string> argv) {
  host::ProcessRequest request;
  request.argv = std::move(argv);
  return request;
}

}  // namespace

TEST_CASE("whoever did not answer is not asked again, others are") {
  tests::FakeProcessRunner inner;
  inner.answer = [](const host::ProcessRequest& request) {
    return request.argv.back() == "b" ? tests::exited(0, "b") : silence();
  };
  AskingOnce runner(inner);
  CHECK(runner.run(question({"podman", "--connection", "a", "info"}))->end == host::ProcessEnd::timed_out);
  CHECK(runner.run(question({"podman", "--connection", "a", "ps", "b"}))->end == host::ProcessEnd::timed_out);
  CHECK(inner.requests.size() == 1);
  CHECK(runner.run(question({"podman", "--connection", "c", "b"}))->ok());
  CHECK(runner.run(question({"podman", "b"}))->ok());
  CHECK(runner.run(question({"systemctl", "--user", "show"}))->end == host::ProcessEnd::timed_out);
  CHECK(runner.run(question({"systemctl", "show", "b"}))->ok());
  CHECK(inner.requests.size() == 5);
}

TEST_CASE("after a server hung, what needs no server is asked once more, and not for long") {
  tests::FakeProcessRunner inner;
  inner.answer = [](const host::ProcessRequest&) { return silence(); };
  AskingOnce runner(inner);
  CHECK(runner.run(question({"podman", "info"}))->end == host::ProcessEnd::timed_out);
  CHECK(runner.run(question({"podman", "--version"}))->end == host::ProcessEnd::timed_out);
  CHECK(runner.run(question({"podman", "machine", "list"}))->end == host::ProcessEnd::timed_out);
  REQUIRE(inner.requests.size() == 2);
  CHECK(inner.requests[0].timeout_ms == limits::k_probe_timeout_ms);
  CHECK(inner.requests[1].timeout_ms == 2'000);
}

TEST_CASE("looking at many agents waits for a hanging Podman once") {
  AgentWorld world;
  world.install();
  std::size_t waits = 0;
  world.fake.processes.answer = [&, others = world.fake.processes.answer](const host::ProcessRequest& request) {
    if (request.argv[0] != "podman" || request.argv[1] == "--version") {
      return others(request);
    }
    ++waits;
    return silence();
  };
  const LookedAt looked(world.host());
  const auto backend = make_backend(looked.host());
  for (int agent = 0; agent < 10; ++agent) {
    (void)observe(looked.host(), *backend, world.read());
    const Preflight checks = run_preflight(looked.host(), *backend, world.read());
    CHECK(tests::check_of(checks, 4).status == CheckStatus::pass);
    CHECK(checks.reason() == "probe-timeout");
  }
  CHECK(waits == 1);
}

}  // namespace sourceos::runtime
