#include "host/ownership.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

TEST_CASE("a directory of ours is opened, and made when it is missing") {
  const TemporaryDirectory scratch;
  CHECK(open_owned_directory(scratch.path(), geteuid()).has_value());
  CHECK(open_owned_directory(scratch / "a", geteuid()).error().kind == ErrorKind::not_found);
  REQUIRE(make_owned_directory(scratch / "a/b/", geteuid()).has_value());
  CHECK(describe(scratch / "a/b")->mode == 0700);
  CHECK(make_owned_directory(scratch / "a/b", geteuid()).has_value());
}

TEST_CASE("a link on the way is foreign, even to a directory of ours") {
  const TemporaryDirectory scratch;
  scratch.write("real/store/file", "");
  fs::create_directory_symlink("real", scratch / "way");
  fs::create_directory_symlink("real/store", scratch / "link");
  CHECK(open_owned_directory(scratch / "way/store", geteuid()).error().reason == "foreign-store");
  CHECK(make_owned_directory(scratch / "link", geteuid()).error().reason == "foreign-store");
  CHECK(open_owned_file(scratch / "link/file", geteuid()).error().reason == "foreign-store");
}

TEST_CASE("a component that others can write to is foreign unless it is sticky") {
  const TemporaryDirectory scratch;
  scratch.write("open/store/file", "");
  REQUIRE(chmod((scratch / "open/store").c_str(), 0700) == 0);
  for (const mode_t mode : {0777U, 0775U, 0707U}) {
    REQUIRE(chmod((scratch / "open").c_str(), mode) == 0);
    const auto directory = open_owned_directory(scratch / "open/store", geteuid());
    REQUIRE_FALSE(directory.has_value());
    CHECK(directory.error().kind == ErrorKind::refused);
    CHECK(directory.error().reason == "foreign-store");
  }
  REQUIRE(chmod((scratch / "open").c_str(), 01777) == 0);
  CHECK(open_owned_directory(scratch / "open/store", geteuid()).has_value());
}

TEST_CASE("a directory on the way need not be readable") {
  const TemporaryDirectory scratch;
  scratch.write("home/store/file", "text");
  REQUIRE(chmod((scratch / "home").c_str(), 0311) == 0);
  CHECK(open_owned_directory(scratch / "home/store", geteuid()).has_value());
  CHECK(open_owned_file(scratch / "home/store/file", geteuid()).has_value());
  REQUIRE(chmod((scratch / "home").c_str(), 0700) == 0);
}

TEST_CASE("another user's directory is foreign, and so is root's for a user") {
  const TemporaryDirectory scratch;
  const auto directory = open_owned_directory(scratch.path(), geteuid() + 1);
  REQUIRE_FALSE(directory.has_value());
  CHECK(directory.error().reason == "foreign-store");
  CHECK(open_owned_directory("/", geteuid()).has_value());
  CHECK(open_owned_directory("/usr", 12'345).error().reason == "foreign-store");
}

TEST_CASE("root does not use what belongs to a user") {
  if (geteuid() != 0) {
    MESSAGE("skipped: needs root to give a directory away");
    return;
  }
  const TemporaryDirectory scratch;
  scratch.write("home/store/file", "");
  REQUIRE(chown((scratch / "home").c_str(), 1000, 1000) == 0);
  CHECK(open_owned_directory(scratch / "home/store", 0).error().reason == "foreign-store");
  CHECK(open_owned_file(scratch / "home/store/file", 0).error().reason == "foreign-store");
}

TEST_CASE("an owned file is a regular file of ours, not a link and not writable by others") {
  const TemporaryDirectory scratch;
  const fs::path file = scratch.write("key", "text");
  REQUIRE(chmod(file.c_str(), 0600) == 0);
  fs::create_symlink("key", scratch / "link");
  REQUIRE(mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  CHECK(*read_all(*open_owned_file(file, geteuid()), 10) == "text");
  CHECK(open_owned_file(scratch / "link", geteuid()).error().reason == "foreign-store");
  CHECK(open_owned_file(scratch / "fifo", geteuid()).error().reason == "special-file");
  CHECK(open_owned_file(scratch / "none", geteuid()).error().kind == ErrorKind::not_found);
  REQUIRE(chmod(file.c_str(), 0666) == 0);
  CHECK(open_owned_file(file, geteuid()).error().reason == "foreign-store");
}

TEST_CASE("an ordinary file system can keep a store") {
  const TemporaryDirectory scratch;
  CHECK(check_store_file_system(*open_directory(scratch.path())).has_value());
}
