#include "collect/collectors/glob.hpp"

#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("patterns name existing paths in byte order") {
  const tests::TemporaryDirectory directory;
  for (const char* name : {"a/x.log", "a/y.log", "b/x.log", "b/z.txt", "a/.hidden.log"}) {
    directory.write(name, "");
  }
  const auto found = expand_glob(directory / "*/*.log", 10);
  REQUIRE(found);
  REQUIRE(found->size() == 3);
  CHECK((*found)[0] == directory / "a/x.log");
  CHECK((*found)[2] == directory / "b/x.log");
  CHECK(expand_glob(directory / "a/.*.log", 10)->size() == 1);
  CHECK(expand_glob(directory / "[ab]/?.txt", 10)->size() == 1);
  CHECK(expand_glob(directory / "none/*.log", 10)->empty());
  CHECK(expand_glob(directory / "a/x.log", 10)->size() == 1);
}

TEST_CASE("a linked directory behind a pattern is not entered") {
  const tests::TemporaryDirectory directory;
  directory.write("real/logs/x.log", "");
  std::filesystem::create_directories(directory / "app");
  std::filesystem::create_directory_symlink(directory / "real/logs", directory / "app/logs");
  CHECK(expand_glob(directory / "a*/logs/x.log", 10)->empty());
  CHECK(expand_glob(directory / "app/logs/*.log", 10)->size() == 1);
}

TEST_CASE("a pattern that names too much is told") {
  const tests::TemporaryDirectory directory;
  for (int i = 0; i < 5; ++i) {
    directory.write("f" + std::to_string(i), "");
  }
  const auto found = expand_glob(directory / "f*", 4);
  REQUIRE_FALSE(found);
  CHECK(found.error().reason == "glob-limit");
  CHECK(is_glob("a*"));
  CHECK_FALSE(is_glob("a/b"));
}
