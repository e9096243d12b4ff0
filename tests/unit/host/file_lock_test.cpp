#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "host/files.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

TEST_CASE("a lock that is held cannot be taken, and can be once it is free") {
  const TemporaryDirectory scratch;
  {
    const Result<FileLock> held = FileLock::acquire(scratch / "lock");
    REQUIRE(held.has_value());
    CHECK_FALSE(FileLock::try_acquire(scratch / "lock")->has_value());
  }
  CHECK(FileLock::try_acquire(scratch / "lock")->has_value());
  CHECK(describe(scratch / "lock")->mode == 0600);
}

TEST_CASE("the lock of a killed process is free at once") {
  const TemporaryDirectory scratch;
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const Result<FileLock> held = FileLock::acquire(scratch / "lock");
    (void)!write(ready[1], held ? "y" : "n", 1);
    pause();
    _exit(0);
  }
  char answer = 0;
  REQUIRE(read(ready[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  CHECK_FALSE(FileLock::try_acquire(scratch / "lock")->has_value());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  CHECK(FileLock::try_acquire(scratch / "lock")->has_value());
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("one who waited gets a lock on the file that is there, not on a removed one") {
  const TemporaryDirectory scratch;
  const fs::path path = scratch / "lock";
  auto first = std::make_unique<FileLock>(std::move(*FileLock::acquire(path)));
  std::atomic<bool> has_lock = false;
  std::thread waiter([&] {
    const Result<FileLock> lock = FileLock::acquire(path);
    has_lock = lock.has_value() && fs::exists(path) &&
               !FileLock::try_acquire(path)->has_value();
  });
  fs::remove(path);
  first.reset();
  waiter.join();
  CHECK(has_lock);
}

TEST_CASE("a link in the place of a lock file is not followed") {
  const TemporaryDirectory scratch;
  fs::create_symlink("elsewhere", scratch / "lock");
  CHECK_FALSE(FileLock::acquire(scratch / "lock").has_value());
  CHECK_FALSE(fs::exists(scratch / "elsewhere"));
}
