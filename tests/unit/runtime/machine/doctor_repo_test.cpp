#include "runtime/machine/doctor_repo.hpp"

#include <doctest/doctest.h>

#include "runtime/machine/doctor.hpp"
#include "tests/unit/runtime/machine/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::MachineScene;

namespace {

MachineChecks checks_of(MachineScene& scene, const std::string& repo, std::optional<Error> unresolved = {}) {
  host::ToolFinder tools(scene.fake.host.environment);
  const DenySet deny = scene.deny();
  const PolicyContext policy{.deny = deny, .directory = scene.home, .cache_root = scene.home / ".cache"};
  const LoadedProfile profile = scene.profile("linux-native");
  MachineChecks checks;
  (void)check_repo(checks,
                   {.host = scene.fake.host,
                    .tools = tools,
                    .profile = profile,
                    .repos = {repo},
                    .policy = policy,
                    .policy_unresolved = std::move(unresolved),
                    .store = scene.home / "store"},
                   repo);
  return checks;
}

}  // namespace

TEST_CASE("a repository is read and judged") {
  MachineScene scene;
  MachineChecks plain = checks_of(scene, "~/dev/r");
  CHECK(plain.find("repo.readable")->reason == "not-a-repository");
  CHECK(plain.find("repo.policy")->status == "pass");
  CHECK(checks_of(scene, "~").find("repo.policy")->reason == "home-wholesale");
  (void)scene.fake.home.write("dev/r/.env", "x");
  CHECK(checks_of(scene, "~/dev/r").find("repo.policy")->status == "warn");
}

TEST_CASE("one that is not there blocks its verdict") {
  MachineScene scene;
  MachineChecks absent = checks_of(scene, "~/dev/absent");
  CHECK(absent.find("repo.readable")->reason == "path-missing");
  CHECK(absent.find("repo.policy")->blocked_by == "repo.readable");
}

TEST_CASE("a policy that cannot be found allows nothing") {
  MachineScene scene;
  MachineChecks checks = checks_of(scene, "~/dev/r", Error(ErrorKind::not_found, "policy-missing", "no such policy"));
  CHECK(checks.find("repo.policy")->status == "fail");
  CHECK(checks.find("repo.policy")->reason == "policy-missing");
}
