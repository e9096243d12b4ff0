#include "host/tree_owner.hpp"

#include <doctest/doctest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "host/files.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

namespace {

constexpr uid_t k_user = 1000;

// A user's tree with a file of the user, one of root only, and one of root's group.
struct UserTree {
  UserTree() {
    scratch.write("tree/own", "user");
    scratch.write("tree/secret", "root only");
    scratch.write("tree/group", "root's group");
    scratch.write("tree/closed/file", "");
    REQUIRE(chown((scratch / "tree").c_str(), k_user, k_user) == 0);
    REQUIRE(chown((scratch / "tree/own").c_str(), k_user, k_user) == 0);
    REQUIRE(chmod((scratch / "tree/own").c_str(), 0600) == 0);
    REQUIRE(chmod((scratch / "tree/secret").c_str(), 0600) == 0);
    REQUIRE(chmod((scratch / "tree/group").c_str(), 0040) == 0);
    REQUIRE(chmod((scratch / "tree/closed").c_str(), 0700) == 0);
    root = *open_directory(scratch / "tree");
  }
  TemporaryDirectory scratch;
  Descriptor root;
};

bool can_play_root() {
  if (geteuid() != 0) {
    MESSAGE("skipped: needs root");
    return false;
  }
  return true;
}

}  // namespace

TEST_CASE("root reads a user's tree with that user's rights only") {
  if (!can_play_root()) {
    return;
  }
  const UserTree tree;
  CHECK(*read_all(*open_beneath(tree.root, "own"), 100) == "user");
  CHECK(open_beneath(tree.root, "secret").error().kind == ErrorKind::permission);
  CHECK(open_beneath(tree.root, "group").error().kind == ErrorKind::permission);
  CHECK(open_subdirectory(tree.root, "closed").error().kind == ErrorKind::permission);
  CHECK(list_directory(tree.root, 10)->size() == 4);
}

TEST_CASE("afterwards the thread is root again, with its groups, and errno is the open's") {
  if (!can_play_root()) {
    return;
  }
  const UserTree tree;
  const int groups = getgroups(0, nullptr);
  errno = ENOTTY;
  {
    const TreeOwner owner(tree.root.get());
    CHECK(owner.ready());
    CHECK(static_cast<uid_t>(setfsuid(static_cast<uid_t>(-1))) == k_user);
    errno = EXDEV;
  }
  CHECK(errno == EXDEV);
  CHECK(setfsuid(static_cast<uid_t>(-1)) == 0);
  CHECK(setfsgid(static_cast<gid_t>(-1)) == static_cast<int>(getegid()));
  CHECK(getgroups(0, nullptr) == groups);
  CHECK(*read_file(tree.scratch / "tree/secret", 100) == "root only");
}

TEST_CASE("a tree of our own is opened as ourselves") {
  const TemporaryDirectory scratch;
  const Descriptor root = *open_directory(scratch.path());
  const TreeOwner owner(root.get());
  CHECK(owner.ready());
  CHECK(static_cast<uid_t>(setfsuid(static_cast<uid_t>(-1))) == geteuid());
}
