// vfork: the child runs in our memory, on our stack, while this thread waits. So everything is
// made ready before, the child makes system calls only, and no signal handler may run in it: all
// signals are blocked around it and have their default action before they are let in again.

#include "host/spawn.hpp"

#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace sourceos::host {

namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (const std::string& word : words) {
    list.push_back(const_cast<char*>(word.c_str()));  // execve takes them so and leaves them alone
  }
  list.push_back(nullptr);
  return list;
}

struct ReadyPlan {
  const char* program;
  char* const* argv;
  char* const* environment;
  const char* working_directory;  // or nullptr
  int input;
  int output;
  int error_output;
  pid_t parent;
  sigset_t no_signals;
  // Written by the child into our memory.
  volatile SpawnStep failed_step;
  volatile int failed_errno;
};

// The kernel is asked directly: the C library keeps signals 32 and 33 for itself and refuses to
// touch them, so a child would pass on that our parent ignored them.
void default_actions() {
  constexpr std::size_t k_kernel_mask_bytes = 8;
  constexpr std::size_t k_kernel_action_words = 16;  // more than struct kernel_sigaction holds
  constexpr unsigned long k_default[k_kernel_action_words] = {};
  for (int number = 1; number < NSIG; ++number) {
    ::syscall(SYS_rt_sigaction, number, k_default, nullptr, k_kernel_mask_bytes);
  }
}

[[noreturn]] void fail_in_child(ReadyPlan& plan, SpawnStep step) {
  plan.failed_errno = errno;
  plan.failed_step = step;
  ::_exit(127);
}

[[noreturn]] void become_program(ReadyPlan& plan) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) {
    ::_exit(127);  // our parent died before the line above
  }
  default_actions();
  if (plan.working_directory != nullptr && ::chdir(plan.working_directory) != 0) {
    fail_in_child(plan, SpawnStep::working_directory);
  }
  if (::dup2(plan.input, 0) < 0 || ::dup2(plan.output, 1) < 0 ||
      ::dup2(plan.error_output, 2) < 0) {
    fail_in_child(plan, SpawnStep::fork);
  }
  ::syscall(SYS_close_range, 3U, ~0U, 0U);  // before Linux 5.9: ours are close-on-exec anyway
  ::sigprocmask(SIG_SETMASK, &plan.no_signals, nullptr);
  ::execve(plan.program, plan.argv, plan.environment);
  fail_in_child(plan, SpawnStep::execute);
}

pid_t start_child(ReadyPlan& plan) {
  const pid_t pid = ::vfork();
  if (pid == 0) {
    become_program(plan);
  }
  return pid;
}

}  // namespace

Spawned spawn(const SpawnPlan& plan) {
  const std::vector<char*> argv = pointers(plan.argv);
  const std::vector<char*> environment = pointers(plan.environment);
  ReadyPlan ready{};
  ready.program = plan.program.c_str();
  ready.argv = argv.data();
  ready.environment = environment.data();
  ready.working_directory =
      plan.working_directory.empty() ? nullptr : plan.working_directory.c_str();
  ready.input = plan.input;
  ready.output = plan.output;
  ready.error_output = plan.error_output;
  ready.parent = ::getpid();
  ::sigemptyset(&ready.no_signals);

  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = start_child(ready);
  const int fork_errno = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);

  if (pid < 0) {
    return {-1, SpawnStep::fork, fork_errno};
  }
  if (ready.failed_errno != 0) {
    ::waitpid(pid, nullptr, 0);
    return {-1, ready.failed_step, ready.failed_errno};
  }
  return {pid, SpawnStep::execute, 0};
}

}  // namespace sourceos::host
