#include "host/terminal_process.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <thread>

#include "host/files.hpp"

using namespace sourceos;
using namespace sourceos::host;

namespace {

// The operator's side: `outer` is where a person would sit, `inner` what the program gets.
struct Seat {
  Descriptor outer{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
  Descriptor inner;
  std::string heard;
  std::string seen;
  std::optional<winsize> size_when_ready;  // set when the program has said "ready"

  Seat() {
    REQUIRE(::grantpt(outer.get()) == 0);
    REQUIRE(::unlockpt(outer.get()) == 0);
    std::array<char, 128> name{};
    REQUIRE(::ptsname_r(outer.get(), name.data(), name.size()) == 0);
    inner = Descriptor(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(inner);
  }

  Result<ProcessOutcome> run(const std::string& script, const std::string& typed = {},
                             const volatile int* interrupted = nullptr) {
    TerminalRequest request;
    request.program = "/bin/sh";
    request.argv = {"sh", "-c", script};
    request.environment = {{"PATH", "/usr/bin:/bin"}};
    request.input = request.output = inner.get();
    request.on_output = [this](std::string_view bytes) {
      heard += bytes;
      if (size_when_ready && heard.find("ready") != std::string::npos) {
        (void)::ioctl(inner.get(), TIOCSWINSZ, &*size_when_ready);
        size_when_ready.reset();
      }
    };
    request.interrupted = interrupted;
    // Whatever is shown is read away, so that nobody waits for room.
    std::thread reader([this] {
      std::array<char, 4096> buffer{};
      for (ssize_t count = 0; (count = ::read(outer.get(), buffer.data(), buffer.size())) > 0;) {
        seen.append(buffer.data(), static_cast<std::size_t>(count));
        if (seen.find("\x04") != std::string::npos) {
          break;
        }
      }
    });
    if (!typed.empty()) {
      REQUIRE(::write(outer.get(), typed.data(), typed.size()) ==
              static_cast<ssize_t>(typed.size()));
    }
    auto outcome = run_in_terminal(request);
    REQUIRE(::write(inner.get(), "\x04", 1) == 1);  // the end, for the reader
    reader.join();
    return outcome;
  }
};

}  // namespace

TEST_CASE("a program gets a terminal and its exit status comes back") {
  Seat seat;
  const auto outcome = seat.run("test -t 0 && test -t 1 && echo yes; exit 7");
  REQUIRE(outcome.has_value());
  CHECK(outcome->status == 7);
  CHECK(seat.heard == "yes\r\n");
  CHECK(seat.seen.find("yes") != std::string::npos);
}

TEST_CASE("what is typed goes in and is not told unless the program writes it") {
  Seat seat;
  const auto outcome = seat.run("stty -echo; echo ready; read line; echo got ${#line}", "sesame\n");
  REQUIRE(outcome.has_value());
  CHECK(seat.heard.find("got 6") != std::string::npos);
}

TEST_CASE("the size of the terminal is passed on") {
  Seat seat;
  const winsize window{.ws_row = 41, .ws_col = 123, .ws_xpixel = 0, .ws_ypixel = 0};
  REQUIRE(::ioctl(seat.inner.get(), TIOCSWINSZ, &window) == 0);
  CHECK(terminal_size(seat.inner.get()) == TerminalSize{123, 41});
  const auto outcome = seat.run("stty size");
  REQUIRE(outcome.has_value());
  CHECK(seat.heard == "41 123\r\n");
  CHECK(terminal_size(-1) == TerminalSize{80, 24});
}

TEST_CASE("a change of size is told to all of the program's processes") {
  Seat seat;
  seat.size_when_ready = winsize{.ws_row = 30, .ws_col = 100, .ws_xpixel = 0, .ws_ypixel = 0};
  // The one that waits for the size is not the first one, as with a Podman in its user namespace.
  const auto outcome = seat.run(
      "sh -c 'trap \"stty size; exit 3\" WINCH; echo ready; "
      "for i in $(seq 200); do sleep 0.1; done'; exit $?");
  REQUIRE(outcome.has_value());
  CHECK(outcome->status == 3);
  CHECK(seat.heard == "ready\r\n30 100\r\n");
}

TEST_CASE("an interrupt ends the program and gives the terminal back") {
  Seat seat;
  termios before{};
  REQUIRE(::tcgetattr(seat.inner.get(), &before) == 0);
  const volatile int interrupted = 15;
  const auto outcome = seat.run("sleep 600", "", &interrupted);
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().kind == ErrorKind::interrupted);
  termios after{};
  REQUIRE(::tcgetattr(seat.inner.get(), &after) == 0);
  CHECK(after.c_lflag == before.c_lflag);
}

TEST_CASE("a terminal that goes away ends the program") {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
  ::close(pipe[1]);
  Descriptor sink(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  Descriptor gone(pipe[0]);
  TerminalRequest request;
  request.program = "/bin/sleep";
  request.argv = {"sleep", "600"};
  request.input = gone.get();
  request.output = sink.get();
  const auto outcome = run_in_terminal(request);
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().kind == ErrorKind::interrupted);
}

TEST_CASE("the terminal that input comes from can be written to, however it was opened") {
  Seat seat;
  std::array<char, 128> name{};
  REQUIRE(::ttyname_r(seat.inner.get(), name.data(), name.size()) == 0);
  const Descriptor read_only(::open(name.data(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
  for (const int input : {seat.inner.get(), read_only.get()}) {
    const auto terminal = output_of_terminal(input);
    REQUIRE(terminal);
    CHECK(terminal->get() != input);
    REQUIRE(::write(terminal->get(), "shown", 5) == 5);
    std::array<char, 16> buffer{};
    REQUIRE(::read(seat.outer.get(), buffer.data(), buffer.size()) == 5);
    CHECK(std::string_view(buffer.data(), 5) == "shown");
  }
  CHECK_FALSE(output_of_terminal(Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)).get()));
}

TEST_CASE("a program that is not there is an error") {
  TerminalRequest request;
  request.program = "/nonexistent/program";
  request.argv = {"program"};
  CHECK_FALSE(run_in_terminal(request).has_value());
}
