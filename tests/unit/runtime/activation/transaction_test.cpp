#include "runtime/activation/transaction.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/activation/activation_world.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

const std::string k_id(32, 'a');

Transaction begin(tests::ActivationWorld& world) {
  return Transaction::begin(world.host(), world.backend, world.site(), k_id).value();
}

}  // namespace

TEST_CASE("a file that is written over has its content and mode back after a rollback") {
  tests::ActivationWorld world;
  const auto path = world.site().places.launcher;
  world.fake.home.write(std::filesystem::relative(path, world.fake.home.path()).string(), "old");
  std::filesystem::permissions(path, std::filesystem::perms(0750));
  Transaction transaction = begin(world);
  REQUIRE(transaction.write_file(Step::install, Place::launcher, "new", 0755, "x"));
  CHECK(tests::read_file(path) == "new");
  const UndoReport undo = transaction.rollback(Step::install);
  CHECK(undo.complete);
  CHECK(undo.actions.size() == 1);
  CHECK(tests::read_file(path) == "old");
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0750));
}

TEST_CASE("what is new is removed by a rollback, and what others put there is not") {
  tests::ActivationWorld world;
  const AgentSite site = world.site();
  Transaction transaction = begin(world);
  REQUIRE(transaction.make_directory(Step::install, Place::launcher_directory, 0755));
  REQUIRE(transaction.make_directory(Step::install, Place::log_directory, 0700));
  REQUIRE(transaction.write_file(Step::install, Place::launcher, "new", 0755, {}));
  std::ofstream(site.path(Place::log_directory) / "kept.log") << "x";
  CHECK(transaction.rollback(Step::install).complete);
  CHECK_FALSE(std::filesystem::exists(site.places.launcher));
  CHECK_FALSE(std::filesystem::exists(site.path(Place::launcher_directory)));
  CHECK(std::filesystem::exists(site.path(Place::log_directory) / "kept.log"));
}

TEST_CASE("a file that somebody changed meanwhile is left, and a person is told") {
  tests::ActivationWorld world;
  const auto path = world.site().places.launcher;
  Transaction transaction = begin(world);
  REQUIRE(transaction.make_directory(Step::install, Place::launcher_directory, 0755));
  REQUIRE(transaction.write_file(Step::install, Place::launcher, "new", 0755, {}));
  std::ofstream(path) << "edited";
  const UndoReport undo = transaction.rollback(Step::install);
  CHECK_FALSE(undo.complete);
  CHECK(tests::read_file(path) == "edited");
  REQUIRE_FALSE(undo.actions.empty());
  CHECK(undo.actions.front().command.starts_with("rm -f "));
  CHECK(as_json(undo).at("actions").at(0).at("status") == "failed");
}

TEST_CASE("writing what is there already changes nothing and leaves no line") {
  tests::ActivationWorld world;
  const auto path = world.site().places.launcher;
  world.fake.home.write(std::filesystem::relative(path, world.fake.home.path()).string(), "same");
  std::filesystem::permissions(path, std::filesystem::perms(0755));
  Transaction transaction = begin(world);
  REQUIRE(transaction.write_file(Step::install, Place::launcher, "same", 0755, {}));
  CHECK(parse_journal(tests::read_file(world.site().journal())).value().lines.size() == 1);
}

TEST_CASE("a link in the way is not written through") {
  tests::ActivationWorld world;
  const auto path = world.site().places.launcher;
  const auto other = world.fake.home.write("other", "precious");
  std::filesystem::create_directories(path.parent_path());
  std::filesystem::create_symlink(other, path);
  Transaction transaction = begin(world);
  CHECK_FALSE(transaction.write_file(Step::install, Place::launcher, "new", 0755, {}));
  CHECK(tests::read_file(other) == "precious");
}

TEST_CASE("an order whose effect is not there has failed, whatever the manager said") {
  tests::ActivationWorld world;
  Transaction transaction = begin(world);
  const Status given = transaction.give({.step = Step::enable,
                                         .action = Action::enable,
                                         .undo = Undo::disable,
                                         .give = [] { return OrderResult{}; },
                                         .expected = [](const ServiceStatus& now) { return now.enabled; }});
  REQUIRE_FALSE(given);
  CHECK(transaction.failed_reason() == "enable-failed");
}

TEST_CASE("only changes of the named step and later ones are undone") {
  tests::ActivationWorld world;
  Transaction transaction = begin(world);
  REQUIRE(transaction.make_directory(Step::install, Place::launcher_directory, 0755));
  REQUIRE(transaction.write_file(Step::install, Place::launcher, "new", 0755, {}));
  const UndoReport undo = transaction.rollback(Step::enable);
  CHECK(undo.actions.empty());
  CHECK(std::filesystem::exists(world.site().places.launcher));
}

TEST_CASE("backups go when a transaction ends well and stay when it does not") {
  for (const auto& [how, stays] : {std::pair{LineStatus::committed, false},
                                   std::pair{LineStatus::incomplete, true}}) {
    tests::ActivationWorld world;
    Transaction transaction = begin(world);
    REQUIRE(transaction.close(how));
    CHECK(std::filesystem::exists(world.site().transactions() / k_id) == stays);
    CHECK(open_transaction(parse_journal(tests::read_file(world.site().journal())).value()).empty());
  }
}
