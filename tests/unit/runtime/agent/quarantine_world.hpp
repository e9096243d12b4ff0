// A quarantine of the world's agent, with a redaction engine of its own.
#pragma once

#include <memory>
#include <optional>

#include "redact/pipeline.hpp"
#include "runtime/agent/quarantine.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::tests {

struct QuarantineBench {
  explicit QuarantineBench(const std::string& adapter = "linux")
      : world(adapter),
        backend(adapter == "macos" ? runtime::Platform::macos : runtime::Platform::linux_systemd) {
    redact::PipelineOptions options;
    options.scalar = true;
    pipeline = redact::Pipeline::create(std::move(options)).value();
  }
  void install() {
    agent = world.read();
    world.install();
  }
  runtime::Quarantine& run() {
    agent = world.read();
    quarantine.emplace(world.host(), backend, agent, log, *pipeline,
                       runtime::QuarantineSetting{.directory = directory(), .trigger = trigger});
    REQUIRE(quarantine->run());
    REQUIRE(quarantine->finish("sha256:00"));
    return *quarantine;
  }
  [[nodiscard]] std::filesystem::path directory() const { return world.home() / "q"; }
  [[nodiscard]] const runtime::QuarantineStep& step(int number) const {
    return *std::find_if(quarantine->steps().begin(), quarantine->steps().end(),
                         [&](const runtime::QuarantineStep& each) { return each.number == number; });
  }

  AgentWorld world;
  std::string trigger = "operator_request";
  FakeBackend backend;
  runtime::ReadDeclaration agent;
  runtime::ActionLog log{world.host()};
  std::unique_ptr<redact::Pipeline> pipeline;
  std::optional<runtime::Quarantine> quarantine;
};

}  // namespace sourceos::tests
