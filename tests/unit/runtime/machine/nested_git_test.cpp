#include "runtime/machine/nested_git.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

using Paths = std::vector<std::string>;

struct Scene {
  tests::TemporaryDirectory tree;
  Scene() {
    tree.write(".git/config", "[core]\n");
    tree.write(".git/modules/lib/config", "[core]\n");
    tree.write(".git/modules/deep/er/config", "[core]\n");
    tree.write(".git/objects/aa/config", "no module\n");
    tree.write("vendor/one/.git/config", "[core]\n");
    tree.write("vendor/one/.git/hooks/pre-commit.sample", "x");
    tree.write("lib/.git", "gitdir: ../.git/modules/lib\n");
  }
  Paths changed_since(const NestedGit& before) const { return changed_nested_git(before, look_at_nested_git(tree.path())); }
};

}  // namespace

TEST_CASE("nested repositories, files that lead to one and modules are found, the tree's own is not") {
  const Scene scene;
  const NestedGit seen = look_at_nested_git(scene.tree.path());
  Paths paths;
  for (const auto& [path, digest] : seen.digests) {
    paths.push_back(path);
  }
  CHECK(paths == Paths{".git/modules/deep/er", ".git/modules/lib", "lib/.git", "vendor/one/.git"});
  CHECK(seen.is_whole);
  CHECK(changed_nested_git(seen, seen).empty());
}

TEST_CASE("whatever makes git run something shows") {
  const auto changed = [](const char* path) {
    const Scene scene;
    const NestedGit before = look_at_nested_git(scene.tree.path());
    scene.tree.write(path, "changed\n");
    return scene.changed_since(before);
  };
  CHECK(changed("vendor/one/.git/hooks/pre-commit") == Paths{"vendor/one/.git"});
  CHECK(changed("vendor/one/.git/config") == Paths{"vendor/one/.git"});
  CHECK(changed("vendor/one/.git/info/attributes") == Paths{"vendor/one/.git"});
  CHECK(changed("vendor/one/.git/objects/info/alternates") == Paths{"vendor/one/.git"});
  CHECK(changed(".git/modules/lib/hooks/post-checkout") == Paths{".git/modules/lib"});
  CHECK(changed("lib/.git") == Paths{"lib/.git"});
  CHECK(changed("new/.git/config") == Paths{"new/.git"});
  CHECK(changed("vendor/one/.git/hooks/other.sample").empty());
  CHECK(changed("vendor/one/file").empty());
}

TEST_CASE("links are not followed") {
  const Scene scene;
  const tests::TemporaryDirectory outside;
  outside.write(".git/config", "x");
  std::filesystem::create_directory_symlink(outside.path(), scene.tree / "linked");
  CHECK(look_at_nested_git(scene.tree.path()).digests.count("linked/.git") == 0);
}
