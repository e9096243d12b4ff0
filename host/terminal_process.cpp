#include "host/terminal_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>

#include "host/files.hpp"
#include "host/spawn.hpp"

namespace sourceos::host {

namespace {

constexpr int k_look_every_ms = 100;  // at the size, the flag and the child
constexpr int k_kill_waits = 20;      // of 100 ms, from TERM to KILL

// Typed bytes go through as they are; the terminal is put back whatever happens.
class RawMode {
 public:
  explicit RawMode(int descriptor) : descriptor_(descriptor) {
    is_set_ = ::tcgetattr(descriptor, &before_) == 0;
    if (is_set_) {
      termios raw = before_;
      ::cfmakeraw(&raw);
      ::tcsetattr(descriptor, TCSANOW, &raw);
    }
  }
  ~RawMode() {
    if (is_set_) {
      ::tcsetattr(descriptor_, TCSADRAIN, &before_);
    }
  }
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;

 private:
  int descriptor_;
  bool is_set_ = false;
  termios before_{};
};

struct TerminalPair {
  Descriptor master;
  Descriptor slave;
};

Result<TerminalPair> open_pair(TerminalSize size) {
  TerminalPair pair;
  pair.master = Descriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  std::array<char, 128> name{};
  if (!pair.master || ::grantpt(pair.master.get()) != 0 || ::unlockpt(pair.master.get()) != 0 ||
      ::ptsname_r(pair.master.get(), name.data(), name.size()) != 0) {
    return fail(system_error(errno, "open a terminal"));
  }
  pair.slave = Descriptor(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!pair.slave) {
    return fail(system_error(errno, "open a terminal"));
  }
  const winsize window{.ws_row = static_cast<unsigned short>(size.rows),
                       .ws_col = static_cast<unsigned short>(size.columns),
                       .ws_xpixel = 0,
                       .ws_ypixel = 0};
  (void)::ioctl(pair.master.get(), TIOCSWINSZ, &window);
  return pair;
}

bool write_whole(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

class Joint {
 public:
  Joint(const TerminalRequest& request, Descriptor master, pid_t pid, TerminalSize size)
      : request_(request), master_(std::move(master)), pid_(pid), size_(size) {}

  Result<ProcessOutcome> run() {
    while (!has_ended_) {
      if (is_gone_ || (request_.interrupted != nullptr && *request_.interrupted != 0)) {
        kill_child();
        return fail(ErrorKind::interrupted, "interrupted", "the terminal or the session was ended");
      }
      follow_size();
      pass_on();
      look_for_end();
    }
    drain();
    return outcome_;
  }

 private:
  void follow_size() {
    const TerminalSize now = terminal_size(request_.input);
    if (now == size_) {
      return;
    }
    size_ = now;
    const winsize window{.ws_row = static_cast<unsigned short>(now.rows),
                         .ws_col = static_cast<unsigned short>(now.columns),
                         .ws_xpixel = 0,
                         .ws_ypixel = 0};
    (void)::ioctl(master_.get(), TIOCSWINSZ, &window);
    // It has no controlling terminal that would tell its group; a rootless Podman is two processes.
    (void)::kill(-pid_, SIGWINCH);
    if (request_.on_resize) {
      request_.on_resize(now);
    }
  }

  void pass_on() {
    std::array<pollfd, 2> ends = {{{request_.input, POLLIN, 0}, {master_.get(), POLLIN, 0}}};
    if (::poll(ends.data(), ends.size(), k_look_every_ms) <= 0) {
      return;
    }
    if ((ends[1].revents & (POLLIN | POLLHUP)) != 0) {
      take_output();
    }
    if ((ends[0].revents & POLLIN) != 0) {
      take_input();
    } else if ((ends[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
      is_gone_ = true;
    }
  }

  bool take_output() {
    const ssize_t count = ::read(master_.get(), buffer_.data(), buffer_.size());
    if (count <= 0) {
      return false;  // EIO: the program has closed its side
    }
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(count));
    if (request_.on_output) {
      request_.on_output(bytes);
    }
    is_gone_ = is_gone_ || !write_whole(request_.output, bytes);
    return true;
  }

  void take_input() {
    const ssize_t count = ::read(request_.input, buffer_.data(), buffer_.size());
    if (count > 0) {
      (void)write_whole(master_.get(), {buffer_.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || errno == EIO) {
      is_gone_ = true;  // the terminal went away
    }
  }

  void look_for_end() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) {
      return;
    }
    has_ended_ = true;
    outcome_.end = WIFEXITED(status) ? ProcessEnd::exited : ProcessEnd::signalled;
    outcome_.status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  }

  // What was written last is read after the end.
  void drain() {
    const int flags = ::fcntl(master_.get(), F_GETFL);
    (void)::fcntl(master_.get(), F_SETFL, flags | O_NONBLOCK);
    while (take_output()) {
    }
  }

  void kill_child() {
    (void)::kill(-pid_, SIGTERM);
    for (int i = 0; i < k_kill_waits && !has_ended_; ++i) {
      ::poll(nullptr, 0, k_look_every_ms);
      look_for_end();
    }
    if (!has_ended_) {
      (void)::kill(-pid_, SIGKILL);
      (void)::waitpid(pid_, nullptr, 0);
    }
  }

  const TerminalRequest& request_;
  Descriptor master_;
  pid_t pid_;
  TerminalSize size_;
  std::array<char, 16'384> buffer_{};
  ProcessOutcome outcome_;
  bool has_ended_ = false;
  bool is_gone_ = false;
};

}  // namespace

Result<Descriptor> output_of_terminal(int input) {
  const int flags = ::fcntl(input, F_GETFL);
  if (flags >= 0 && (flags & O_ACCMODE) == O_RDWR) {
    Descriptor twin(::fcntl(input, F_DUPFD_CLOEXEC, 3));
    return twin ? Result<Descriptor>(std::move(twin)) : fail(system_error(errno, "open the terminal"));
  }
  std::array<char, 256> name{};
  if (::ttyname_r(input, name.data(), name.size()) != 0) {
    return fail(system_error(errno, "open the terminal"));
  }
  Descriptor opened(::open(name.data(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
  return opened ? Result<Descriptor>(std::move(opened)) : fail(system_error(errno, "open the terminal"));
}

TerminalSize terminal_size(int descriptor) {
  winsize window{};
  if (::ioctl(descriptor, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) {
    return {};
  }
  return {window.ws_col, window.ws_row};
}

Result<ProcessOutcome> run_in_terminal(const TerminalRequest& request) {
  const TerminalSize size = terminal_size(request.input);
  SOURCEOS_TRY_ASSIGN(TerminalPair pair, open_pair(size));
  SpawnPlan plan;
  plan.program = request.program;
  plan.argv = request.argv;
  for (const auto& [name, value] : request.environment) {
    plan.environment.push_back(name + "=" + value);
  }
  plan.input = plan.output = plan.error_output = pair.slave.get();
  const RawMode raw(request.input);
  const Spawned child = spawn(plan);
  if (child.pid < 0) {
    return fail(system_error(child.errno_value, fmt::format("start '{}'", request.program)));
  }
  pair.slave = Descriptor();
  return Joint(request, std::move(pair.master), child.pid, size).run();
}

}  // namespace sourceos::host
