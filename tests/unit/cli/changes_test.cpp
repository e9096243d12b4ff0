#include "cli/changes.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/fake_host.hpp"

using namespace sourceos;
using namespace sourceos::cli;

TEST_CASE("an output file has its name only when it is whole") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.write("out", "old");
  {
    auto file = OutputFile::create(path);
    REQUIRE(file.has_value());
    REQUIRE(file->write("new").has_value());
    CHECK(tests::read_file(path) == "old");
  }
  CHECK(tests::read_file(path) == "old");
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
  auto file = OutputFile::create(path);
  REQUIRE(file.has_value());
  REQUIRE(file->write("new").has_value());
  REQUIRE(file->commit().has_value());
  CHECK(tests::read_file(path) == "new");
}

TEST_CASE("a directory or a link is not written over, a missing directory is an error") {
  const tests::TemporaryDirectory directory;
  CHECK(OutputFile::create(directory.path()).error().reason == "output-not-a-file");
  std::filesystem::create_symlink("/etc/hostname", directory / "link");
  CHECK(OutputFile::create(directory / "link").error().reason == "output-not-a-file");
  CHECK_FALSE(OutputFile::create(directory / "no/file").has_value());
}
