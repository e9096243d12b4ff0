#include "verify/verify.hpp"

#include "tests/unit/verify/judging.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

TEST_CASE("what is not there is an error, what is no bundle is a verdict") {
  const TemporaryDirectory directory;
  const verify::VerifyOptions options;
  const auto absent = verify::verify_path(directory / "absent", options);
  REQUIRE_FALSE(absent.has_value());
  CHECK(absent.error().reason == "input-missing");

  const auto no_tar = verify::verify_path(directory.write("notes.txt", "hello"), options);
  REQUIRE(no_tar.has_value());
  CHECK(no_tar->judgement.verdict.decision == verify::Decision::failed);
  CHECK(outcome_of(no_tar->judgement.verdict, "layout") == "fail malformed");
  CHECK(outcome_of(no_tar->judgement.verdict, "manifest") == "skipped needs layout");
}

TEST_CASE("many bundles are reported in their order, with any number of threads") {
  const TemporaryDirectory directory;
  Scene good;
  Scene bad;
  bad.bundle.files["extra"] = "x";
  std::vector<std::filesystem::path> paths;
  for (int i = 0; i < 12; ++i) {
    const auto folder = directory / std::to_string(i);
    std::filesystem::create_directories(folder);
    paths.push_back(lay_down(i % 3 == 0 ? bad : good, folder));
  }
  paths.push_back(directory / "absent");
  verify::Trust trust;
  trust.source = verify::Trust::Source::file;
  trust.document = good.trust;
  verify::VerifyOptions options = good.options;
  options.trust = &trust;
  for (const unsigned jobs : {1U, 2U, 5U, 0U}) {
    std::vector<std::string> words;
    verify::verify_many(paths, options, jobs,
                        [&](std::size_t index, const Result<verify::Verdict>& verdict) {
                          CHECK(index == words.size());
                          words.push_back(verdict ? told(*verdict) : verdict.error().reason);
                        });
    REQUIRE(words.size() == paths.size());
    CHECK(words[0] == "failed (unlisted-member)");
    CHECK(words[1] == "verified");
    CHECK(words[12] == "input-missing");
  }
}

TEST_CASE("no paths are no reports") {
  verify::verify_many({}, {}, 2, [](std::size_t, const Result<verify::Verdict>&) { FAIL(""); });
}
