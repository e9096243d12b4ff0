#include "runtime/agent/unit_file.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "tests/support/temporary_directory.hpp"

namespace sourceos::runtime {

TEST_CASE("later assignments win, an empty one resets, continuations are joined") {
  UnitFile unit;
  unit.add(
      "# comment\n[Unit]\nStartLimitBurst=3\n[Service]\nExecStart=/bin/a \\\n# between\n  --x \\\n  --y\n"
      "Environment=A=1\nEnvironment=\nEnvironment=B=2\nRestart=no\nRestart = always\n",
      "a.service");
  REQUIRE(unit.last("Service", "ExecStart") != nullptr);
  CHECK(unit_words(unit.last("Service", "ExecStart")->value) ==
        std::vector<std::string>{"/bin/a", "--x", "--y"});
  CHECK(unit.last("Service", "ExecStart")->line == 5);
  REQUIRE(unit.all("Service", "Environment").size() == 1);
  CHECK(unit.all("Service", "Environment")[0]->value == "B=2");
  CHECK(unit.last("Service", "Restart")->value == "always");
  CHECK(unit.last("Service", "StartLimitBurst") == nullptr);
}

TEST_CASE("an odd continuation at the end of the file is the end of the line") {
  UnitFile unit;
  unit.add("[Service]\nRestart=always\\", "a.service");
  CHECK(unit.last("Service", "Restart")->value == "always");
  UnitFile odd;
  odd.add("Restart=always\nnonsense\n[Service\n=x\n", "a.service");
  CHECK(odd.last("Service", "Restart") == nullptr);
  CHECK(odd.odd_lines() == 4);
}

TEST_CASE("drop-ins of the template and of the unit count, in order of their names") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.write("a@b.service", "[Service]\nRestart=no\n");
  directory.write("a@.service.d/50-x.conf", "[Service]\nRestart=on-failure\n");
  directory.write("a@b.service.d/20-y.conf", "[Service]\nRestart=always\n");
  directory.write("a@b.service.d/10-z.conf", "[Service]\nRestart=no\n");
  directory.write("a@b.service.d/notes.txt", "[Service]\nRestart=no\n");
  const auto unit = read_unit(path);
  REQUIRE(unit);
  CHECK(unit->last("Service", "Restart")->value == "always");
  CHECK(unit->last("Service", "Restart")->file.filename() == "20-y.conf");
}

TEST_CASE("words keep what is quoted together") {
  CHECK(unit_words(R"(/bin/sh -c "echo \"a b\"" 'c d')") ==
        std::vector<std::string>{"/bin/sh", "-c", "echo \"a b\"", "c d"});
  CHECK(unit_words("").empty());
}

TEST_CASE("time spans are read as systemd reads them") {
  CHECK(unit_time_ms("90") == 90'000);
  CHECK(unit_time_ms("1min 30s") == 90'000);
  CHECK(unit_time_ms("500ms") == 500);
  CHECK(unit_time_ms("1.5s") == 1'500);
  CHECK(unit_time_ms("infinity") == std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(unit_time_ms("soon").has_value());
  CHECK_FALSE(unit_time_ms("").has_value());
  CHECK_FALSE(unit_time_ms("-5").has_value());
}

}  // namespace sourceos::runtime
