#include "runtime/agent/backend_common.hpp"

#include <doctest/doctest.h>

namespace sourceos::runtime {

TEST_CASE("the first failing run decides the reason, a harmless one does not") {
  OrderResult result;
  CommandRun bad;
  bad.argv = {"systemctl"};
  bad.status = 1;
  bad.error_output = "\nUnit is odd\nmore\n";
  note_harmless(result, bad);
  CHECK(result.ok);
  note_run(result, bad, "enable-failed");
  bad.error_output = "later";
  note_run(result, bad, "start-failed");
  CHECK_FALSE(result.ok);
  CHECK(result.reason == "enable-failed");
  CHECK(result.detail == "Unit is odd");
  CHECK(result.commands.size() == 3);
}

TEST_CASE("a long complaint is cut between two characters") {
  CommandRun run;
  run.status = 1;
  run.error_output = "x";
  for (int i = 0; i < 200; ++i) {
    run.error_output += "\xc3\xa4";
  }
  CHECK(complaint(run).size() == 299);
}

TEST_CASE("how a program ended is said when it said nothing") {
  CommandRun run;
  run.argv = {"x"};
  run.end = host::ProcessEnd::timed_out;
  CHECK(complaint(run) == "'x' did not answer in time");
  run.end = host::ProcessEnd::missing;
  CHECK(complaint(run) == "'x' is missing");
  run.end = host::ProcessEnd::exited;
  run.status = 4;
  CHECK(complaint(run) == "exit status 4");
}

}  // namespace sourceos::runtime
