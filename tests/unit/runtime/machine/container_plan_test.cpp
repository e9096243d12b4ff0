#include "runtime/machine/container_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/runtime/machine/container_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::made_container;
using tests::sample_plan;

namespace {

bool has(const std::vector<std::string>& words, std::initializer_list<std::string> wanted) {
  return std::search(words.begin(), words.end(), wanted.begin(), wanted.end()) != words.end();
}

}  // namespace

TEST_CASE("the vector is that of the contract, in its order") {
  const std::vector<std::string> words = create_words(sample_plan());
  const std::vector<std::string> expected = {
      "create",
      "--pull=never",
      "--name",
      "srcos-p-r-shell",
      "--replace=false",
      "--http-proxy=false",
      "--image-volume=ignore",
      "--entrypoint",
      "",
      "--security-opt",
      "no-new-privileges",
      "--cap-drop",
      "all",
      "--network",
      "none",
      "--read-only",
      "--tmpfs",
      "/tmp:rw,nosuid,nodev,size=256m",
      "--userns",
      "keep-id",
      "--workdir",
      "/workspace/dev/r",
      "--env",
      "EDITOR=vi",
      "--label",
      "ai.srcos.session.class=operator-terminal",
      "--mount",
      "type=bind,src=/home/a/dev/r,dst=/workspace/dev/r,nodev,nosuid",
      "-i",
      "-t",
      "localhost/x@sha256:d",
      "/bin/sh"};
  CHECK(words == expected);
}

TEST_CASE("nothing that opens the container is ever in the vector") {
  ContainerPlan plan = sample_plan();
  plan.userns.clear();
  const std::vector<std::string> words = create_words(plan);
  for (const char* never : {"--privileged", "--device", "--env-host", "--env-file", "--secret",
                            "-v", "--volume", "--pid", "--ipc", "--userns"}) {
    CHECK(std::find(words.begin(), words.end(), never) == words.end());
  }
  CHECK(has(words, {"--cap-drop", "all"}));
}

TEST_CASE("a path with a comma or a quote is one CSV field, a colon changes nothing") {
  PlannedBind bind = sample_plan().binds.front();
  bind.source = "/home/a/x,y";
  CHECK(mount_argument(bind).starts_with("type=bind,\"src=/home/a/x,y\",dst="));
  bind.source = "/home/a/x\"y";
  CHECK(mount_argument(bind).starts_with("type=bind,\"src=/home/a/x\"\"y\",dst="));
  bind.source = "/home/a/x:y";
  CHECK(mount_argument(bind).starts_with("type=bind,src=/home/a/x:y,dst="));
}

TEST_CASE("options follow from access, class and what is mounted below") {
  MountDecision decision;
  decision.access = AccessMode::read_only;
  CHECK(bind_options(decision, "none") ==
        std::vector<std::string>{"ro=true", "noexec", "nodev", "nosuid"});
  decision.access = AccessMode::read_write;
  decision.request.direct_execution = true;
  decision.scan.submounts = {"/x"};
  CHECK(bind_options(decision, "shared") ==
        std::vector<std::string>{"nodev", "nosuid", "bind-nonrecursive", "relabel=shared"});
}

TEST_CASE("a container that is what was planned has no difference") {
  CHECK(differences(sample_plan(), made_container()).empty());
}

TEST_CASE("whatever Podman adds is a difference") {
  const auto changed = [](const char* pointer, const json::Value& value) {
    json::Value container = made_container();
    container[json::Value::json_pointer(pointer)] = value;
    return differences(sample_plan(), container);
  };
  const json::Value mount = {
      {"Type", "bind"}, {"Source", "/home/a/.ssh"}, {"Destination", "/x"}, {"RW", false}};
  json::Value mounts = made_container()["Mounts"];
  mounts.push_back(mount);
  CHECK(changed("/Mounts", mounts).size() == 1);
  CHECK_FALSE(changed("/Mounts", json::Value::array()).empty());
  CHECK_FALSE(changed("/Mounts/0/RW", false).empty());
  CHECK_FALSE(changed("/Mounts/0/Source", "/home/a").empty());
  CHECK_FALSE(changed("/Config/Env", {"LEAK=1"}).empty());
  CHECK_FALSE(changed("/Config/Cmd", {"/bin/other"}).empty());
  CHECK_FALSE(changed("/Config/Entrypoint", {"/entry"}).empty());
  CHECK_FALSE(changed("/HostConfig/NetworkMode", "host").empty());
  CHECK_FALSE(changed("/HostConfig/Privileged", true).empty());
  CHECK_FALSE(changed("/HostConfig/PidMode", "host").empty());
  CHECK_FALSE(changed("/HostConfig/IpcMode", "host").empty());
  CHECK_FALSE(changed("/HostConfig/Devices", {{{"PathOnHost", "/dev/kvm"}}}).empty());
  CHECK_FALSE(changed("/HostConfig/ReadonlyRootfs", false).empty());
  CHECK_FALSE(changed("/HostConfig/CapAdd", {"CAP_NET_ADMIN"}).empty());
  CHECK_FALSE(changed("/EffectiveCaps", {"CAP_CHOWN"}).empty());
  CHECK_FALSE(changed("/HostConfig/SecurityOpt", json::Value::array()).empty());
  CHECK_FALSE(changed("/HostConfig/SecurityOpt", {"no-new-privileges", "label=disable"}).empty());
  CHECK_FALSE(
      changed("/HostConfig/SecurityOpt", {"no-new-privileges", "seccomp=unconfined"}).empty());
  CHECK_FALSE(changed("/HostConfig/VolumesFrom", {"other"}).empty());
  CHECK_FALSE(changed("/HostConfig/Tmpfs", {{"/home", "rw"}}).empty());
  CHECK_FALSE(changed("/Image", "another").empty());
  CHECK(changed("/Config/Env", {"PATH=/bin", "container=podman", "EDITOR=vi", "FROM_IMAGE=1"})
            .empty());
}

TEST_CASE("a container that is not described is a difference") {
  CHECK_FALSE(differences(sample_plan(), json::Value::object()).empty());
}
