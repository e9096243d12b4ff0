#include "redact/identity.hpp"

#include <doctest/doctest.h>

#include <string>

#include "pipeline_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;

namespace {

std::string redacted_for(Identity identity, std::string_view text) {
  PipelineOptions options = tests::pipeline_options();
  options.identity = std::move(identity);
  auto pipeline = Pipeline::create(std::move(options)).value();
  pipeline->freeze();
  return std::string(pipeline->document(text, {}).bytes());
}

Identity of(std::string user, std::string host) {
  return {.user = std::move(user), .host = std::move(host), .home = {}, .other_users = {},
          .other_homes = {}};
}

}  // namespace

TEST_CASE("a name of its own is masked wherever it stands as a word") {
  const std::string out =
      redacted_for(of("marlowe7", "quillback3.example"), "marlowe7 on quillback3, not marlowe77");
  CHECK(out.find("marlowe7 ") == std::string::npos);
  CHECK(out.find("quillback3") == std::string::npos);
  CHECK(out.find("marlowe77") != std::string::npos);
}

TEST_CASE("a common name is masked only where the place says what it is") {
  const std::string out = redacted_for(of("admin", "host"), "the admin said user=admin and admin@x");
  CHECK(out.starts_with("the admin said user=REDACTED-user-"));
  CHECK(out.find("admin@") == std::string::npos);
}

TEST_CASE("root is everybody's") {
  CHECK(redacted_for(of("root", "localhost"), "user=root on localhost") == "user=root on localhost");
}
