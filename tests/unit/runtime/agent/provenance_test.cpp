#include "runtime/agent/provenance.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("what Podman does not say is null, and what was written is read again") {
  tests::AgentWorld world;
  world.has_podman = false;
  const std::string text = make_provenance(world.host(), world.read().declaration);
  CHECK(provenance_note(world.places()).is_null());
  world.fake.home.write(std::filesystem::relative(provenance_file(world.places()), world.home()).string(),
                        text);
  const json::Value note = provenance_note(world.places());
  CHECK(note.at("agent") == "sample");
  CHECK(note.at("runtimeImage") == tests::k_image);
  CHECK(note.at("imageId").is_null());
  CHECK(note.at("pullAuth") == "unknown");
}

}  // namespace sourceos::runtime
