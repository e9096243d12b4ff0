#include "host/environment.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;

namespace {

EnvironmentSource sample_source(Variables variables) {
  EnvironmentSource source;
  source.variables = std::move(variables);
  source.account_name = "operator";
  source.account_home = "/home/operator";
  source.host_name = "samplehost";
  source.machine = "aarch64";
  source.uid = 1000;
  return source;
}

Environment read(Variables variables) {
  Result<Environment> environment = read_environment(sample_source(std::move(variables)));
  REQUIRE(environment.has_value());
  return std::move(*environment);
}

std::vector<std::string> names(const std::vector<EnvironmentOverride>& overrides) {
  std::vector<std::string> list;
  for (const EnvironmentOverride& item : overrides) {
    list.push_back(item.name);
  }
  return list;
}

}  // namespace

TEST_CASE("roots lie in the account's home when nothing says otherwise") {
  const Environment environment = read({});
  CHECK(environment.home == "/home/operator");
  CHECK(environment.config_root == "/home/operator/.config/sourceos");
  CHECK(environment.state_root == "/home/operator/.local/state/sourceos");
  CHECK(environment.architecture == "arm64");
  CHECK(environment.overrides.empty());
  CHECK_FALSE(environment.test_seams);
}

TEST_CASE("XDG variables and another HOME move the roots and are named") {
  const Environment environment = read({{"HOME", "/elsewhere"},
                                        {"XDG_STATE_HOME", "/state"},
                                        {"SOURCEOS_GUARDED_MUTATIONS", "1"}});
  CHECK(environment.config_root == "/elsewhere/.config/sourceos");
  CHECK(environment.state_root == "/state/sourceos");
  CHECK(environment.guarded_mutations);
  CHECK(names(environment.overrides) ==
        std::vector<std::string>{"HOME", "SOURCEOS_GUARDED_MUTATIONS", "XDG_STATE_HOME"});
  CHECK(environment.overrides[0].path == "/elsewhere");
  CHECK(environment.overrides[1].path.empty());
}

TEST_CASE("relative roots and a relative HOME are not taken") {
  const Environment environment = read({{"HOME", "here"}, {"XDG_CONFIG_HOME", "config"}});
  CHECK(environment.home == "/home/operator");
  CHECK(environment.config_root == "/home/operator/.config/sourceos");
}

TEST_CASE("without the switch every seam that is set is ignored and named") {
  const Environment environment = read({{"SOURCEOS_NOW", "2026-03-01T10:00:00Z"},
                                        {"SOURCEOS_ROOT", "/fake"},
                                        {"SOURCEOS_TEST_SEAMS", "yes"}});
  CHECK_FALSE(environment.test_seams);
  CHECK(environment.root == "/");
  CHECK(environment.ignored_seams ==
        std::vector<std::string>{"SOURCEOS_NOW", "SOURCEOS_ROOT", "SOURCEOS_TEST_SEAMS"});
  CHECK(find_seam(environment, "SOURCEOS_NOW") == nullptr);
}

TEST_CASE("with the switch seams are in force and the roots are of the test kind") {
  const Environment environment = read({{"SOURCEOS_TEST_SEAMS", "1"},
                                        {"SOURCEOS_HOST_OS", "macos"},
                                        {"SOURCEOS_HOST_ARCH", "x86_64"},
                                        {"SOURCEOS_ROOT", "/fake"},
                                        {"SOURCEOS_UID", "501"}});
  CHECK(environment.test_seams);
  CHECK(environment.ignored_seams.empty());
  CHECK(environment.config_root ==
        "/home/operator/Library/Application Support/SourceOS/test");
  CHECK(environment.state_root ==
        "/home/operator/Library/Application Support/SourceOS/State/test");
  CHECK(environment.architecture == "x86_64");
  CHECK(environment.domain_uid == 501);
  CHECK(environment.uid == 1000);
  CHECK(system_path(environment, "/etc/os-release") == "/fake/etc/os-release");
}

TEST_CASE("a start that changed identity ignores the switch") {
  EnvironmentSource source =
      sample_source({{"SOURCEOS_TEST_SEAMS", "1"}, {"SOURCEOS_ROOT", "/fake"}});
  source.identities_differ = true;
  const Result<Environment> environment = read_environment(source);
  REQUIRE(environment.has_value());
  CHECK_FALSE(environment->test_seams);
  CHECK(environment->root == "/");
  CHECK(environment->ignored_seams.size() == 2);
}

TEST_CASE("a seam with a value that cannot be is refused by name") {
  for (const auto& [name, value] : Variables{{"SOURCEOS_HOST_OS", "beos"},
                                             {"SOURCEOS_HOST_ARCH", "sparc"},
                                             {"SOURCEOS_ROOT", "relative"},
                                             {"SOURCEOS_UID", "12x"}}) {
    const auto environment =
        read_environment(sample_source({{"SOURCEOS_TEST_SEAMS", "1"}, {name, value}}));
    REQUIRE_FALSE(environment.has_value());
    CHECK(environment.error().reason == "seam-invalid");
    CHECK(environment.error().message.find(name) != std::string::npos);
  }
}

TEST_CASE("the search path keeps directories where nobody else can put a program") {
  const tests::TemporaryDirectory scratch;
  for (const auto& [name, mode] : std::vector<std::pair<std::string, mode_t>>{
           {"safe", 0755}, {"group", 0775}, {"world", 0757}, {"sticky", 01777}}) {
    std::filesystem::create_directory(scratch / name);
    REQUIRE(chmod((scratch / name).c_str(), mode) == 0);
  }
  const std::string base = scratch.path();
  const Environment environment =
      read({{"PATH", base + "/safe::bin:" + base + "/group:" + base + "/world:" + base +
                         "/sticky:" + base + "/none:" + base + "/safe"}});
  CHECK(environment.search_path == std::vector<std::string>{base + "/safe"});
  CHECK(environment.skipped_path == std::vector<std::string>{"", "bin", base + "/group",
                                                             base + "/world", base + "/sticky"});
}

TEST_CASE("children see the allow list only, with the filtered search path") {
  Variables variables = {{"HOME", "/home/operator"},
                         {"LC_ALL", "C"},
                         {"CONTAINERS_CONF", "/etc/containers.conf"},
                         {"CONTAINER_HOST", "unix:///run/podman.sock"},
                         {"REGISTRY_AUTH_FILE", "/auth.json"},
                         {"DOCKER_CONFIG", "/docker"},
                         {"SSH_AUTH_SOCK", "/agent"},
                         {"LD_PRELOAD", "/evil.so"},
                         {"GIT_DIR", "/repo"},
                         {"PATH", "/usr/bin:bin"}};
  variables.emplace_back(std::string("SERVICE_TO") + "KEN", "value");
  Variables passed = child_environment(read(variables));
  std::ranges::sort(passed);
  CHECK(passed == Variables{{"CONTAINERS_CONF", "/etc/containers.conf"},
                            {"HOME", "/home/operator"},
                            {"LC_ALL", "C"},
                            {"PATH", "/usr/bin"}});
}

TEST_CASE("the real environment has an account, a host and a machine") {
  const EnvironmentSource source = current_environment_source();
  CHECK_FALSE(source.host_name.empty());
  CHECK_FALSE(source.machine.empty());
  CHECK_FALSE(source.identities_differ);
  const Result<Environment> environment = read_environment();
  REQUIRE(environment.has_value());
  CHECK(environment->home.is_absolute());
}
