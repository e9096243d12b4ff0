#include "host/interrupt.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace sourceos;

namespace {

// The flag cannot be taken back, so each case runs in a child.
template <class Check>
bool holds_in_child(Check check) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(check() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("INT, TERM and HUP set the flag to the first that came") {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    CHECK(holds_in_child([number] {
      const volatile int* flag = host::watch_interrupts();
      if (*flag != 0) {
        return false;
      }
      raise(number);
      raise(SIGTERM);
      return *flag == number && host::watch_interrupts() == flag;
    }));
  }
}

TEST_CASE("a signal that was ignored at the start stays ignored") {
  CHECK(holds_in_child([] {
    signal(SIGHUP, SIG_IGN);
    const volatile int* flag = host::watch_interrupts();
    raise(SIGHUP);
    return *flag == 0;
  }));
}

TEST_CASE("a blocked system call ends when an interrupt comes") {
  CHECK(holds_in_child([] {
    const volatile int* flag = host::watch_interrupts();
    int ends[2];
    if (pipe(ends) != 0) {
      return false;
    }
    alarm(20);  // a hang ends the child
    const pid_t parent = getpid();
    const pid_t sender = fork();
    if (sender == 0) {
      while (kill(parent, SIGINT) == 0) {
        usleep(10'000);
      }
      _exit(0);
    }
    char byte = 0;
    const bool ended = read(ends[0], &byte, 1) < 0;
    kill(sender, SIGKILL);
    return ended && *flag == SIGINT;
  }));
}

TEST_CASE("what undoes an interrupted action sees no interrupt, and afterwards it is there") {
  CHECK(holds_in_child([] {
    const volatile int* flag = host::watch_interrupts();
    raise(SIGHUP);
    bool was_quiet = false;
    {
      const host::InterruptShield shield;
      const host::InterruptShield inner;
      raise(SIGTERM);
      was_quiet = *flag == 0;
    }
    return was_quiet && *flag == SIGHUP;
  }));
}

TEST_CASE("an interrupt that comes while shielded is seen at the end") {
  CHECK(holds_in_child([] {
    const volatile int* flag = host::watch_interrupts();
    {
      const host::InterruptShield shield;
      raise(SIGTERM);
    }
    return *flag == SIGTERM;
  }));
}
