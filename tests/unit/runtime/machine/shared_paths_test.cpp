#include "runtime/machine/shared_paths.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "tests/unit/runtime/machine/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::MachineScene;

TEST_CASE("what a machine sees is compared with what the profile needs") {
  MachineScene scene;
  const DenySet deny = scene.deny();
  ProfileRuntime runtime;
  CHECK(vm_exposure(runtime, {}, deny, {}) == "not-applicable");
  runtime.mode = "machine";
  CHECK(vm_exposure(runtime, {}, deny, {}) == "unknown");
  MachineFacts machine;
  machine.exposure_known = true;
  machine.shared_paths = {scene.home.string()};
  CHECK(vm_exposure(runtime, machine, deny, {}) == "whole-home");
  const std::string root = (scene.home / "dev/r").string();
  machine.shared_paths = {root};
  CHECK(vm_exposure(runtime, machine, deny, {root}) == "declared-roots");
  CHECK(is_shared_into_machine(machine, deny, root + "/below"));
  CHECK_FALSE(is_shared_into_machine(machine, deny, (scene.home / "dev/other").string()));
  runtime.provider = "wsl";
  CHECK(vm_exposure(runtime, machine, deny, {root}) == "wsl-automount");
}

TEST_CASE("what a profile wants to be seen is told once, resolved and in order") {
  MachineScene scene;
  const std::vector<std::string> roots =
      machine_roots(scene.profile("linux-native").profile, scene.deny());
  CHECK(std::ranges::adjacent_find(roots, std::ranges::greater_equal()) == roots.end());
  for (const std::string& root : roots) {
    CHECK(root.starts_with('/'));
  }
}
