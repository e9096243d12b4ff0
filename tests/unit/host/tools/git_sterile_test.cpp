#include "host/tools/git_sterile.hpp"

#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::host;

namespace {

GitLocation make_repository(const tests::TemporaryDirectory& directory) {
  fs::create_directories(directory / "tree/.git/objects");
  directory.write("tree/.git/HEAD", "ref: refs/heads/main\n");
  directory.write("tree/.git/refs/heads/main", std::string(40, 'a') + "\n");
  directory.write("tree/.git/refs/replace/" + std::string(40, 'a'), std::string(40, 'b') + "\n");
  return locate_repository(directory / "tree").value();
}

}  // namespace

TEST_CASE("only settings that tell what files mean are taken over") {
  const tests::TemporaryDirectory directory;
  const auto location = make_repository(directory);
  const auto settings = parse_git_config(
      "[core]\nfileMode = FALSE\nautocrlf = input\neol = evil\nsymlinks = 1\nfsmonitor = /x\n"
      "ignoreCase = \"true\\n[filter]\"\n[filter \"x\"]\nclean = y\n[remote \"o\"]\nurl = z\n");
  REQUIRE(settings);
  const auto sterile = make_sterile_git(location, *settings, directory / "sterile");
  REQUIRE(sterile);
  const std::string config = tests::read_file(directory / "sterile/config");
  CHECK(config.find("filemode = false") != std::string::npos);
  CHECK(config.find("autocrlf = input") != std::string::npos);
  CHECK(config.find("symlinks = 1") != std::string::npos);
  CHECK(config.find("fsmonitor = false") != std::string::npos);
  for (const char* word : {"evil", "filter", "remote", "ignorecase", "/x"}) {
    CHECK_MESSAGE(config.find(word) == std::string::npos, word);
  }
}

TEST_CASE("refs are copied without replacements, links are not followed") {
  const tests::TemporaryDirectory directory;
  const auto location = make_repository(directory);
  directory.write("secret", "secret\n");
  fs::create_symlink(directory / "secret", directory / "tree/.git/refs/heads/linked");
  directory.write("tree/.git/packed-refs",
                  "# pack-refs with: peeled\n" + std::string(40, 'c') + " refs/tags/v1\n^" +
                      std::string(40, 'd') + "\n" + std::string(40, 'e') + " refs/replace/x\n^" +
                      std::string(40, 'f') + "\n");
  const auto sterile = make_sterile_git(location, {}, directory / "sterile");
  REQUIRE(sterile);
  CHECK_FALSE(sterile->refs_truncated);
  CHECK(fs::exists(directory / "sterile/refs/heads/main"));
  CHECK_FALSE(fs::exists(directory / "sterile/refs/heads/linked"));
  CHECK_FALSE(fs::exists(directory / "sterile/refs/replace"));
  const std::string packed = tests::read_file(directory / "sterile/packed-refs");
  CHECK(packed.find("refs/tags/v1\n^dddd") != std::string::npos);
  CHECK(packed.find("replace") == std::string::npos);
  CHECK(packed.find("^ffff") == std::string::npos);
}

TEST_CASE("the real objects are named whatever their path holds") {
  const tests::TemporaryDirectory directory;
  fs::create_directories(directory / "a \"b\"\n#/.git/objects");
  const auto location = locate_repository(directory / "a \"b\"\n#");
  REQUIRE(location);
  REQUIRE(make_sterile_git(*location, {}, directory / "sterile"));
  const std::string alternates =
      tests::read_file(directory / "sterile/objects/info/alternates");
  CHECK(alternates.starts_with("\"/"));
  CHECK(alternates.find("a \\\"b\\\"\\012#/.git/objects\"\n") != std::string::npos);
}

TEST_CASE("the index is copied with its time") {
  const tests::TemporaryDirectory directory;
  const auto location = make_repository(directory);
  directory.write("tree/.git/index", "DIRC");
  fs::last_write_time(directory / "tree/.git/index",
                      fs::file_time_type::clock::now() - std::chrono::hours(5));
  const auto sterile = make_sterile_git(location, {}, directory / "sterile");
  REQUIRE(sterile);
  CHECK(fs::last_write_time(sterile->copied_index) ==
        fs::last_write_time(directory / "tree/.git/index"));
}

TEST_CASE("a repository whose refs are not files is not supported") {
  const tests::TemporaryDirectory directory;
  const auto location = make_repository(directory);
  const auto settings = parse_git_config("[extensions]\nrefStorage = reftable\n");
  REQUIRE(settings);
  const auto sterile = make_sterile_git(location, *settings, directory / "sterile");
  REQUIRE_FALSE(sterile);
  CHECK(sterile.error().reason == "git-unsupported");
}

TEST_CASE("an object directory that is a link is not used") {
  const tests::TemporaryDirectory directory;
  const auto location = make_repository(directory);
  fs::remove(directory / "tree/.git/objects");
  fs::create_directories(directory / "elsewhere");
  fs::create_directory_symlink(directory / "elsewhere", directory / "tree/.git/objects");
  CHECK_FALSE(make_sterile_git(location, {}, directory / "sterile"));
}

TEST_CASE("git sees the variables that keep it from fetching, prompting and looking around") {
  const auto variables = sterile_environment();
  CHECK(variables.size() == 9);
  for (const auto& [name, value] : variables) {
    CHECK(name.starts_with("GIT_"));
  }
}
