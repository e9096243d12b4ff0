#include "host/fault.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace sourceos;
using host::arm_faults;
using host::fault_point;

namespace {

struct Disarm {
  ~Disarm() { (void)arm_faults(""); }
};

}  // namespace

TEST_CASE("without armed faults every point is passed") {
  CHECK(fault_point("store.leaf.write").has_value());
}

TEST_CASE("an armed point fails with the kind asked for, others are passed") {
  const Disarm disarm;
  REQUIRE(arm_faults("store.leaf.write, store.blob.fsync:enospc,health:timeout"));
  const Status error = fault_point("store.leaf.write");
  REQUIRE_FALSE(error.has_value());
  CHECK(error.error().kind == ErrorKind::io);
  CHECK(error.error().reason == "fault-injected");
  CHECK(fault_point("store.blob.fsync").error().reason == "no-space");
  CHECK(fault_point("health").error().kind == ErrorKind::timeout);
  CHECK(fault_point("store.leaf").has_value());
}

TEST_CASE("a crash ends the process as if it had been killed") {
  const Disarm disarm;
  REQUIRE(arm_faults("point:crash"));
  const pid_t child = fork();
  if (child == 0) {
    (void)fault_point("point");
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
}

TEST_CASE("a signal fault sends TERM and lets the deed go on") {
  const Disarm disarm;
  static volatile sig_atomic_t seen = 0;
  struct sigaction action{};
  struct sigaction before{};
  action.sa_handler = [](int number) { seen = number; };
  sigaction(SIGTERM, &action, &before);
  REQUIRE(arm_faults("point:signal"));
  CHECK(fault_point("point").has_value());
  CHECK(seen == SIGTERM);
  sigaction(SIGTERM, &before, nullptr);
}

TEST_CASE("an unknown kind of fault is refused by name") {
  const Status status = arm_faults("point:explode");
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().reason == "seam-invalid");
  CHECK(status.error().message.find("explode") != std::string::npos);
}
