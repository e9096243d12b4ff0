// The collectors against a real Podman, systemd and journal. Run inside tests/support/real-host
// (tests/real/real_host.sh does it): it makes a unit and a container of its own there.
#include "collect/collectors/builtin.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "host/system_host.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <thread>

using namespace sourceos;
using namespace sourceos::collect;

namespace {

namespace fs = std::filesystem;

const std::string k_image = "localhost/sourceos/demo:1";

class RealHost {
 public:
  RealHost() : system_(host::SystemHost::create().value()) {
    fs::create_directories(directory_ / "scratch");
  }

  host::ProcessOutcome must(std::vector<std::string> argv) {
    host::ProcessRequest request;
    request.argv = std::move(argv);
    request.timeout_ms = 60'000;
    const auto outcome = system_->host().processes.run(request);
    REQUIRE(outcome);
    INFO(request.argv[0] << ": " << outcome->error_output);
    REQUIRE(outcome->ok());
    return *outcome;
  }

  CollectorOutcome collect(const Collector& collector, json::Value options) {
    options_ = std::move(options);
    ArtifactSink sink;
    const CollectContext context{.host = system_->host(),
                                 .tools = system_->tools(),
                                 .options = options_,
                                 .scratch = directory_ / "scratch",
                                 .directory = directory_.path()};
    const auto outcome = collector.collect(context, sink);
    REQUIRE(outcome);
    found = sink.take();
    return *outcome;
  }

  std::string text(const std::vector<std::string>& path) {
    for (Artifact& artifact : found.artifacts) {
      if (artifact.path == path) {
        return content_of(artifact);
      }
    }
    FAIL("no entry " << path.back());
    return {};
  }

  [[nodiscard]] const fs::path& home() const { return system_->host().environment.home; }
  Collection found;

 private:
  tests::TemporaryDirectory directory_;
  std::unique_ptr<host::SystemHost> system_;
  json::Value options_;
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// A unit that fails soon, with a drop-in: of a process that is gone journald cannot tell the unit.
void make_failed_unit(RealHost& host) {
  const fs::path folder = host.home() / ".config/systemd/user";
  fs::create_directories(folder / "real-demo.service.d");
  std::ofstream(folder / "real-demo.service")
      << "[Unit]\nDescription=Real demo\n[Service]\nExecStart=/bin/sh -c 'echo demo says hello; sleep 1; exit 3'\n";
  std::ofstream(folder / "real-demo.service.d/restart.conf") << "[Service]\nRestart=no\n";
  host.must({"systemctl", "--user", "daemon-reload"});
  host.must({"systemctl", "--user", "start", "real-demo.service"});
  for (int i = 0; i < 100; ++i) {
    const auto shown = host.must({"systemctl", "--user", "show", "--property=ActiveState", "real-demo.service"});
    if (has(shown.output, "failed")) {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  // `journalctl --sync` does not wait for what journald has not yet read from a unit's output.
  for (int i = 0; i < 100; ++i) {
    host.must({"journalctl", "--sync"});
    const auto journal =
        host.must({"journalctl", "--user-unit", "real-demo.service", "--output", "cat"});
    if (has(journal.output, "demo says hello")) {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace

TEST_CASE("a failed unit is collected with definition, drop-in and journal") {
  RealHost host;
  make_failed_unit(host);
  const auto outcome =
      host.collect(systemd_collector(), {{"user_units", {"real-demo.service"}}});
  CHECK(outcome.state == CollectorState::ok);
  const auto document = json::parse(host.text({"systemd", "systemd.json"}));
  REQUIRE(document);
  const json::Value& user = (*document)["scopes"][0];
  CHECK(user["reachable"] == true);
  CHECK(has(user["failedUnits"].dump(), "real-demo.service"));
  const std::string properties = user["units"][0]["properties"].dump();
  CHECK(has(properties, R"("name":"ExecMainStatus","value":"3")"));
  CHECK(has(properties, "restart.conf"));
  CHECK(user["units"][0]["files"].size() == 2);
  const std::string definition =
      host.text({"systemd", "user", "real-demo.service", "definition"});
  CHECK(has(definition, "demo says hello"));
  CHECK(has(definition, "Restart=no"));
  const std::string journal = host.text({"systemd", "user", "real-demo.service", "journal.log"});
  CHECK(has(journal, "demo says hello"));
}

TEST_CASE("a unit's journal is exported with all fields") {
  RealHost host;
  make_failed_unit(host);
  host.collect(logs_collector(), {{"journal_user_units", {"real-demo.service"}}});
  const std::string journal = host.text({"logs", "journal", "user", "real-demo.service.export"});
  CHECK(has(journal, "MESSAGE=demo says hello\n"));
  CHECK(has(journal, "__REALTIME_TIMESTAMP="));
}

TEST_CASE("a container is listed, inspected and its output read") {
  RealHost host;
  host.must({"podman", "run", "--replace", "--name", "real-demo", "--env", "GREETING=hello", k_image,
             "/bin/sh", "-c", "echo to stdout; echo to stderr >&2"});
  const auto outcome = host.collect(
      podman_collector(),
      {{"containers", {"real-demo"}}, {"images", {k_image, "localhost/absent:1"}}});
  CHECK(outcome.state == CollectorState::ok);
  CHECK(has(host.text({"podman", "info.json"}), "\"graphDriverName\""));
  CHECK(has(host.text({"podman", "containers.json"}), "real-demo"));
  CHECK(has(host.text({"podman", "images.json"}), k_image));
  CHECK(has(host.text({"podman", "inspect", "containers", "real-demo.json"}), "GREETING=hello"));
  REQUIRE(host.found.facts.image);
  CHECK(host.found.facts.image->present);
  CHECK(host.found.facts.image->image_id->size() == 64);
  CHECK(host.found.facts.image->digest->starts_with("sha256:"));

  host.collect(logs_collector(), {{"containers", {"real-demo"}}});
  const std::string log = host.text({"logs", "podman", "real-demo.log"});
  CHECK(has(log, "to stdout"));
  CHECK(has(log, "to stderr"));
}

TEST_CASE("the host, its tools and mounts are told") {
  RealHost host;
  CHECK(host.collect(host_collector(), json::Value::object()).state == CollectorState::ok);
  CHECK_FALSE(host.found.facts.host->os_version.empty());
  CHECK_FALSE(host.found.facts.host->kernel.empty());
  host.collect(tools_collector(), json::Value::object());
  CHECK(host.found.facts.tools[0].name == "podman");
  CHECK(host.found.facts.tools[0].status == ToolStatus::found);
  CHECK(host.found.facts.tools[0].tool->path.is_absolute());
  host.collect(mounts_collector(), json::Value::object());
  CHECK(has(host.text({"mounts", "mounts.json"}), R"("mountPoint":"/")"));
}

TEST_CASE("a command runs with its exit code") {
  RealHost host;
  host.collect(command_collector(), {{"argv", {"/bin/sh", "-c", "echo out; echo err >&2; exit 7"}}});
  CHECK(host.text({"command", "output"}) == "out\nerr\n");
  CHECK(has(host.text({"command", "result.json"}), R"("exitCode":7)"));
}
