#include "host/posix_process.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "host/posix_process_runner.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;

namespace {

struct Machine {
  Environment environment;
  ToolFinder tools{environment};
  volatile int interrupted = 0;
  PosixProcessRunner runner{{{"PATH", "/usr/bin:/bin"}}, tools, &interrupted};

  ProcessRequest shell(const std::string& script, std::uint64_t timeout_ms = 60'000) {
    ProcessRequest request;
    request.argv = {"/bin/sh", "-c", script};
    request.timeout_ms = timeout_ms;
    return request;
  }
};

bool is_running(pid_t pid) {
  // A zombie that nobody reaps (no init in a container) is as good as gone.
  const Result<std::string> stat = read_file("/proc/" + std::to_string(pid) + "/stat", 10'000);
  return stat && stat->find(") Z ") == std::string::npos;
}

// A killed process takes a moment to go.
bool ends_soon(pid_t pid) {
  for (int i = 0; i < 500 && is_running(pid); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return !is_running(pid);
}

}  // namespace

TEST_CASE("a child that ignores TERM is killed when its time is up, and its output is kept") {
  Machine machine;
  const Result<ProcessOutcome> outcome =
      machine.runner.run(machine.shell("trap '' TERM; echo begun; while :; do sleep 1; done", 300));
  REQUIRE(outcome.has_value());
  CHECK(outcome->end == ProcessEnd::timed_out);
  CHECK(outcome->status == 124);
  CHECK(outcome->output == "begun\n");
  CHECK(outcome->elapsed_ms >= 300);
}

TEST_CASE("the time limit ends the whole group, grandchildren that hold no stream too") {
  Machine machine;
  const Result<ProcessOutcome> outcome = machine.runner.run(machine.shell(
      "(trap '' TERM; exec sleep 600 >/dev/null 2>&1 </dev/null) & echo $!; wait", 300));
  REQUIRE(outcome.has_value());
  CHECK(outcome->end == ProcessEnd::timed_out);
  CHECK(ends_soon(std::stoi(outcome->output)));
}

TEST_CASE("a grandchild that keeps the pipe open does not hold us after the child has ended") {
  Machine machine;
  const Result<ProcessOutcome> outcome =
      machine.runner.run(machine.shell("sleep 600 & echo $!; exit 3"));
  REQUIRE(outcome.has_value());
  CHECK(outcome->end == ProcessEnd::exited);
  CHECK(outcome->status == 3);
  CHECK(outcome->truncated);
  CHECK(ends_soon(std::stoi(outcome->output)));
}

TEST_CASE("a grandchild in a session of its own is left alone, and so are we") {
  Machine machine;
  const Result<ProcessOutcome> outcome =
      machine.runner.run(machine.shell("setsid sleep 600 & echo $!; exit 0"));
  REQUIRE(outcome.has_value());
  CHECK(outcome->end == ProcessEnd::exited);
  CHECK(outcome->truncated);
  kill(std::stoi(outcome->output), SIGKILL);
}

TEST_CASE("a child that reads none of its input is no fault of anyone") {
  Machine machine;
  ProcessRequest request = machine.shell("exec <&-; echo done");
  request.input = std::string(1'000'000, 'x');
  const Result<ProcessOutcome> outcome = machine.runner.run(request);
  REQUIRE(outcome.has_value());
  CHECK(outcome->ok());
  CHECK(outcome->output == "done\n");
}

TEST_CASE("a megabyte goes in and comes out while both pipes are full") {
  Machine machine;
  ProcessRequest request = machine.shell("cat");
  request.input = std::string(3'000'000, 'x');
  request.output_bytes_max = 4'000'000;
  const Result<ProcessOutcome> outcome = machine.runner.run(request);
  REQUIRE(outcome.has_value());
  CHECK(outcome->output == request.input);
}

TEST_CASE("a stream is read as it comes, its error output apart or joined") {
  Machine machine;
  ProcessRequest request = machine.shell("echo one; echo two >&2; echo three");
  for (const bool joined : {false, true}) {
    request.join_error_output = joined;
    auto stream = machine.runner.start(request);
    REQUIRE(stream.has_value());
    std::string text;
    char buffer[4];
    for (;;) {
      const Result<std::size_t> count = (*stream)->read(buffer, sizeof buffer);
      REQUIRE(count.has_value());
      if (*count == 0) {
        break;
      }
      text.append(buffer, *count);
    }
    const Result<ProcessOutcome> outcome = (*stream)->finish();
    CHECK(outcome->ok());
    CHECK(text == (joined ? "one\ntwo\nthree\n" : "one\nthree\n"));
    CHECK(outcome->error_output == (joined ? "" : "two\n"));
    CHECK(outcome->output.empty());
  }
}

TEST_CASE("finishing a stream early drops the rest, leaving it kills the program") {
  Machine machine;
  auto stream = machine.runner.start(machine.shell("yes | head -c 1000000"));
  CHECK((*stream)->finish()->ok());
  auto endless = machine.runner.start(machine.shell("echo $$; exec yes"));
  char buffer[32] = {};
  REQUIRE((*endless)->read(buffer, sizeof buffer - 1).has_value());
  const pid_t pid = std::stoi(buffer);
  CHECK(is_running(pid));
  endless->reset();
  CHECK_FALSE(is_running(pid));
}

TEST_CASE("an interrupt kills the program and ends the call") {
  Machine machine;
  std::thread interrupter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    machine.interrupted = SIGINT;
  });
  const Result<ProcessOutcome> outcome = machine.runner.run(machine.shell("sleep 600"));
  interrupter.join();
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().kind == ErrorKind::interrupted);
}
