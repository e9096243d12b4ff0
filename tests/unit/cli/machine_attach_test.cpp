#include "cli/machine_attach.hpp"

#include <doctest/doctest.h>

#include "tests/unit/cli/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::cli;
using tests::CommandScene;

namespace {

std::unique_ptr<redact::Pipeline> make_pipeline() {
  redact::PipelineOptions options;
  options.scalar = true;
  auto pipeline = redact::Pipeline::create(std::move(options)).value();
  pipeline->freeze();
  return pipeline;
}

}  // namespace

TEST_CASE("a tool's output is shown and kept through redaction") {
  CommandScene scene;
  const auto pipeline = make_pipeline();
  const std::string token = "gh" + std::string("p_0123456789abcdefghijABCDEFGHIJ012345");
  scene.fake.processes.answer = [&](const host::ProcessRequest&) {
    return tests::exited(5, "token " + token + "\nok\n");
  };
  runtime::LaunchPlan plan;
  plan.transcript_bytes_max = 1 << 20;
  for (const bool as_json : {false, true}) {
    scene.context.json = as_json;
    Attachment attachment(scene.context, *pipeline, plan);
    const auto outcome = attachment.run({"podman", "start", "--attach", "x"});
    REQUIRE(outcome.has_value());
    CHECK(outcome->status == 5);
    const std::string& shown = as_json ? scene.console.error_text : scene.console.output;
    CHECK(shown.find("ok\n") != std::string::npos);
    CHECK(shown.find(token) == std::string::npos);
    CHECK(attachment.finish().cast.find(token) == std::string::npos);
  }
}

TEST_CASE("a transcript that is off is none") {
  CommandScene scene;
  const auto pipeline = make_pipeline();
  runtime::LaunchPlan plan;
  plan.transcript = "off";
  CHECK_FALSE(Attachment(scene.context, *pipeline, plan).has_transcript());
}
