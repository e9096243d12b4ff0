#include "runtime/activation/recovery.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/activation/activation_world.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

void check_invalid(tests::ActivationWorld& world) {
  const auto recovered = world.recover();
  REQUIRE_FALSE(recovered);
  CHECK(recovered.error().reason == "journal-invalid");
  CHECK(recovered.error().next.starts_with("mv "));
}

// An activation that was killed when its agent had just been enabled.
void leave_open(tests::ActivationWorld& world) {
  REQUIRE(world.activate_in_child("enable.after:crash") == SIGKILL);
  REQUIRE(needs_recovery(world.host(), "sample").value());
}

}  // namespace

TEST_CASE("where nothing is open nothing is recovered") {
  tests::ActivationWorld world;
  CHECK_FALSE(world.recover().value());
  REQUIRE(world.activate_in_child("") == 0);
  CHECK_FALSE(world.recover().value());
  CHECK_FALSE(needs_recovery(world.host(), "sample").value());
}

TEST_CASE("what a killed activation left is undone, once") {
  tests::ActivationWorld world;
  leave_open(world);
  const auto recovered = world.recover();
  REQUIRE(recovered);
  REQUIRE(*recovered);
  CHECK((*recovered)->undo.complete);
  CHECK((*recovered)->declaration.name == "sample");
  CHECK_FALSE(std::filesystem::exists(world.site().places.definition));
  CHECK_FALSE(world.backend.status(world.site().service).enabled);
  CHECK_FALSE(world.recover().value());
}

TEST_CASE("the places are those of the declaration that was activated, not of a newer one") {
  tests::ActivationWorld world;
  world.document["auth"] = {{"authfile", (world.fake.home / "auth/old.json").string()}};
  leave_open(world);
  world.document["auth"] = {{"authfile", (world.fake.home / "auth/new.json").string()}};
  REQUIRE(world.recover().value());
  CHECK_FALSE(std::filesystem::exists(world.fake.home / "auth/old.json"));
}

TEST_CASE("a journal that no intent names is not followed") {
  tests::ActivationWorld world;
  leave_open(world);
  std::filesystem::remove(world.fake.home / "evidence/intents");
  std::ofstream(world.fake.home / "evidence/intents") << "{}\n";
  check_invalid(world);
  CHECK(std::filesystem::exists(world.site().places.definition));
}

TEST_CASE("a journal that was changed is not followed") {
  tests::ActivationWorld world;
  leave_open(world);
  const auto file = world.site().journal();
  std::string text = tests::read_file(file);
  text.replace(text.find("remove-file"), 11, "restorefile");
  std::ofstream(file) << text;
  check_invalid(world);
}

TEST_CASE("a copy of the declaration that was changed is not followed") {
  tests::ActivationWorld world;
  leave_open(world);
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(world.site().transactions())) {
    if (entry.path().filename() == "agent.json") {
      std::ofstream(entry.path(), std::ios::app) << " ";
    }
  }
  check_invalid(world);
}
