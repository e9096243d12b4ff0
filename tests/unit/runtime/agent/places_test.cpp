#include "runtime/agent/places.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("the parts of an agent have their places on each platform") {
  tests::AgentWorld linux_world;
  const AgentPlaces on_linux = linux_world.places();
  const auto& home = linux_world.home();
  CHECK(on_linux.definition == home / ".config/systemd/user/sourceos-agent@sample.service");
  CHECK(on_linux.launcher == home / ".local/share/sourceos/agents/sample/launch");
  CHECK(on_linux.state == home / ".local/state/sourceos/agents/sample");
  CHECK(on_linux.quarantine_root == home / ".local/state/sourceos/quarantine");

  tests::AgentWorld macos_world("macos");
  const AgentPlaces on_macos = macos_world.places();
  const auto& mac_home = macos_world.home();
  CHECK(on_macos.definition == mac_home / "Library/LaunchAgents/org.sourceos.agent.sample.plist");
  CHECK(on_macos.launcher == mac_home / "Library/Application Support/SourceOS/agents/sample/launch");
  CHECK(on_macos.legacy_plist ==
        mac_home / "root/Library/LaunchAgents/org.sourceos.agent.sample.plist");
  CHECK(on_macos.quarantine_root == mac_home / "Desktop/sourceos-quarantine");
}

TEST_CASE("system scope has the system's places") {
  tests::AgentWorld world;
  world.document["scope"] = "system";
  CHECK(world.places().definition ==
        world.home() / "root/etc/systemd/system/sourceos-agent@sample.service");
}

TEST_CASE("an agent that nothing declares has places by its name") {
  tests::AgentWorld world;
  CHECK(places_of_name("sample", world.host()).definition == world.places().definition);
}

TEST_CASE("a declared unit file names the unit") {
  tests::AgentWorld world;
  world.document["linux"] = {{"systemdUserUnit", "$HOME/.config/systemd/user/other.service"}};
  CHECK(world.places().unit == "other.service");
}

}  // namespace sourceos::runtime
