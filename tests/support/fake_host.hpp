// A Host for tests: a scratch home, a clock that stands, random bytes from a seed, and programs
// whose answers the test gives. Users link host_files.
#pragma once

#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/answered_stream.hpp"
#include "host/clock.hpp"
#include "host/host.hpp"
#include "host/process_runner.hpp"
#include "host/random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sourceos::tests {

// Answers by a function of the request; keeps every request that came.
class FakeProcessRunner : public host::ProcessRunner {
 public:
  using Answer = std::function<host::ProcessOutcome(const host::ProcessRequest&)>;

  // Nothing is installed until the test says so.
  Answer answer = [](const host::ProcessRequest&) { return host::missing_program(); };
  std::vector<host::ProcessRequest> requests;

  [[nodiscard]] Result<host::ProcessOutcome> run(const host::ProcessRequest& request) override {
    requests.push_back(request);
    return answer(request);
  }
  [[nodiscard]] Result<std::unique_ptr<host::ProcessStream>> start(
      const host::ProcessRequest& request) override {
    requests.push_back(request);
    return std::make_unique<host::AnsweredStream>(answer(request));
  }
};

[[nodiscard]] inline host::ProcessOutcome exited(int status, std::string output = {}) {
  host::ProcessOutcome outcome;
  outcome.status = status;
  outcome.output = std::move(output);
  return outcome;
}

class FakeHost {
 public:
  explicit FakeHost(std::string_view seed = "seed")
      : random(seed), host{clock, random, processes, make_environment(home.path()), nullptr} {}

  TemporaryDirectory home;
  host::FixedClock clock{UtcTime::from_seconds(1'780'000'000)};
  host::SeededRandom random;
  FakeProcessRunner processes;
  host::Host host;

 private:
  static host::Environment make_environment(const std::filesystem::path& home) {
    host::Environment environment;
    environment.home = home;
    environment.config_root = home / ".config/sourceos/test";
    environment.state_root = home / ".local/state/sourceos/test";
    environment.root = home / "root";
    environment.user = "operator";
    environment.host_name = "samplehost";
    environment.uid = ::geteuid();
    environment.domain_uid = environment.uid;
    environment.architecture = "x86_64";
    environment.test_seams = true;
    return environment;
  }
};

}  // namespace sourceos::tests
