// Going back when going back itself fails.
#include <doctest/doctest.h>

#include "host/fault.hpp"
#include "runtime/activation/transaction.hpp"
#include "tests/unit/runtime/activation/activation_world.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

const std::string k_id(32, 'b');

// Installed, enabled and started within one open transaction.
Transaction changed(tests::ActivationWorld& world) {
  Transaction transaction = Transaction::begin(world.host(), world.backend, world.site(), k_id).value();
  const ServiceRef service = world.site().service;
  ServiceBackend& backend = world.backend;
  REQUIRE(transaction.make_directory(Step::install, Place::definition_directory, 0755));
  REQUIRE(transaction.write_file(Step::install, Place::definition, "[Service]\n", 0644, {}));
  REQUIRE(transaction.give({.step = Step::enable, .action = Action::enable, .undo = Undo::disable,
                            .give = [&, service] { return backend.enable(service); }, .expected = {}}));
  REQUIRE(transaction.give({.step = Step::start, .action = Action::start, .undo = Undo::stop,
                            .give = [&, service] { return backend.start(service, 1000); },
                            .expected = {}}));
  return transaction;
}

UndoReport rollback_with(tests::ActivationWorld& world, const char* faults) {
  Transaction transaction = changed(world);
  REQUIRE(host::arm_faults(faults));
  UndoReport undo = transaction.rollback(Step::install);
  REQUIRE(host::arm_faults(""));
  return undo;
}

}  // namespace

TEST_CASE("a rollback goes from the newest change to the oldest") {
  tests::ActivationWorld world;
  const UndoReport undo = rollback_with(world, "");
  REQUIRE(undo.actions.size() >= 3);
  CHECK(undo.complete);
  CHECK(undo.actions[0].undo == Undo::stop);
  CHECK(undo.actions[1].undo == Undo::disable);
  CHECK(undo.actions[2].undo == Undo::remove_file);
  CHECK_FALSE(world.backend.job().active);
}

TEST_CASE("an undo that fails does not stop the others, and nothing can start afterwards") {
  for (const char* fault : {"rollback.stop", "rollback.disable", "rollback.remove", "backend.lies"}) {
    for (const Platform platform : {Platform::linux_systemd, Platform::macos}) {
      CAPTURE(fault);
      tests::ActivationWorld world(platform);
      const UndoReport undo = rollback_with(world, fault);
      CHECK_FALSE(undo.complete);
      const ServiceStatus now = world.backend.status(world.site().service);
      CHECK_FALSE(now.active);
      CHECK_FALSE(now.enabled);
      CHECK_FALSE(std::filesystem::exists(world.site().places.definition));
    }
  }
}

TEST_CASE("each undo that failed says what a person types instead") {
  tests::ActivationWorld world;
  const UndoReport undo = rollback_with(world, "rollback.stop,rollback.disable");
  std::size_t commands = 0;
  for (const UndoAction& action : undo.actions) {
    commands += !action.done && !action.command.empty() ? 1U : 0U;
  }
  CHECK(commands >= 2);
}

TEST_CASE("a backup that is not what the journal says is not put back") {
  tests::ActivationWorld world;
  const AgentSite site = world.site();
  world.fake.home.write(
      std::filesystem::relative(site.places.definition, world.fake.home.path()).string(), "old");
  Transaction transaction = Transaction::begin(world.host(), world.backend, site, k_id).value();
  REQUIRE(transaction.write_file(Step::install, Place::definition, "new", 0644, {}));
  std::ofstream(site.transactions() / k_id / "1") << "forged";
  const UndoReport undo = transaction.rollback(Step::install);
  CHECK_FALSE(undo.complete);
  CHECK_FALSE(std::filesystem::exists(site.places.definition));
  CHECK(tests::read_file(site.places.definition.string() + ".disabled") == "new");
}

TEST_CASE("what a cut write left beside its target goes with the undo") {
  tests::ActivationWorld world;
  const AgentSite site = world.site();
  Transaction transaction = Transaction::begin(world.host(), world.backend, site, k_id).value();
  REQUIRE(transaction.make_directory(Step::install, Place::launcher_directory, 0755));
  REQUIRE(transaction.write_file(Step::install, Place::launcher, "new", 0755, {}));
  const auto half = site.places.launcher.parent_path() / ".launch.0011223344556677.tmp";
  std::ofstream(half) << "ha";
  CHECK(transaction.rollback(Step::install).complete);
  CHECK_FALSE(std::filesystem::exists(half));
}

TEST_CASE("starts of a version that is taken back do not count against the one that comes back") {
  tests::ActivationWorld world;
  REQUIRE(world.activate());
  const AgentSite site = world.site();
  const auto counts = site.places.state;
  std::ofstream(counts / "starts.count") << "1\n";
  Transaction transaction = Transaction::begin(world.host(), world.backend, site, k_id).value();
  REQUIRE(transaction.give({.step = Step::install, .action = Action::stop, .undo = Undo::start,
                            .give = [&] { return world.backend.stop(site.service, 0); },
                            .expected = {}}));
  std::ofstream(counts / "starts.count") << "4\n";
  std::ofstream(counts / "starts.log") << "1\n2\n3\n4\n";
  CHECK(transaction.rollback(Step::install).complete);
  CHECK(world.backend.job().active);
  CHECK(tests::read_file(counts / "starts.count") == "1\n");
  CHECK_FALSE(std::filesystem::exists(counts / "starts.log"));
}
