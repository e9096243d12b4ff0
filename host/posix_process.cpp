// The states of a child, and what a passed deadline does in each:
//
//   running     its time is up: TERM to the group           -> terminated
//   lingering   it has exited, but a descendant in its group
//               keeps a stream open: KILL to the group      -> killed
//   terminated  TERM was not heeded: KILL to the group      -> killed
//   killed      what is left has left the group and keeps a
//               stream open: we close our ends              -> abandoned
//
// In every state streams are drained as they fill, so that no child hangs on a full pipe. The
// child is reaped last: until then its process group cannot be anyone else's.

#include "host/posix_process.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace sourceos::host {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_linger{500};     // for a descendant that is about to close its stream
constexpr milliseconds k_term_grace{500};
constexpr milliseconds k_kill_grace{500};
constexpr milliseconds k_look_interval{200};          // for the interrupt flag
constexpr milliseconds k_look_interval_no_pidfd{10};  // for the exit, too
constexpr std::size_t k_scratch_bytes = 64 * limits::k_kib;  // what a pipe holds

// A pipe whose reader is gone would end us with SIGPIPE; for this thread, for this write, it
// becomes EPIPE.
class NoBrokenPipe {
 public:
  NoBrokenPipe() {
    ::sigemptyset(&signal_);
    ::sigaddset(&signal_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &signal_, &before_);
  }
  ~NoBrokenPipe() {
    const timespec at_once{};
    if (::sigismember(&before_, SIGPIPE) == 0) {
      ::sigtimedwait(&signal_, nullptr, &at_once);
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoBrokenPipe(const NoBrokenPipe&) = delete;
  NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;

 private:
  sigset_t signal_{};
  sigset_t before_{};
};

bool would_block(int errno_value) { return errno_value == EAGAIN || errno_value == EINTR; }

}  // namespace

PosixProcess::PosixProcess(pid_t pid, ChildPipes pipes, const ProcessRequest& request,
                           const volatile int* interrupted)
    : pid_(pid),
      pid_descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))),
      pipes_(std::move(pipes)),
      input_(request.input),
      output_bytes_max_(request.output_bytes_max),
      interrupted_(interrupted),
      scratch_(k_scratch_bytes),
      deadline_(started_ + milliseconds(request.timeout_ms)) {}

PosixProcess::~PosixProcess() {
  if (pid_ > 0) {
    signal_group(SIGKILL);
    ProcessOutcome unused;
    reap(unused);
  }
  wipe(error_output_);
}

Result<std::size_t> PosixProcess::read(char* buffer, std::size_t size) {
  while (pipes_.output) {
    SOURCEOS_TRY(turn());
    if (!output_ready_) {
      continue;
    }
    const ssize_t count = ::read(pipes_.output.get(), buffer, size);
    if (count > 0) {
      return static_cast<std::size_t>(count);
    }
    if (count == 0 || !would_block(errno)) {
      pipes_.output = Descriptor();
    }
  }
  return 0U;
}

Result<ProcessOutcome> PosixProcess::finish() {
  for (;;) {
    SOURCEOS_TRY_ASSIGN(const std::size_t dropped, read(scratch_.data(), scratch_.size()));
    if (dropped == 0) {
      break;
    }
  }
  while (stage_ != Stage::abandoned && (pipes_.error_output || !has_exited_)) {
    SOURCEOS_TRY(turn());
  }
  ProcessOutcome outcome;
  if (timed_out_) {
    signal_group(SIGKILL);  // descendants that closed their streams and ignored TERM
  }
  reap(outcome);
  outcome.error_output = std::exchange(error_output_, {});
  outcome.truncated = truncated_;
  outcome.elapsed_ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<milliseconds>(Clock::now() - started_).count());
  return outcome;
}

