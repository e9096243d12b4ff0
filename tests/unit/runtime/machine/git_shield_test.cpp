#include "runtime/machine/git_shield.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

namespace sourceos::runtime {
namespace {

namespace fs = std::filesystem;

struct Tree {
  tests::TemporaryDirectory dir;
  fs::path root = fs::canonical(dir.path());

  GitShield shield() { return shield_git(Adapter::on_linux, root.string()); }
  // "path" or "path rw", in order.
  std::vector<std::string> parts() {
    std::vector<std::string> words;
    for (const ShieldedPart& part : shield().parts) {
      words.push_back(part.path + (part.is_read_only ? "" : " rw"));
    }
    return words;
  }
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("hooks and configuration are read-only, and their directory cannot be moved away") {
  Tree tree;
  CHECK(tree.parts().empty());
  fs::create_directories(tree.root / ".git/hooks");
  (void)tree.dir.write(".git/config", "[core]\n");
  CHECK(tree.parts() == Words{".git rw", ".git/hooks", ".git/config"});
  const GitShield shield = tree.shield();
  for (const ShieldedPart& part : shield.parts) {
    CHECK(part.pin.has_value());
  }
}

TEST_CASE("a git directory that a file in the tree names is shielded, and so is the file") {
  Tree tree;
  fs::create_directories(tree.root / "real/objects");
  fs::create_directories(tree.root / "real/refs");
  (void)tree.dir.write("real/HEAD", "ref: refs/heads/main\n");
  (void)tree.dir.write("real/config", "[core]\n");
  (void)tree.dir.write(".git", "gitdir: real\n");
  CHECK(tree.parts() == Words{".git", "real rw", "real/config"});
  (void)tree.dir.write("real/commondir", "../elsewhere\n");
  CHECK(tree.shield().cannot == "git-directory-outside");
}

TEST_CASE("what lies outside or behind a link cannot be shielded") {
  Tree tree;
  (void)tree.dir.write(".git", "gitdir: /somewhere/else\n");
  CHECK(tree.shield().cannot == "git-directory-outside");
  fs::remove(tree.root / ".git");
  fs::create_directories(tree.root / "real");
  fs::create_directory_symlink("real", tree.root / ".git");
  CHECK(tree.shield().cannot == "git-metadata-linked");
  fs::remove(tree.root / ".git");
  fs::create_directories(tree.root / ".git");
  (void)tree.dir.write("cfg", "[core]\n");
  fs::create_symlink("../cfg", tree.root / ".git/config");
  CHECK(tree.shield().cannot == "git-metadata-linked");
  CHECK(tree.shield().parts.empty());
}

}  // namespace sourceos::runtime
