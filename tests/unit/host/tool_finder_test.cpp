#include "host/tool_finder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

namespace {

struct Machine {
  Machine() {
    environment.home = scratch / "home";
    environment.uid = geteuid();
    for (const std::string name : {"home/bin", "system", "repository/bin"}) {
      fs::create_directories(scratch / name);
      environment.search_path.push_back(scratch / name);
    }
  }
  fs::path install(const std::string& place, mode_t mode = 0755) {
    const fs::path path = scratch.write(place, "#!/bin/sh\n");
    REQUIRE(chmod(path.c_str(), mode) == 0);
    return path;
  }
  TemporaryDirectory scratch;
  Environment environment;
};

}  // namespace

TEST_CASE("a tool is the first program of its name, with its owner") {
  Machine machine;
  const fs::path program = machine.install("system/podman");
  machine.install("repository/bin/podman");
  ToolFinder finder(machine.environment);
  const Result<Tool> tool = finder.find("podman");
  REQUIRE(tool.has_value());
  CHECK(tool->path == program);
  CHECK(tool->target == program);
  CHECK(tool->owner == (geteuid() == 0 ? ToolOwner::root : ToolOwner::self));
  CHECK(tool->shadowed.empty());
}

TEST_CASE("directories inside a repository or mount of this call are skipped and said") {
  Machine machine;
  machine.install("repository/bin/podman");
  ToolFinder finder(machine.environment, {machine.scratch / "repository"});
  CHECK(finder.find("podman").error().reason == "tool-missing");
  CHECK(finder.skipped() ==
        std::vector<std::string>{(machine.scratch / "repository/bin").native()});
  ToolFinder beside(machine.environment, {machine.scratch / "repo"});
  CHECK(beside.find("podman").has_value());
}

TEST_CASE("a repository reached through a link is recognised") {
  Machine machine;
  machine.install("repository/bin/podman");
  fs::create_directory_symlink("repository", machine.scratch / "link");
  machine.environment.search_path.back() = machine.scratch / "link/bin";
  ToolFinder finder(machine.environment, {machine.scratch / "repository"});
  CHECK_FALSE(finder.find("podman").has_value());
}

TEST_CASE("a tool inside home that stands before the system's one says so") {
  Machine machine;
  const fs::path own = machine.install("home/bin/podman");
  const fs::path system = machine.install("system/podman");
  machine.install("home/bin/other");
  ToolFinder finder(machine.environment);
  CHECK(finder.find("podman")->path == own);
  CHECK(finder.find("podman")->shadowed == system);
  CHECK(finder.find("other")->shadowed.empty());
}

TEST_CASE("a file that cannot be executed and a directory are no tools") {
  Machine machine;
  machine.install("system/podman", 0644);
  fs::create_directories(machine.scratch / "system/git");
  ToolFinder finder(machine.environment);
  CHECK_FALSE(finder.find("podman").has_value());
  CHECK_FALSE(finder.find("git").has_value());
  CHECK_FALSE(finder.find("../system/podman").has_value());
  CHECK_FALSE(finder.find("").has_value());
}

TEST_CASE("a tool is resolved once, whatever comes later") {
  Machine machine;
  const fs::path system = machine.install("system/podman");
  ToolFinder finder(machine.environment);
  REQUIRE(finder.find("podman")->path == system);
  machine.install("home/bin/podman");
  CHECK(finder.find("podman")->path == system);
}

TEST_CASE("a link to a program is started by its name and judged by its target") {
  Machine machine;
  const fs::path target = machine.install("store/podman-5");
  fs::create_symlink(target, machine.scratch / "system/podman");
  ToolFinder finder(machine.environment);
  const Result<Tool> tool = finder.find("podman");
  REQUIRE(tool.has_value());
  CHECK(tool->path == machine.scratch / "system/podman");
  CHECK(tool->target == target);
  CHECK(tool->facts.kind == FileKind::regular);
}
