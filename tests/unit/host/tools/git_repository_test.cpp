#include "host/tools/git_repository.hpp"

#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::host;

namespace {

void make_git_directory(const fs::path& path) {
  fs::create_directories(path / "objects");
  fs::create_directories(path / "refs");
}

}  // namespace

TEST_CASE("the parts of a plain repository are found") {
  const tests::TemporaryDirectory directory;
  make_git_directory(directory / ".git");
  const auto location = locate_repository(directory.path());
  REQUIRE(location);
  CHECK(location->layout == GitLayout::work_tree);
  CHECK(location->git_dir == directory / ".git");
  CHECK(location->common_dir == directory / ".git");
}

TEST_CASE("a git file inside the tree is followed, one that leads out is recorded") {
  const tests::TemporaryDirectory directory;
  make_git_directory(directory / "tree/real");
  directory.write("tree/.git", "gitdir: real\n");
  auto location = locate_repository(directory / "tree");
  REQUIRE(location);
  CHECK(location->layout == GitLayout::work_tree);
  CHECK(location->git_dir == directory / "tree/real");

  make_git_directory(directory / "elsewhere");
  for (const std::string& target : {std::string("../elsewhere"), (directory / "elsewhere").string(),
                                   std::string("real/../../elsewhere")}) {
    directory.write("tree/.git", "gitdir: " + target + "\n");
    location = locate_repository(directory / "tree");
    REQUIRE(location);
    CHECK(location->layout == GitLayout::outside);
    CHECK(location->points_to == target);
  }
}

TEST_CASE("links on the way to a git directory are not followed") {
  const tests::TemporaryDirectory directory;
  make_git_directory(directory / "elsewhere");
  fs::create_directories(directory / "tree");
  fs::create_directory_symlink(directory / "elsewhere", directory / "tree/inside");
  directory.write("tree/.git", "gitdir: inside\n");
  auto location = locate_repository(directory / "tree");
  REQUIRE(location);
  CHECK(location->layout == GitLayout::outside);

  fs::remove(directory / "tree/.git");
  fs::create_directory_symlink(directory / "elsewhere", directory / "tree/.git");
  location = locate_repository(directory / "tree");
  REQUIRE(location);
  CHECK(location->layout == GitLayout::outside);
  CHECK(location->points_to == (directory / "elsewhere").string());
}

TEST_CASE("a common directory that leads out is recorded") {
  const tests::TemporaryDirectory directory;
  make_git_directory(directory / "tree/.git");
  directory.write("tree/.git/commondir", "../../elsewhere\n");
  const auto location = locate_repository(directory / "tree");
  REQUIRE(location);
  CHECK(location->layout == GitLayout::outside);
}

TEST_CASE("a bare repository is known by its parts") {
  const tests::TemporaryDirectory directory;
  CHECK(locate_repository(directory.path()).error().reason == "not-a-repository");
  make_git_directory(directory.path());
  directory.write("HEAD", "ref: refs/heads/main\n");
  const auto location = locate_repository(directory.path());
  REQUIRE(location);
  CHECK(location->layout == GitLayout::bare);
  CHECK(to_string(location->layout) == "bare");
}

TEST_CASE("the repository above a directory is found") {
  const tests::TemporaryDirectory directory;
  make_git_directory(directory / ".git");
  fs::create_directories(directory / "a/b");
  const auto found = find_repository_above(directory / "a/b");
  REQUIRE(found);
  CHECK(*found == directory.path());
}

TEST_CASE("settings of both configuration files are read, a broken one is told") {
  const tests::TemporaryDirectory directory;
  make_git_directory(directory / ".git");
  directory.write(".git/config", "[core]\nbare = false\n");
  directory.write(".git/config.worktree", "[core]\nfsmonitor = x\n");
  const auto location = locate_repository(directory.path());
  REQUIRE(location);
  auto settings = read_repository_settings(*location);
  CHECK(settings.settings.size() == 2);
  CHECK_FALSE(settings.malformed);
  directory.write(".git/config", "[core");
  settings = read_repository_settings(*location);
  CHECK(settings.malformed);
  CHECK(settings.settings.size() == 1);
}

TEST_CASE("hooks that may run are listed, samples are not") {
  const tests::TemporaryDirectory directory;
  make_git_directory(directory / ".git");
  directory.write(".git/hooks/pre-commit", "#!/bin/sh\n");
  directory.write(".git/hooks/pre-push.sample", "#!/bin/sh\n");
  directory.write(".git/hooks/off", "#!/bin/sh\n");
  fs::permissions(directory / ".git/hooks/pre-commit", fs::perms::owner_all);
  fs::permissions(directory / ".git/hooks/pre-push.sample", fs::perms::owner_all);
  const auto location = locate_repository(directory.path());
  REQUIRE(location);
  const auto executions = find_executions(*location, {});
  REQUIRE(executions.size() == 1);
  CHECK(executions[0].setting == "hooks/pre-commit");
}

TEST_CASE("a linked file of a repository is refused") {
  const tests::TemporaryDirectory directory;
  directory.write("secret", "x");
  fs::create_directories(directory / "repo");
  fs::create_symlink(directory / "secret", directory / "repo/HEAD");
  CHECK_FALSE(read_beneath(directory / "repo", "HEAD", 100));
}
