#include "host/tool_facts.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

namespace {

// A digest that can be told apart: the size of the file in the last digits.
struct Machine {
  Machine() {
    environment.state_root = scratch / "state";
    environment.root = scratch / "root";
    environment.uid = geteuid();
  }
  ToolFactsCache cache() {
    return ToolFactsCache(environment, [this](const Descriptor& file) -> Result<std::string> {
      ++digests;
      const std::string size = std::to_string(describe(file)->size);
      return std::string(64 - size.size(), '0') + size;
    });
  }
  Tool tool(const std::string& content) {
    Tool found;
    found.target = scratch.write("bin/tool", content);
    return found;
  }
  TemporaryDirectory scratch;
  Environment environment;
  int digests = 0;
};

}  // namespace

TEST_CASE("a tool is read once, also by the next command") {
  Machine machine;
  const Tool tool = machine.tool("12345");
  ToolFactsCache first = machine.cache();
  CHECK(first.facts(tool)->sha256.ends_with("05"));
  CHECK(first.facts(tool)->sha256.ends_with("05"));
  REQUIRE(first.save());
  CHECK(describe(machine.scratch / "state/tools.cache")->mode == 0600);
  ToolFactsCache second = machine.cache();
  CHECK(second.facts(tool)->sha256.ends_with("05"));
  CHECK(machine.digests == 1);
}

TEST_CASE("a changed tool is read anew") {
  Machine machine;
  ToolFactsCache cache = machine.cache();
  CHECK(cache.facts(machine.tool("12345"))->sha256.ends_with("05"));
  CHECK(cache.facts(machine.tool("1234567"))->sha256.ends_with("07"));
  CHECK(machine.digests == 2);
}

TEST_CASE("a cache that is damaged, or of others, costs time and nothing else") {
  Machine machine;
  const Tool tool = machine.tool("12345");
  const fs::path file = machine.scratch.write("state/tools.cache", "sourceos tools v1\n1 2 x\n\n9\n");
  CHECK(machine.cache().facts(tool).has_value());
  REQUIRE(chmod(file.c_str(), 0666) == 0);
  CHECK(machine.cache().facts(tool).has_value());
  CHECK(machine.digests == 2);
}

TEST_CASE("whether a package has the tool is known where there is a package list") {
  Machine machine;
  const Tool tool = machine.tool("12345");
  CHECK_FALSE(machine.cache().facts(tool)->packaged.has_value());
  machine.scratch.write("root/var/lib/dpkg/info/other.list", "/.\n/usr/bin/other\n");
  CHECK(machine.cache().facts(tool)->packaged == false);
  machine.scratch.write("root/var/lib/dpkg/info/tool.list",
                        "/.\n" + tool.target.native() + "\n");
  CHECK(machine.cache().facts(tool)->packaged == true);
}

TEST_CASE("a missing tool has no facts") {
  Machine machine;
  Tool tool;
  tool.target = machine.scratch / "none";
  CHECK(machine.cache().facts(tool).error().kind == ErrorKind::not_found);
}
