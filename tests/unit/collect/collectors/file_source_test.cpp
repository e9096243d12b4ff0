#include "collect/collectors/file_source.hpp"

#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

using namespace sourceos;
using namespace sourceos::collect;

namespace {

std::shared_ptr<const FileRoot> root_of(const tests::TemporaryDirectory& directory,
                                        std::uint32_t uid = ::geteuid()) {
  auto root = std::make_shared<FileRoot>();
  root->directory = host::open_directory(directory.path()).value();
  root->path = directory.path().string();
  root->uid = uid;
  return root;
}

}  // namespace

TEST_CASE("a file is read with its facts") {
  const tests::TemporaryDirectory directory;
  directory.write("a/b.txt", "hello");
  FileSource source(root_of(directory), "a/b.txt");
  CHECK(source.open().value() == 5);
  char buffer[16];
  CHECK(source.read(buffer, sizeof buffer).value() == 5);
  CHECK(source.read(buffer, sizeof buffer).value() == 0);
  const SourceEnd end = source.finish().value();
  CHECK(end.cut.empty());
  CHECK(end.info->path == (directory / "a/b.txt").string());
  CHECK(end.info->size == 5);
  CHECK(end.info->read == 5);
  CHECK_FALSE(end.info->changed);
}

TEST_CASE("a file that grows while it is read ends at the size seen first and is marked") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.write("log", "12345");
  FileSource source(root_of(directory), "log");
  REQUIRE(source.open());
  std::ofstream(path, std::ios::app) << "678";
  char buffer[16];
  CHECK(source.read(buffer, sizeof buffer).value() == 5);
  CHECK(source.read(buffer, sizeof buffer).value() == 0);
  const SourceEnd end = source.finish().value();
  CHECK(end.info->changed);
  CHECK(end.info->size == 5);
}

TEST_CASE("links, special files and missing files are not opened") {
  const tests::TemporaryDirectory directory;
  directory.write("target", "x");
  std::filesystem::create_symlink("target", directory / "link");
  std::filesystem::create_directories(directory / "real");
  directory.write("real/x", "x");
  std::filesystem::create_directory_symlink("real", directory / "linked");
  REQUIRE(::mkfifo((directory / "fifo").c_str(), 0600) == 0);
  const auto root = root_of(directory);
  CHECK(FileSource(root, "link").open().error().reason == "link");
  CHECK(FileSource(root, "linked/x").open().error().reason == "link");
  CHECK(FileSource(root, "fifo").open().error().reason == "special-file");
  CHECK(FileSource(root, "missing").open().error().kind == ErrorKind::not_found);
  CHECK_FALSE(FileSource(root, "../x").open());
}

TEST_CASE("another's file under a further name is not read") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.write("a", "x");
  std::filesystem::create_hard_link(path, directory / "b");
  CHECK(FileSource(root_of(directory), "b").open());
  const auto foreign = root_of(directory, ::geteuid() + 1);
  CHECK(FileSource(foreign, "b").open().error().reason == "linked-elsewhere");
}

TEST_CASE("a file without a size is read to its end") {
  auto root = std::make_shared<FileRoot>();
  root->directory = host::open_directory("/proc/self").value();
  root->path = "/proc/self";
  root->uid = ::geteuid();
  FileSource source(root, "status");
  CHECK_FALSE(source.open().value());
  char buffer[65536];
  CHECK(source.read(buffer, sizeof buffer).value() > 0);
}

TEST_CASE("root reads a tree's own files, whoever it belongs to") {
  host::FileFacts directory;
  directory.uid = 1000;
  CHECK(trusted_owner(0, directory) == 1000);
  CHECK(trusted_owner(501, directory) == 501);
  host::FileFacts file;
  file.uid = 1000;
  file.links = 2;
  CHECK_FALSE(is_linked_elsewhere(file, 1000));
  CHECK(is_linked_elsewhere(file, 501));
  file.links = 1;
  CHECK_FALSE(is_linked_elsewhere(file, 501));
}
