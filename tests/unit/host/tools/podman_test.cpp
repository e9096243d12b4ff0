#include "host/tools/podman.hpp"

#include "host/recorded_process_runner.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::host;

TEST_CASE("machines are read with their state") {
  const auto machines = parse_podman_machines(
      R"([{"Name":"a","Running":true,"Default":true},{"Name":"b","Running":false}])");
  REQUIRE(machines);
  REQUIRE(machines->size() == 2);
  CHECK((*machines)[0].running);
  CHECK((*machines)[0].is_default);
  CHECK_FALSE((*machines)[1].running);
  CHECK_FALSE(parse_podman_machines("{}"));
  CHECK_FALSE(parse_podman_machines("[1]"));
  CHECK_FALSE(parse_podman_machines("no JSON"));
}

TEST_CASE("an image has an id and perhaps a digest") {
  const auto image = parse_podman_image(R"([{"Id":"abc","Digest":"sha256:1","Other":{}}])");
  REQUIRE(image);
  CHECK(image->id == "abc");
  CHECK(image->digest == "sha256:1");
  CHECK_FALSE(parse_podman_image(R"([{"Id":"abc"}])")->digest);
  CHECK_FALSE(parse_podman_image("[]"));
}

TEST_CASE("names stand behind '--' and the connection goes along") {
  PlayingProcessRunner runner(std::vector<RecordedCommand>{
      {{"podman", "--connection", "dev", "container", "inspect", "--", "--all"}, {}},
      {{"podman", "--connection", "dev", "image", "inspect", "--", "--x"}, {}},
      {{"podman", "machine", "list", "--format", "json"}, {}}});
  const Podman podman(runner, "dev");
  CHECK(podman.inspect_container("--all", 1000));
  CHECK(podman.inspect_image("--x", 1000));
  CHECK(podman.machines(1000));
  const ProcessRequest logs = podman.logs("name", 1000);
  CHECK(logs.join_error_output);
  CHECK(logs.argv.back() == "name");
}

TEST_CASE("a podman that is not there is an outcome") {
  PlayingProcessRunner runner(std::vector<RecordedCommand>{});
  const auto answer = Podman(runner).info(1000);
  REQUIRE(answer);
  CHECK(answer->outcome.end == ProcessEnd::missing);
}