// Waits for the next event and deals with all of them but output, which the caller wants.
Status PosixProcess::turn() {
  std::array<pollfd, 4> events = {{
      {pipes_.output.get(), POLLIN, 0},
      {pipes_.error_output.get(), POLLIN, 0},
      {pipes_.input.get(), POLLOUT, 0},
      {has_exited_ ? -1 : pid_descriptor_.get(), POLLIN, 0},
  }};
  const int count = ::poll(events.data(), events.size(), wait_ms());
  if (interrupted_ != nullptr && *interrupted_ != 0) {
    signal_group(SIGKILL);
    return fail(ErrorKind::interrupted, "interrupted", "interrupted while a program ran");
  }
  output_ready_ = count > 0 && events[0].revents != 0;
  if (count > 0 && events[1].revents != 0) {
    drain_error_output();
  }
  if (count > 0 && events[2].revents != 0) {
    feed_input();
  }
  if (!has_exited_ && (!pid_descriptor_ || (count > 0 && events[3].revents != 0))) {
    look_for_exit();
  }
  if (Clock::now() >= deadline_) {
    act_on_deadline();
  }
  return {};
}

int PosixProcess::wait_ms() const {
  const milliseconds look = pid_descriptor_ || has_exited_ ? k_look_interval
                                                           : k_look_interval_no_pidfd;
  const auto left = std::chrono::ceil<milliseconds>(deadline_ - Clock::now());
  return static_cast<int>(std::clamp(left, milliseconds(0), look).count());
}

void PosixProcess::feed_input() {
  const NoBrokenPipe guard;
  const ssize_t count = ::write(pipes_.input.get(), input_.data() + input_done_,
                                input_.size() - input_done_);
  if (count >= 0) {
    input_done_ += static_cast<std::size_t>(count);
  }
  // A program may end or close its input without reading all of it: no fault of anyone.
  if (input_done_ == input_.size() || (count < 0 && !would_block(errno))) {
    pipes_.input = Descriptor();
    wipe(input_);
    input_done_ = 0;
  }
}

void PosixProcess::drain_error_output() {
  const ssize_t count = ::read(pipes_.error_output.get(), scratch_.data(), scratch_.size());
  if (count == 0 || (count < 0 && !would_block(errno))) {
    pipes_.error_output = Descriptor();
    return;
  }
  if (count > 0) {
    const auto got = static_cast<std::size_t>(count);
    const std::size_t kept = std::min<std::size_t>(got, output_bytes_max_ - error_output_.size());
    error_output_.append(scratch_.data(), kept);
    truncated_ = truncated_ || kept < got;
  }
}

void PosixProcess::look_for_exit() {
  siginfo_t info{};
  const int answer = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  has_exited_ = answer != 0 || info.si_pid != 0;
  if (has_exited_ && stage_ == Stage::running) {
    stage_ = Stage::lingering;
    deadline_ = std::min(deadline_, Clock::now() + k_linger);
  }
}

void PosixProcess::act_on_deadline() {
  switch (stage_) {
    case Stage::running:
      timed_out_ = true;
      signal_group(SIGTERM);
      stage_ = Stage::terminated;
      deadline_ = Clock::now() + k_term_grace;
      return;
    case Stage::lingering:
    case Stage::terminated:
      truncated_ = truncated_ || stage_ == Stage::lingering;
      signal_group(SIGKILL);
      stage_ = Stage::killed;
      deadline_ = Clock::now() + k_kill_grace;
      return;
    case Stage::killed:
    case Stage::abandoned: abandon(); return;
  }
}

void PosixProcess::abandon() {
  stage_ = Stage::abandoned;
  truncated_ = true;
  pipes_ = ChildPipes();
}

void PosixProcess::signal_group(int number) const {
  if (pid_ > 0) {
    ::kill(-pid_, number);
  }
}

// Never waits for more than the grace: a child in an uninterruptible wait stays a zombie of ours.
void PosixProcess::reap(ProcessOutcome& outcome) {
  siginfo_t info{};
  const pid_t pid = std::exchange(pid_, -1);
  const Clock::time_point until = Clock::now() + k_kill_grace;
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) == 0 &&
         info.si_pid == 0 && Clock::now() < until) {
    pollfd exit{pid_descriptor_.get(), POLLIN, 0};
    ::poll(&exit, 1, static_cast<int>(k_look_interval_no_pidfd.count()));
  }
  if (timed_out_) {
    outcome.end = ProcessEnd::timed_out;
    outcome.status = 124;
  } else {
    outcome.end = info.si_code == CLD_EXITED ? ProcessEnd::exited : ProcessEnd::signalled;
    outcome.status = info.si_status;
  }
}

}  // namespace sourceos::host
