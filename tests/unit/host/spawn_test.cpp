#include "host/spawn.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "host/files.hpp"

using namespace sourceos::host;

namespace {

struct Run {
  int status = 0;
  std::string output;
};

SpawnPlan shell_plan(const std::string& script) {
  SpawnPlan plan;
  plan.program = "/bin/sh";
  plan.argv = {"sh", "-c", script};
  plan.environment = {"NAME=value"};
  return plan;
}

Run run(SpawnPlan plan) {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const Descriptor read_end(ends[0]);
  Descriptor write_end(ends[1]);
  const Descriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  plan.input = nothing.get();
  plan.output = write_end.get();
  plan.error_output = write_end.get();
  const Spawned spawned = spawn(plan);
  REQUIRE(spawned.pid > 0);
  write_end = Descriptor();
  Run result;
  result.output = *read_all(read_end, 1'000'000);
  REQUIRE(waitpid(spawned.pid, &result.status, 0) == spawned.pid);
  return result;
}

}  // namespace

TEST_CASE("a child sees the environment it was given and nothing else") {
  SpawnPlan plan = shell_plan("");
  plan.program = "/usr/bin/env";
  plan.argv = {"env"};
  CHECK(run(plan).output == "NAME=value\n");
}

TEST_CASE("a child has descriptors 0, 1 and 2 only, even if one of ours stays open over exec") {
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int leaky = fcntl(nothing.get(), F_DUPFD, 50);  // NOLINT: not close-on-exec by intent
  const std::string number = std::to_string(leaky);
  const Run result = run(shell_plan("for n in 0 1 2 " + number +
                                    "; do test -e /proc/$$/fd/$n && echo $n; done; true"));
  close(leaky);
  CHECK(result.output == "0\n1\n2\n");
}

TEST_CASE("a child leads a session and a group of its own") {
  const Run result = run(shell_plan("read -r a b c d pgrp sid rest < /proc/$$/stat; "
                                    "echo \"$$ $pgrp $sid\""));
  const std::string pid = result.output.substr(0, result.output.find(' '));
  CHECK(result.output == pid + " " + pid + " " + pid + "\n");
}

TEST_CASE("a child starts with default actions and no blocked signals") {
  struct sigaction ignore{};
  struct sigaction before{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &before);
  // 32 is one that the C library does not let us set.
  constexpr unsigned long k_ignore[16] = {1};
  unsigned long before_32[16] = {};
  syscall(SYS_rt_sigaction, 32, k_ignore, before_32, 8);
  const Run result = run(shell_plan("grep -E '^Sig(Blk|Ign)' /proc/self/status"));
  syscall(SYS_rt_sigaction, 32, before_32, nullptr, 8);
  sigaction(SIGPIPE, &before, nullptr);
  CHECK(result.output == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("what cannot be run is said with the step that failed") {
  SpawnPlan plan = shell_plan("true");
  const Descriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  plan.input = plan.output = plan.error_output = nothing.get();
  plan.working_directory = "/no/such/directory";
  CHECK(spawn(plan).step == SpawnStep::working_directory);
  plan.working_directory.clear();
  plan.program = "/no/such/program";
  const Spawned missing = spawn(plan);
  CHECK(missing.pid == -1);
  CHECK(missing.step == SpawnStep::execute);
  CHECK(missing.errno_value == ENOENT);
  plan.program = "/etc/passwd";
  CHECK(spawn(plan).errno_value == EACCES);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);  // no zombie is left
}

TEST_CASE("a child dies with its parent") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const pid_t parent = fork();
  if (parent == 0) {
    SpawnPlan plan = shell_plan("exec sleep 600");
    plan.input = plan.output = plan.error_output = ends[1];
    _exit(spawn(plan).pid > 0 ? 0 : 1);
  }
  close(ends[1]);
  int status = 1;
  REQUIRE(waitpid(parent, &status, 0) == parent);
  CHECK(status == 0);
  char byte = 0;
  CHECK(read(ends[0], &byte, 1) == 0);
  close(ends[0]);
}
