#include "host/open_beneath.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "host/files.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

namespace {

struct Tree {
  Tree() {
    scratch.write("root/folder/file", "text");
    scratch.write("outside", "secret");
    fs::create_symlink("../outside", scratch / "root/link");
    fs::create_directory_symlink("folder", scratch / "root/way");
    REQUIRE(mkfifo((scratch / "root/fifo").c_str(), 0600) == 0);
    root = *open_directory(scratch / "root");
  }
  TemporaryDirectory scratch;
  Descriptor root;
};

int walk_errno(const Descriptor& root, const fs::path& path) {
  const Descriptor found(walk_beneath(root.get(), path, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  return found ? 0 : errno;
}

}  // namespace

TEST_CASE("a file below an open directory is opened and described at once") {
  const Tree tree;
  const Result<OpenedFile> file = open_file_beneath(tree.root, "folder/file");
  REQUIRE(file.has_value());
  CHECK(file->facts.size == 4);
  CHECK(*read_all(file->descriptor, 10) == "text");
  CHECK((fcntl(file->descriptor.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("links, ways out and special files are refused by their name") {
  const Tree tree;
  CHECK(open_beneath(tree.root, "link").error().reason == "link");
  CHECK(open_beneath(tree.root, "way/file").error().reason == "link");
  CHECK(open_beneath(tree.root, "../outside").error().reason == "path-outside");
  CHECK(open_beneath(tree.root, "fifo").error().reason == "special-file");
  CHECK(open_beneath(tree.root, "folder").error().reason == "special-file");
  CHECK(open_beneath(tree.root, "none").error().kind == ErrorKind::not_found);
}

TEST_CASE("an absolute path is a way out, even one that leads back in") {
  const Tree tree;
  const fs::path absolute = tree.scratch / "root/folder/file";
  CHECK(open_beneath(tree.root, absolute).error().reason == "path-outside");
  CHECK(walk_errno(tree.root, absolute) == EXDEV);
}

TEST_CASE("where the kernel has no openat2 the walk refuses the same") {
  const Tree tree;
  CHECK(walk_errno(tree.root, "folder/file") == 0);
  CHECK(walk_errno(tree.root, "link") == ELOOP);
  CHECK(walk_errno(tree.root, "way/file") == ELOOP);
  CHECK(walk_errno(tree.root, "../outside") == EXDEV);
  CHECK(walk_errno(tree.root, "folder/..") == EXDEV);
  CHECK(walk_errno(tree.root, "none/file") == ENOENT);
}

TEST_CASE("reading leaves the access time of our own files alone") {
  const Tree tree;
  const fs::path path = tree.scratch / "root/folder/file";
  const timespec old[2] = {{1'000'000, 0}, {2'000'000, 0}};
  REQUIRE(utimensat(AT_FDCWD, path.c_str(), old, 0) == 0);
  REQUIRE(read_all(*open_beneath(tree.root, "folder/file"), 10));
  struct stat found{};
  REQUIRE(stat(path.c_str(), &found) == 0);
  CHECK(found.st_atim.tv_sec == 1'000'000);
}
