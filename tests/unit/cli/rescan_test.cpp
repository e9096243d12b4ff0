#include "cli/rescan.hpp"

#include "redact/pipeline.hpp"

using namespace sourceos;

TEST_CASE("the inspector reports what the engine would still mask, by place and rule") {
  const std::string token = std::string("gh") + "p_" + "abcdefghijklmnopqrstuvwxyz0123456789";
  redact::PipelineOptions options;
  options.run_id = std::string(32, '0');
  options.scalar = true;
  auto pipeline = redact::Pipeline::create(std::move(options));
  REQUIRE(pipeline.has_value());
  (*pipeline)->freeze();
  const auto inspector = cli::make_inspector(**pipeline);
  CHECK(inspector->ruleset_digest() == (*pipeline)->info().digest.text());

  const auto clean = inspector->begin("a.log");
  clean->feed("nothing to see, REDACTED-github-0123456789ab included\n");
  CHECK(clean->finish().value().empty());

  const auto leaking = inspector->begin("b.log");
  leaking->feed("x " + token.substr(0, 10));
  leaking->feed(token.substr(10) + " y\n");
  const auto hits = leaking->finish();
  REQUIRE(hits.has_value());
  REQUIRE(hits->size() == 1);
  CHECK((*hits)[0].from == 2);
  CHECK((*hits)[0].to == 2 + token.size());
}
