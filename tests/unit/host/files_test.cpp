#include "host/files.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

TEST_CASE("a description tells the kind and never follows a link") {
  const TemporaryDirectory scratch;
  const fs::path file = scratch.write("file", "12345");
  fs::create_symlink(file, scratch / "link");
  REQUIRE(mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  CHECK(describe(file)->kind == FileKind::regular);
  CHECK(describe(file)->size == 5);
  CHECK(describe(scratch / "link")->kind == FileKind::link);
  CHECK(describe(scratch / "fifo")->kind == FileKind::fifo);
  CHECK(describe(scratch.path())->kind == FileKind::directory);
  CHECK(describe(fs::path("/dev/null"))->kind == FileKind::device);
  CHECK(describe(scratch / "none").error().kind == ErrorKind::not_found);
}

TEST_CASE("a whole file is read, whatever size its directory entry says") {
  const TemporaryDirectory scratch;
  const std::string large(1'000'000, 'x');
  CHECK(*read_file(scratch.write("large", large), large.size()) == large);
  CHECK(read_file(scratch.write("empty", ""), 10)->empty());
  const Result<std::string> status = read_file("/proc/self/status", 100'000);
  REQUIRE(status.has_value());
  CHECK(status->starts_with("Name:"));
}

TEST_CASE("a file larger than its cap is a limit, said before it is read") {
  const TemporaryDirectory scratch;
  const Result<std::string> bytes = read_file(scratch.write("file", "12345"), 4);
  REQUIRE_FALSE(bytes.has_value());
  CHECK(bytes.error().kind == ErrorKind::limit);
  CHECK(read_file("/proc/self/status", 10).error().kind == ErrorKind::limit);
}

TEST_CASE("reading a FIFO, a socket, a device or a directory is refused and does not hang") {
  const TemporaryDirectory scratch;
  REQUIRE(mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  CHECK(read_file(scratch / "fifo", 10).error().reason == "special-file");
  CHECK(read_file("/dev/zero", 10).error().reason == "special-file");
  CHECK(read_file(scratch.path(), 10).error().reason == "special-file");
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (scratch / "socket").native().copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  CHECK(read_file(scratch / "socket", 10).error().reason == "special-file");
}

TEST_CASE("a file named by the user may not be a link, the way to it may have some") {
  const TemporaryDirectory scratch;
  scratch.write("folder/file", "text");
  fs::create_directory_symlink(scratch / "folder", scratch / "way");
  fs::create_symlink(scratch / "folder/file", scratch / "link");
  CHECK(*read_file(scratch / "way/file", 10) == "text");
  CHECK(read_file(scratch / "link", 10).error().reason == "link");
}

TEST_CASE("an exact read gives all bytes or says that the file is too short") {
  const TemporaryDirectory scratch;
  const Descriptor file = *open_regular(scratch.write("file", "0123456789"));
  std::string buffer(4, '\0');
  REQUIRE(read_exactly_at(file, 6, buffer.data(), buffer.size()));
  CHECK(buffer == "6789");
  const Status status = read_exactly_at(file, 8, buffer.data(), buffer.size());
  CHECK(status.error().reason == "file-truncated");
  CHECK(status.error().kind == ErrorKind::malformed);
}

TEST_CASE("writing to a full device is an error that says so") {
  const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  CHECK(write_all(full, "text").error().reason == "no-space");
}

TEST_CASE("a descriptor that is moved from owns nothing") {
  Descriptor one(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = one.get();
  Descriptor other = std::move(one);
  CHECK(other.get() == number);
  other = Descriptor();
  CHECK_FALSE(other);
  CHECK(fcntl(number, F_GETFD) == -1);
}
