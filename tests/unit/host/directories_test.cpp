#include <doctest/doctest.h>
#include <sys/stat.h>

#include "host/files.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

TEST_CASE("names come in byte order with their kinds, links not followed") {
  const TemporaryDirectory scratch;
  scratch.write("b", "");
  scratch.write("B", "");
  scratch.write("a/file", "");
  fs::create_directory_symlink("a", scratch / "c");
  REQUIRE(mkfifo((scratch / ".hidden").c_str(), 0600) == 0);
  const Descriptor directory = *open_directory(scratch.path());
  const auto entries = list_directory(directory, 10);
  REQUIRE(entries.has_value());
  REQUIRE(entries->size() == 5);
  CHECK((*entries)[0].name == ".hidden");
  CHECK((*entries)[0].kind == FileKind::fifo);
  CHECK((*entries)[1].name == "B");
  CHECK((*entries)[2].kind == FileKind::directory);
  CHECK((*entries)[4].kind == FileKind::link);
  CHECK(list_directory(directory, 10)->size() == 5);
}

TEST_CASE("a directory with more names than allowed is a limit") {
  const TemporaryDirectory scratch;
  scratch.write("a", "");
  scratch.write("b", "");
  const Descriptor directory = *open_directory(scratch.path());
  CHECK(list_directory(directory, 2).has_value());
  CHECK(list_directory(directory, 1).error().kind == ErrorKind::limit);
}

TEST_CASE("a sub-directory is opened, a link to one is not") {
  const TemporaryDirectory scratch;
  scratch.write("folder/file", "");
  fs::create_directory_symlink("folder", scratch / "link");
  const Descriptor directory = *open_directory(scratch.path());
  CHECK(open_subdirectory(directory, "folder").has_value());
  CHECK_FALSE(open_subdirectory(directory, "link").has_value());
  CHECK(open_subdirectory(directory, "none").error().kind == ErrorKind::not_found);
}

TEST_CASE("the kernel's own file systems are unsafe to collect, ordinary ones are not") {
  const TemporaryDirectory scratch;
  CHECK(is_unsafe_file_system(*open_directory("/proc")));
  CHECK(is_unsafe_file_system(*open_directory("/sys")));
  CHECK_FALSE(is_unsafe_file_system(*open_directory(scratch.path())));
}

TEST_CASE("missing parents are made with the mode asked for, existing ones are left as they are") {
  const TemporaryDirectory scratch;
  REQUIRE(make_directories(scratch / "a/b/c", 0700));
  CHECK(describe(scratch / "a")->mode == 0700);
  CHECK(describe(scratch / "a/b/c")->mode == 0700);
  REQUIRE(make_directories(scratch / "a/b/c", 0755));
  CHECK(describe(scratch / "a/b/c")->mode == 0700);
  REQUIRE(make_directories("/", 0755));
}

TEST_CASE("a file in the place of a directory is an error") {
  const TemporaryDirectory scratch;
  scratch.write("file", "");
  CHECK_FALSE(make_directories(scratch / "file", 0700).has_value());
  CHECK_FALSE(make_directories(scratch / "file/below", 0700).has_value());
}

TEST_CASE("a tree is removed without touching what its links lead to") {
  const TemporaryDirectory scratch;
  scratch.write("outside/file", "kept");
  scratch.write("tree/a/b", "");
  fs::create_directory_symlink(scratch / "outside", scratch / "tree/link");
  REQUIRE(remove_tree(scratch / "tree"));
  CHECK_FALSE(fs::exists(scratch / "tree"));
  CHECK(fs::exists(scratch / "outside/file"));
  CHECK(remove_tree(scratch / "never-was").has_value());
}
