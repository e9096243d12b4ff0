#include "host/recorded_process_runner.hpp"

#include <doctest/doctest.h>

#include "tests/support/fake_host.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;
using tests::TemporaryDirectory;

namespace {

ProcessRequest request(std::vector<std::string> argv) {
  ProcessRequest made;
  made.argv = std::move(argv);
  return made;
}

constexpr std::string_view k_sample = R"({"commands": [
  {"argv": ["podman", "info"], "output": "info.json"},
  {"argv": ["podman", "ps"], "status": 125, "errorOutputText": "no machine\n"},
  {"argv": ["git", "--git-dir=<any>/git", "log"], "outputText": "one\n"},
  {"argv": ["systemctl", "status"], "end": "timed-out"}
]})";

}  // namespace

TEST_CASE("a recorded host answers by program name and arguments") {
  const TemporaryDirectory scratch;
  scratch.write("commands.json", k_sample);
  scratch.write("info.json", "{\"host\":{}}");
  auto player = PlayingProcessRunner::load(scratch.path());
  REQUIRE(player.has_value());
  CHECK(player->run(request({"/usr/bin/podman", "info"}))->output == "{\"host\":{}}");
  const auto failed = player->run(request({"podman", "ps"}));
  CHECK(failed->status == 125);
  CHECK(failed->error_output == "no machine\n");
  const auto hung = player->run(request({"systemctl", "status"}));
  CHECK(hung->end == ProcessEnd::timed_out);
  CHECK(hung->status == 124);
}

TEST_CASE("any text stands where a recording says so, and only there") {
  const TemporaryDirectory scratch;
  scratch.write("commands.json", k_sample);
  scratch.write("info.json", "");
  auto player = PlayingProcessRunner::load(scratch.path());
  REQUIRE(player.has_value());
  CHECK(player->run(request({"git", "--git-dir=/scratch/x/git", "log"}))->output == "one\n");
  CHECK_FALSE(player->run(request({"git", "--git-dir=/scratch/x", "log"})).has_value());
}

TEST_CASE("a program that was not recorded is missing, other arguments are an error") {
  PlayingProcessRunner player({{{"podman", "info"}, tests::exited(0)}});
  CHECK(player.run(request({"nix", "--version"}))->end == ProcessEnd::missing);
  const auto other = player.run(request({"podman", "images"}));
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().reason == "not-recorded");
}

TEST_CASE("what was recorded is played back the same, long and binary output too") {
  const TemporaryDirectory scratch;
  tests::FakeProcessRunner fake;
  const std::string binary("\xff\0\n", 3);
  const std::string large(5'000, 'x');
  fake.answer = [&](const ProcessRequest& asked) {
    return tests::exited(3, asked.argv.back() == "large" ? large : binary);
  };
  {
    RecordingProcessRunner recorder(fake, scratch / "host");
    REQUIRE(recorder.run(request({"/usr/bin/tool", "large"})).has_value());
    auto stream = recorder.start(request({"/usr/bin/tool", "binary"}));
    char buffer[16];
    while (*(*stream)->read(buffer, sizeof buffer) > 0) {
    }
    REQUIRE((*stream)->finish().has_value());
    REQUIRE(recorder.save());
  }
  auto player = PlayingProcessRunner::load(scratch / "host");
  REQUIRE(player.has_value());
  CHECK(player->run(request({"tool", "large"}))->output == large);
  CHECK(player->run(request({"tool", "binary"}))->output == binary);
  CHECK(player->run(request({"tool", "binary"}))->status == 3);
  auto stream = player->start(request({"tool", "binary"}));
  char buffer[16];
  CHECK(*(*stream)->read(buffer, sizeof buffer) == 3);
}

TEST_CASE("a player keeps to the cap of the request") {
  PlayingProcessRunner player({{{"tool"}, tests::exited(0, "0123456789")}});
  ProcessRequest small = request({"tool"});
  small.output_bytes_max = 4;
  CHECK(player.run(small)->output == "0123");
  CHECK(player.run(small)->truncated);
}

TEST_CASE("a recording of another shape is malformed, not a crash") {
  const TemporaryDirectory scratch;
  for (const std::string_view text :
       {R"({})", R"({"commands": 1})", R"({"commands": [{}]})", R"({"commands": [{"argv": []}]})",
        R"({"commands": [{"argv": ["x"], "end": "lost"}]})",
        R"({"commands": [{"argv": ["x"], "status": "0"}]})", "not json"}) {
    scratch.write("commands.json", text);
    const auto player = PlayingProcessRunner::load(scratch.path());
    REQUIRE_FALSE(player.has_value());
    CHECK(player.error().kind == ErrorKind::malformed);
  }
  CHECK(PlayingProcessRunner::load(scratch / "none").error().kind == ErrorKind::not_found);
}
