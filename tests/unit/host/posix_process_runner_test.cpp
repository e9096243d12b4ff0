#include "host/posix_process_runner.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "host/files.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

namespace {

struct Machine {
  Environment environment;
  ToolFinder tools{environment};
  PosixProcessRunner runner{{{"PATH", "/usr/bin:/bin"}, {"LANG", "C"}}, tools};

  Result<ProcessOutcome> run(std::vector<std::string> argv) {
    ProcessRequest request;
    request.argv = std::move(argv);
    request.timeout_ms = 60'000;
    return runner.run(request);
  }
};

}  // namespace

TEST_CASE("status and both streams of a program come back") {
  Machine machine;
  const auto outcome = machine.run({"/bin/sh", "-c", "echo out; echo err >&2; exit 7"});
  REQUIRE(outcome.has_value());
  CHECK(outcome->end == ProcessEnd::exited);
  CHECK(outcome->status == 7);
  CHECK(outcome->output == "out\n");
  CHECK(outcome->error_output == "err\n");
  CHECK_FALSE(outcome->truncated);
  CHECK_FALSE(outcome->ok());
}

TEST_CASE("a program that a signal ended says which") {
  Machine machine;
  const auto outcome = machine.run({"/bin/sh", "-c", "kill -KILL $$"});
  REQUIRE(outcome.has_value());
  CHECK(outcome->end == ProcessEnd::signalled);
  CHECK(outcome->status == 9);
}

TEST_CASE("a missing program is an outcome, not an error") {
  Machine machine;
  for (const std::string name : {"/no/such/program", "no-such-program"}) {
    const auto outcome = machine.run({name, "--version"});
    REQUIRE(outcome.has_value());
    CHECK(outcome->end == ProcessEnd::missing);
    CHECK(outcome->status == 127);
  }
}

TEST_CASE("what cannot be run at all is an error that names it") {
  Machine machine;
  CHECK(machine.run({"/etc/passwd"}).error().kind == ErrorKind::permission);
  CHECK(machine.run({"bin/relative"}).error().reason == "program-not-absolute");
  CHECK(machine.run({}).error().kind == ErrorKind::internal);
  ProcessRequest request;
  request.argv = {"/bin/true"};
  request.working_directory = "/no/such/directory";
  const auto outcome = machine.runner.run(request);
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().kind == ErrorKind::not_found);
  CHECK(outcome.error().message.find("/no/such/directory") != std::string::npos);
}

TEST_CASE("a plain name is looked up by the tool finder") {
  const TemporaryDirectory scratch;
  const fs::path program = scratch.write("bin/greet", "#!/bin/sh\necho \"hello $1\"\n");
  REQUIRE(chmod(program.c_str(), 0755) == 0);
  Environment environment;
  environment.search_path = {(scratch / "bin").native()};
  ToolFinder tools(environment);
  PosixProcessRunner runner({}, tools);
  ProcessRequest request;
  request.argv = {"greet", "you; echo not a shell"};
  CHECK(runner.run(request)->output == "hello you; echo not a shell\n");
}

TEST_CASE("the request adds to the environment and replaces what is there") {
  Machine machine;
  ProcessRequest request;
  request.argv = {"/usr/bin/env"};
  request.environment = {{"LANG", "de"}, {"CONTAINER_HOST", "unix:///run/x"}};
  const auto outcome = machine.runner.run(request);
  REQUIRE(outcome.has_value());
  CHECK(outcome->output == "PATH=/usr/bin:/bin\nLANG=de\nCONTAINER_HOST=unix:///run/x\n");
}

TEST_CASE("a program runs in the directory asked for, with nothing on its input") {
  const TemporaryDirectory scratch;
  Machine machine;
  ProcessRequest request;
  request.argv = {"/bin/sh", "-c", "pwd; cat"};
  request.working_directory = scratch.path();
  CHECK(machine.runner.run(request)->output == scratch.path().native() + "\n");
}

TEST_CASE("fifty megabytes on each stream are drained, the cap is kept, the program ends well") {
  Machine machine;
  ProcessRequest request;
  request.argv = {"/bin/sh", "-c",
                  "head -c 50000000 /dev/zero; head -c 50000000 /dev/zero >&2; exit 4"};
  request.timeout_ms = 60'000;
  const auto outcome = machine.runner.run(request);
  REQUIRE(outcome.has_value());
  CHECK(outcome->status == 4);
  CHECK(outcome->output.size() == limits::k_probe_output_bytes_max);
  CHECK(outcome->error_output.size() == limits::k_probe_output_bytes_max);
  CHECK(outcome->truncated);
}

TEST_CASE("many programs run at once from many threads") {
  Machine machine;
  std::vector<int> good(8, 0);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < good.size(); ++i) {
      threads.emplace_back([&, i] {
        for (int n = 0; n < 20; ++n) {
          const std::string text = std::to_string(i) + "." + std::to_string(n);
          const auto outcome = machine.run({"/bin/echo", text});
          good[i] += outcome && outcome->output == text + "\n" ? 1 : 0;
        }
      });
    }
  }
  for (const int count : good) {
    CHECK(count == 20);
  }
}
