#include "cli/judging.hpp"

#include <array>

#include "bundle/key.hpp"
#include "cli/option_sets.hpp"
#include "cli/workplace.hpp"
#include "tests/unit/cli/call_scene.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

struct Scene : CallScene {
  Result<Judging> judging(const std::vector<std::string>& arguments) {
    const Command command = {.name = "x", .options = k_trust_options, .run = [](const Options&, Context&) -> Result<Report> {
      return fail(ErrorKind::internal, "internal", "");
    }};
    Parsed parsed;
    REQUIRE(parse(command, arguments, parsed).has_value());
    return Judging::create(parsed.options, context);
  }
};

}  // namespace

TEST_CASE("this account's own trust counts for its store and never for a path") {
  Scene scene;
  REQUIRE(key_directory(scene.context).load_or_create(bundle::KeyRole::bundle, scene.fake.random).has_value());
  REQUIRE(ensure_local_trust(scene.context).has_value());
  const auto judging = scene.judging({});
  REQUIRE_MESSAGE(judging.has_value(), judging.error().message);
  CHECK(judging->for_store().trust->document.keys.size() == 1);
  CHECK(judging->for_path().trust->document.keys.empty());
}

TEST_CASE("a key that was named counts for paths") {
  Scene scene;
  const auto signer = bundle::signer_from_seed(std::string(32, 'k'));
  const auto file = scene.fake.home.write(
      "key.pem", bundle::export_public_key(signer->public_key(), bundle::KeyFormat::pem));
  const auto judging = scene.judging({"--key", file.string()});
  REQUIRE_MESSAGE(judging.has_value(), judging.error().message);
  REQUIRE(judging->for_path().trust->document.keys.size() == 1);
  CHECK(judging->for_path().trust->document.keys[0].role == bundle::KeyRole::bundle);
}

TEST_CASE("a trust file that is not there is an error, one that says nothing good is a check") {
  Scene scene;
  const auto missing = scene.judging({"--trust", (scene.fake.home.path() / "none.json").string()});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().reason == "input-missing");
  const auto bad = scene.judging({"--trust", scene.fake.home.write("trust.json", "{}").string()});
  REQUIRE_MESSAGE(bad.has_value(), bad.error().message);
  CHECK(bad->for_path().trust->refused.has_value());
}

TEST_CASE("a threshold of nobody and a pin that is no digest are usage errors") {
  Scene scene;
  CHECK(scene.judging({"--threshold", "0"}).error().kind == ErrorKind::usage);
  CHECK(scene.judging({"--threshold", "1"}).has_value());
  const auto trust = scene.fake.home.write("trust.json", "{}").string();
  CHECK(scene.judging({"--trust", trust, "--trust-root", "abc"}).error().kind == ErrorKind::usage);
  CHECK(scene.judging({"--trust", trust, "--trust-root", std::string(64, 'a')}).has_value());
}

TEST_CASE("a key file that is none is an error that names the file and not what is in it") {
  Scene scene;
  const auto file = scene.fake.home.write("key.pem", "hidden words");
  const auto judging = scene.judging({"--key", file.string()});
  REQUIRE_FALSE(judging.has_value());
  CHECK(judging.error().read_out().find("key.pem") != std::string::npos);
  CHECK(judging.error().read_out().find("hidden") == std::string::npos);
}
