// For looking, be it before acting: whoever did not answer once is not waited for again. Each question
// to a Podman that hangs costs the whole time of a probe, and looking at ten agents asks it thirty.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "host/host.hpp"
#include "host/process_runner.hpp"

namespace sourceos::runtime {

// A program has one life for each server it is asked about (`--connection C`, `--user`). What Podman
// answers without its server (version, machines, connections) is still asked after the server hung,
// but not for long: the answer takes milliseconds, or never comes.
class AskingOnce : public host::ProcessRunner {
 public:
  explicit AskingOnce(host::ProcessRunner& inner) : inner_(inner) {}

  [[nodiscard]] Result<host::ProcessOutcome> run(const host::ProcessRequest& request) override;
  [[nodiscard]] Result<std::unique_ptr<host::ProcessStream>> start(const host::ProcessRequest& request) override {
    return inner_.start(request);
  }

 private:
  host::ProcessRunner& inner_;
  std::set<std::string> silent_;  // who did not answer
  bool has_hung_ = false;
};

// The same host, asked in this way.
class LookedAt {
 public:
  explicit LookedAt(const host::Host& host)
      : runner_(host.processes),
        host_{host.clock, host.random, runner_, host.environment, host.interrupted} {}
  LookedAt(const LookedAt&) = delete;
  LookedAt& operator=(const LookedAt&) = delete;

  [[nodiscard]] const host::Host& host() const { return host_; }

 private:
  AskingOnce runner_;
  host::Host host_;
};

}  // namespace sourceos::runtime
