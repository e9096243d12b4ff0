#include "runtime/machine/container_mounts.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/container_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

// One that Podman makes, with runc and with crun; each line as the kernel writes it.
constexpr std::string_view k_usual =
    "1 0 0:45 / / ro,relatime - overlay overlay ro\n"
    "2 1 0:48 / /sys ro,nosuid - sysfs sysfs ro\n"
    "3 1 0:49 / /dev rw,nosuid - tmpfs tmpfs rw\n"
    "4 1 0:50 / /proc rw,nosuid - proc proc rw\n"
    "5 1 0:51 / /run rw,nosuid - tmpfs tmpfs rw\n"
    "6 1 0:52 / /tmp rw,nosuid - tmpfs tmpfs rw\n"
    "7 3 0:53 / /dev/pts rw,nosuid - devpts devpts rw\n"
    "8 3 0:47 / /dev/mqueue rw,nosuid - mqueue mqueue rw\n"
    "9 3 0:44 / /dev/shm rw,nosuid - tmpfs shm rw\n"
    "10 1 254:0 /c/overlay-containers/f/userdata/hosts /etc/hosts rw - ext4 /dev/a rw\n"
    "11 1 0:60 /overlay-containers/f/userdata/.containerenv /run/.containerenv rw - tmpfs tmpfs rw\n"
    "12 2 0:29 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n"
    "13 3 0:6 /null /dev/null rw - devtmpfs devtmpfs rw\n"
    "14 4 0:6 /null /proc/keys rw - devtmpfs devtmpfs rw\n"
    "15 4 0:56 / /proc/acpi ro - tmpfs tmpfs ro\n"
    "16 3 0:53 /0 /dev/console rw - devpts devpts rw\n";
constexpr std::string_view k_repo =
    "17 1 254:0 /home/a/dev/r /workspace/dev/r rw,nosuid - ext4 /dev/a rw\n";

std::vector<std::string> told(const ContainerPlan& plan, const std::string& table) {
  return mount_differences(plan, host::parse_mount_table(table));
}

}  // namespace

TEST_CASE("what every container has and what was planned is no difference") {
  CHECK(told(tests::sample_plan(), std::string(k_usual) + std::string(k_repo)).empty());
}

TEST_CASE("a mount that nobody planned is told, however it came about") {
  for (const char* line : {
           "18 3 0:6 /kvm /dev/kvm rw - devtmpfs devtmpfs rw\n",                 // a device
           "18 1 254:0 /usr/share/secrets /run/secrets rw - ext4 /dev/a rw\n",   // mounts.conf
           "18 17 254:1 / /workspace/dev/r/sub rw - ext4 /dev/b rw\n",           // mounted since
           "18 1 0:70 /a/b /tmp rw - tmpfs tmpfs rw\n",                          // of the host's memory
           "18 1 254:0 /home/a/hosts /etc/hosts rw - ext4 /dev/a rw\n",          // not Podman's file
           "18 4 254:0 /home/a /proc/sys rw - ext4 /dev/a rw\n",
           "18 1 254:0 /home/a/proc /process rw - proc proc rw\n",
           "18 3 254:0 /home/a/key /dev/null rw - ext4 /dev/a rw\n"}) {
    CAPTURE(line);
    const auto found = told(tests::sample_plan(), std::string(k_usual) + std::string(k_repo) + line);
    REQUIRE(found.size() == 1);
    CHECK(found[0].ends_with("was not planned"));
  }
}

TEST_CASE("a planned mount is there, and read-only where that was planned") {
  ContainerPlan plan = tests::sample_plan();
  CHECK(told(plan, std::string(k_usual)) ==
        std::vector<std::string>{"mount: /workspace/dev/r is missing"});
  plan.binds[0].is_read_only = true;
  CHECK(told(plan, std::string(k_usual) + std::string(k_repo)) ==
        std::vector<std::string>{"mount: /workspace/dev/r can be written to"});
}
