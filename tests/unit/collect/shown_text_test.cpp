#include "collect/shown_text.hpp"

#include <doctest/doctest.h>

#include "core/text.hpp"
#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;

TEST_CASE("what no JSON string can hold is percent-encoded") {
  CHECK(collect::percent_encode_unprintable("plain \u00e9") == "plain \u00e9");
  CHECK(collect::percent_encode_unprintable("a\nb%") == "a%0Ab%25");
  CHECK(collect::percent_encode_unprintable("\xff") == "%FF");
}

TEST_CASE("shown text is valid and holds no secret") {
  const auto pipeline = tests::make_pipeline();
  const std::string shown =
      collect::shown_text(*pipeline, std::string_view("token=" + tests::planted_token() + "\xfe")).str();
  CHECK(text::is_utf8(shown));
  CHECK(shown.find(tests::planted_token()) == std::string::npos);
  CHECK_FALSE(collect::shown_text(*pipeline, std::optional<std::string>()).has_value());
}

TEST_CASE("a word of ours stays even when it is somebody's name") {
  redact::PipelineOptions options;
  options.identity.user = "sourceosctl";
  const auto pipeline = tests::make_pipeline(std::move(options));
  CHECK(collect::known_word(*pipeline, "sourceosctl").str() == "sourceosctl");
}
