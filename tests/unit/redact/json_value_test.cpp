#include "core/json/json.hpp"

#include <doctest/doctest.h>

#include <string>

#include "pipeline_support.hpp"

using namespace sourceos;
using namespace sourceos::tests;

namespace {

std::string redacted_json(const json::Value& value) { return std::string(pipeline().json(value).canonical()); }

}  // namespace

TEST_CASE("strings and keys of a value are redacted, numbers stay") {
  const std::string out =
      redacted_json({{"note", "see " + github_token()}, {github_token(), 1}, {"n", 7}});
  CHECK(out.find(github_token()) == std::string::npos);
  CHECK(out.find("\"n\":7") != std::string::npos);
  CHECK(out.find("see REDACTED-github-token-") != std::string::npos);
}

TEST_CASE("a value under a secret-looking name is masked, in pairs too") {
  CHECK(redacted_json({{"password", "pla" "in-words-9"}}).find("plain-words-9") == std::string::npos);
  CHECK(redacted_json({{"name", "DB_PASSWORD"}, {"value", "plain-words-9"}}).find("plain-words-9") ==
        std::string::npos);
  CHECK(redacted_json({{"name", "COLOUR"}, {"value", "plain-words-9"}}).find("plain-words-9") !=
        std::string::npos);
}

TEST_CASE("what canonical JSON cannot hold becomes a string") {
  CHECK(redacted_json({{"x", 1.5}}).find("\"1.5\"") != std::string::npos);
  CHECK(redacted_json({{"x", std::string("a\0b", 3)}}).find("\\\\x00") != std::string::npos);
}
