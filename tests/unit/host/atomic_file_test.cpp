#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/fault.hpp"
#include "host/files.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

namespace {

struct Faults {
  explicit Faults(std::string_view list) { REQUIRE(arm_faults(list)); }
  ~Faults() { (void)arm_faults(""); }
};

std::size_t count_names(const fs::path& directory) {
  return list_directory(*open_directory(directory), 100)->size();
}

}  // namespace

TEST_CASE("a file is written whole, with its mode whatever the umask, and replaces the old one") {
  const TemporaryDirectory scratch;
  const mode_t before = umask(077);
  REQUIRE(write_file_atomically(scratch / "file", "old", 0644, Durability::none));
  REQUIRE(write_file_atomically(scratch / "file", "new", 0644, Durability::synced));
  umask(before);
  CHECK(tests::read_file(scratch / "file") == "new");
  CHECK(describe(scratch / "file")->mode == 0644);
  CHECK(count_names(scratch.path()) == 1);
}

TEST_CASE("a failure at any step leaves the old file and no other") {
  const TemporaryDirectory scratch;
  scratch.write("file", "old");
  for (const std::string step : {"write", "fsync", "rename"}) {
    for (const std::string kind : {"error", "enospc", "timeout"}) {
      const Faults faults("state." + step + ":" + kind);
      const Status status =
          write_file_atomically(scratch / "file", "new", 0600, Durability::synced, "state");
      CHECK_FALSE(status.has_value());
      CHECK(tests::read_file(scratch / "file") == "old");
      CHECK(count_names(scratch.path()) == 1);
    }
  }
}

TEST_CASE("a crash while writing leaves the old file under the real name") {
  const TemporaryDirectory scratch;
  scratch.write("file", "old");
  const Faults faults("state.write:crash");
  const pid_t child = fork();
  if (child == 0) {
    (void)write_file_atomically(scratch / "file", "much longer", 0600, Durability::none, "state");
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(tests::read_file(scratch / "file") == "old");
  const auto names = list_directory(*open_directory(scratch.path()), 10);
  REQUIRE(names->size() == 2);
  CHECK(names->front().name.starts_with(".file."));
  CHECK(tests::read_file(scratch / names->front().name) == "much ");
}

TEST_CASE("a missing directory is said with the path that was to be written") {
  const TemporaryDirectory scratch;
  const Status status =
      write_file_atomically(scratch / "none/file", "text", 0600, Durability::none);
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().read_out().find("none/file") != std::string::npos);
}
