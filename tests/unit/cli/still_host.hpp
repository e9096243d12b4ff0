// A host on which nothing moves: a fixed clock, counted bytes, no programs.
#pragma once

#include <string>

#include "host/host.hpp"
#include "host/process_runner.hpp"

namespace sourceos::tests {

class StillHost {
 public:
  StillHost() {
    host.environment.home = "/home/ada";
    host.environment.user = "ada";
    host.environment.host_name = "lathe";
    host.environment.config_root = "/home/ada/.config/sourceos";
    host.environment.state_root = "/home/ada/.local/state/sourceos";
  }

 private:
  class FixedClock final : public host::Clock {
   public:
    UtcTime now() const override { return UtcTime::from_seconds(1'760'000'000); }
    std::uint64_t boot_ms() const override { return 1000; }
    std::optional<bool> synchronised() const override { return true; }
  };
  class CountedBytes final : public host::Random {
   public:
    std::string bytes(std::size_t count) override {
      std::string out(count, '\0');
      for (char& c : out) {
        c = static_cast<char>(next_++);
      }
      return out;
    }

   private:
    unsigned char next_ = 0;
  };
  class NoPrograms final : public host::ProcessRunner {
   public:
    Result<host::ProcessOutcome> run(const host::ProcessRequest&) override {
      host::ProcessOutcome outcome;
      outcome.end = host::ProcessEnd::missing;
      outcome.status = 127;
      return outcome;
    }
    Result<std::unique_ptr<host::ProcessStream>> start(const host::ProcessRequest&) override {
      return fail(ErrorKind::unavailable, "program-missing", "there are no programs here");
    }
  };

  FixedClock clock_;
  CountedBytes random_;
  NoPrograms programs_;

 public:
  host::Host host{clock_, random_, programs_, {}};
};

}  // namespace sourceos::tests
