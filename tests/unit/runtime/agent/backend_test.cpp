#include "runtime/agent/backend.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("the host decides which manager it is") {
  tests::AgentWorld linux_world;
  tests::AgentWorld macos_world("macos");
  CHECK(make_backend(linux_world.host())->name() == "systemd");
  CHECK(make_backend(macos_world.host())->name() == "launchd");
}

TEST_CASE("a program that is missing is a run that ended so") {
  tests::AgentWorld world;
  const CommandRun run = run_and_note(world.host(), {"none"}, 1'000);
  CHECK(run.end == host::ProcessEnd::missing);
  CHECK_FALSE(run.ok());
}

TEST_CASE("status says nulls for what is not known") {
  const json::Value row = as_json(ServiceStatus{});
  CHECK(row.at("runs").is_null());
  CHECK(row.at("loaded") == false);
}

TEST_CASE("the fake counts starts and keeps a disabled service down") {
  tests::AgentWorld world;
  tests::FakeBackend fake;
  const ServiceRef service = service_ref(world.read().declaration, world.host());
  CHECK_FALSE(fake.enable(service).ok);
  std::filesystem::create_directories(service.definition.parent_path());
  tests::TemporaryDirectory ignored;
  world.fake.home.write(".config/systemd/user/sourceos-agent@sample.service", "");
  CHECK(fake.enable(service).ok);
  CHECK(fake.start(service, 1).ok);
  CHECK(fake.start(service, 1).ok);
  CHECK(fake.services[service.unit].starts == 1);
  CHECK(fake.status(service).enabled);
  fake.lying.insert("stop");
  CHECK(fake.stop(service, 1).ok);
  CHECK(fake.status(service).active);
}

}  // namespace sourceos::runtime
