// I2 and I11 of activation over every command that could put an agent into service: whatever is
// missing on the host, on both platforms, nothing is enabled or started, and nothing is installed
// that was not there; what was to be installed is staged with what to type next.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "cli/app.hpp"
#include "cli/console.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "host/tool_finder.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::cli {
namespace {

namespace fs = std::filesystem;
using tests::AgentWorld;
using tests::exited;

host::ProcessOutcome complaining(const std::string& words) {
  host::ProcessOutcome outcome = exited(125);
  outcome.error_output = words;
  return outcome;
}

host::ProcessOutcome hanging() {
  host::ProcessOutcome outcome;
  outcome.end = host::ProcessEnd::timed_out;
  outcome.status = 124;
  return outcome;
}

void need_machine(AgentWorld& world) {
  world.document["podman"] = {{"requireMachine", true}, {"connection", "podman-machine-default"}};
}

struct Trouble {
  const char* reason;
  void (*make)(AgentWorld& world);
};

const std::array k_troubles = {
    Trouble{"podman-missing", [](AgentWorld& world) { world.has_podman = false; }},
    Trouble{"podman-version", [](AgentWorld& world) { world.version = "podman version 3.0.1\n"; }},
    Trouble{"machine-absent",
            [](AgentWorld& world) {
              need_machine(world);
              world.machines = "[]";
            }},
    Trouble{"machine-stopped",
            [](AgentWorld& world) {
              need_machine(world);
              world.machines = R"([{"Name":"podman-machine-default","Running":false}])";
            }},
    Trouble{"socket-refused",
            [](AgentWorld& world) { world.info = complaining("Error: connection " "refused\n"); }},
    Trouble{"connection-unknown",
            [](AgentWorld& world) { world.info = complaining("Error: no such connection: other\n"); }},
    Trouble{"probe-timeout", [](AgentWorld& world) { world.info = hanging(); }},
    Trouble{"image-missing", [](AgentWorld& world) { world.image_exists = 1; }},
    Trouble{"authfile-not-empty",
            [](AgentWorld& world) {
              world.fake.home.write(".config/containers/sourceos-empty-auth.json", R"({"auths":{"a":{}}})");
            }},
    Trouble{"noninteractive-helper-failure",
            [](AgentWorld& world) {
              world.document["auth"] = {{"mode", "none"}};
              world.fake.home.write(".docker/config.json", R"({"credsStore":"desktop"})");
              world.fake.processes.answer = [others = world.fake.processes.answer](
                                                const host::ProcessRequest& request) {
                return request.argv[0] == "docker-credential-desktop" ? complaining("log in first\n")
                                                                      : others(request);
              };
            }},
    Trouble{"container-foreign",
            [](AgentWorld& world) {
              world.container = exited(0, R"([{"Id":"f00","State":{"Status":"running"}}])");
            }},
    Trouble{"label-disabled",
            [](AgentWorld& world) {
              world.unit_show = "LoadState=masked\nActiveState=inactive\nUnitFileState=masked\n";
              world.overrides = "disabled services = {\n\t\"org.sourceos.agent.sample\" => disabled\n}\n";
            }},
};

class Bench {
 public:
  explicit Bench(const char* adapter) : world(adapter) {}

  json::Value run(const std::vector<std::string>& words) {
    world.fake.home.write("sample.json", world.document.dump());
    fs::permissions(world.home() / "sample.json", fs::perms(0600));
    std::vector<std::string> argv = {"sourceos-agent"};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"--declaration", (world.home() / "sample.json").string(), "--json"});
    world.fake.processes.requests.clear();
    host::ToolFinder tools(world.host().environment);
    StringConsole console;
    code = cli::run(argv, world.host(), tools, console);
    auto parsed = json::parse(console.output);
    REQUIRE_MESSAGE(parsed.has_value(), console.output << console.error_text);
    return std::move(*parsed);
  }

  // Whether the service manager was told to put it into service.
  [[nodiscard]] bool put_into_service() const {
    constexpr std::array<std::string_view, 4> k_orders = {"enable", "start", "bootstrap", "kickstart"};
    return std::ranges::any_of(world.fake.processes.requests, [&](const host::ProcessRequest& request) {
      const bool manager = request.argv[0] == "systemctl" || request.argv[0] == "launchctl";
      return manager && std::ranges::any_of(request.argv, [&](const std::string& word) {
               return std::ranges::find(k_orders, word) != k_orders.end();
             });
    });
  }
  [[nodiscard]] bool is_installed() { return fs::exists(world.places().definition); }
  [[nodiscard]] bool is_staged() {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(world.places().staging_root, ignored)) {
      if (fs::exists(entry.path() / "REMEDIATION.md") && fs::exists(entry.path() / "manifest.json")) {
        return true;
      }
    }
    return false;
  }

  AgentWorld world;
  int code = -1;
};

}  // namespace

TEST_CASE("install and activate stage whatever is missing, and put nothing into service") {
  for (const char* adapter : {"linux", "macos"}) {
    for (const char* command : {"install", "activate"}) {
      for (const Trouble& trouble : k_troubles) {
        CAPTURE(adapter);
        CAPTURE(command);
        CAPTURE(trouble.reason);
        Bench bench(adapter);
        trouble.make(bench.world);
        const json::Value record =
            bench.run(std::string_view(command) == "install" ? std::vector<std::string>{"install", "sample"}
                                                             : std::vector<std::string>{"activate"});
        CHECK(bench.code == 1);
        CHECK(record.dump().find(trouble.reason) != std::string::npos);
        CHECK(record.at("bundleId").is_string());
        CHECK_FALSE(bench.put_into_service());
        CHECK_FALSE(bench.is_installed());
        CHECK(bench.is_staged());
      }
    }
  }
}

TEST_CASE("start and restart of an installed agent refuse whatever is missing") {
  std::size_t turn = 0;
  for (const Trouble& trouble : k_troubles) {
    const char* adapter = ++turn % 2 == 0 ? "linux" : "macos";  // these two share what differs above
    CAPTURE(adapter);
    CAPTURE(trouble.reason);
    Bench bench(adapter);
    const json::Value installed = bench.run({"install", "sample"});
    REQUIRE_MESSAGE(bench.code == 0, installed.dump(2));
    CHECK_FALSE(bench.put_into_service());
    trouble.make(bench.world);
    for (const char* command : {"start", "restart"}) {
      CAPTURE(command);
      const json::Value record = bench.run({command, "sample"});
      CHECK(bench.code == 1);
      CHECK(record.at("reason") == trouble.reason);
      CHECK(record.at("bundleId").is_string());
      CHECK_FALSE(bench.put_into_service());
      CHECK(bench.is_installed());
    }
  }
}

}  // namespace sourceos::cli
