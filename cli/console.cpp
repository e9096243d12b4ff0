#include "cli/console.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace sourceos::cli {

namespace {

// A write that a full pipe or a signal cut short goes on where it stopped.
int write_whole(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

class ProcessConsole final : public Console {
 public:
  Status out(std::string_view bytes) override {
    if (const int error = write_whole(STDOUT_FILENO, bytes); error != 0) {
      return fail(system_error(error, "write to standard output"));
    }
    return {};
  }

  void err(std::string_view text) override { (void)write_whole(STDERR_FILENO, text); }

  Result<std::size_t> in(char* buffer, std::size_t size) override {
    for (;;) {
      const ssize_t count = ::read(STDIN_FILENO, buffer, size);
      if (count >= 0) {
        return static_cast<std::size_t>(count);
      }
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        pollfd ready{STDIN_FILENO, POLLIN, 0};
        ::poll(&ready, 1, -1);
      } else if (errno != EINTR) {
        return fail(system_error(errno, "read standard input"));
      }
    }
  }

  bool out_is_terminal() const override { return ::isatty(STDOUT_FILENO) == 1; }
  bool err_is_terminal() const override { return ::isatty(STDERR_FILENO) == 1; }
  bool in_is_terminal() const override { return ::isatty(STDIN_FILENO) == 1; }

  std::size_t columns() const override {
    winsize window{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col >= 40) {
      return window.ws_col;
    }
    return 100;
  }

  bool color_unwanted() const override {
    const char* no_color = ::secure_getenv("NO_COLOR");
    const char* terminal = ::secure_getenv("TERM");
    return (no_color != nullptr && *no_color != '\0') ||
           (terminal != nullptr && std::strcmp(terminal, "dumb") == 0);
  }
};

}  // namespace

std::unique_ptr<Console> process_console() { return std::make_unique<ProcessConsole>(); }

Status StringConsole::out(std::string_view bytes) {
  output += bytes;
  return {};
}

Result<std::size_t> StringConsole::in(char* buffer, std::size_t size) {
  const std::size_t count = std::min(size, input_.size() - taken_);
  std::memcpy(buffer, input_.data() + taken_, count);
  taken_ += count;
  return count;
}

}  // namespace sourceos::cli
