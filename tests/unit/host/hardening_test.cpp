#include "host/hardening.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

using namespace sourceos;
using namespace sourceos::host;

namespace {

// What harden_process changes is the process: it is tried in a child. 0 when the check held.
template <class Check>
int in_child(Check check) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(check() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace

TEST_CASE("a hardened process leaves no dump and makes files for its user only") {
  CHECK(in_child([] {
          rlimit core{1, 1};
          return harden_process() && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
                 getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 &&
                 umask(0) == 077;
        }) == 0);
}

TEST_CASE("closed standard streams stay unusable, and no file takes their number") {
  CHECK(in_child([] {
          close(0);
          close(1);
          close(2);
          if (!harden_process()) {
            return false;
          }
          char byte = 0;
          const int next = open("/dev/null", O_RDONLY);
          return next > 2 && read(0, &byte, 1) < 0 && write(1, "x", 1) < 0 && write(2, "x", 1) < 0;
        }) == 0);
}

TEST_CASE("a raw buffer is empty in a forked child and zero after it was wiped") {
  RawBuffer buffer(1000);
  CHECK(buffer.size() >= 1000);
  std::memset(buffer.data(), 'x', buffer.size());
  CHECK(in_child([&] { return buffer.data()[10] == 0; }) == 0);
  CHECK(buffer.data()[10] == 'x');
  buffer.wipe();
  CHECK(std::all_of(buffer.data(), buffer.data() + buffer.size(), [](char c) { return c == 0; }));
}

TEST_CASE("a raw buffer is marked as not for dumps") {
  RawBuffer buffer(100'000);
  buffer.data()[0] = 'x';
  const auto wanted = reinterpret_cast<std::uintptr_t>(buffer.data());
  FILE* maps = std::fopen("/proc/self/smaps", "r");
  REQUIRE(maps != nullptr);
  char line[512];
  bool inside = false;
  bool is_marked = false;
  while (std::fgets(line, sizeof line, maps) != nullptr) {
    unsigned long from = 0;
    unsigned long to = 0;
    if (std::sscanf(line, "%lx-%lx ", &from, &to) == 2) {
      inside = from <= wanted && wanted < to;
    } else if (inside && std::strncmp(line, "VmFlags:", 8) == 0) {
      is_marked = std::strstr(line, " dd") != nullptr && std::strstr(line, " wf") != nullptr;
    }
  }
  std::fclose(maps);
  CHECK(is_marked);
}

TEST_CASE("a wiped string is empty") {
  std::string secret = "something that was here";
  wipe(secret);
  CHECK(secret.empty());
}

TEST_CASE("a moved raw buffer takes its memory along") {
  RawBuffer one(10);
  one.data()[0] = 'x';
  RawBuffer other = std::move(one);
  CHECK(other.data()[0] == 'x');
  RawBuffer third(20);
  third = std::move(other);
  CHECK(third.data()[0] == 'x');
}
