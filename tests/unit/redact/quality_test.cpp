// The set of this tree keeps its marks: strict recall by class, nothing changed in clean text.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "redact/pipeline.hpp"
#include "tests/eval/labelled_set.hpp"
#include "tests/eval/score.hpp"

using namespace sourceos;

namespace {

eval::Scores scores_of_tree(bool scalar) {
  redact::PipelineOptions options;
  options.scalar = scalar;
  options.personal_data = false;
  auto pipeline = redact::Pipeline::create(std::move(options));
  REQUIRE(pipeline.has_value());
  (*pipeline)->freeze();
  const auto samples =
      eval::read_tree_set(std::filesystem::path(SOURCEOS_SOURCE_DIR) / "tests/eval/labelled.txt", 1).value();
  eval::Scores scores;
  for (const eval::Labelled& sample : samples) {
    const bundle::Redacted redacted = (*pipeline)->document(sample.text, {});
    const eval::Score score = eval::score_of(sample, redacted.bytes(), {});
    CHECK_MESSAGE(score.hidden == score.positives, sample.klass << ": " << sample.rule);
    CHECK_MESSAGE(score.changed == 0, sample.klass << ": " << sample.rule << ": " << redacted.bytes());
    scores[{sample.source, sample.klass}].add(score);
  }
  return scores;
}

}  // namespace

TEST_CASE("secrets of container, service, shell and code forms are hidden, clean text stays") {
  const eval::Scores scores = scores_of_tree(false);
  for (const char* klass : {"container", "service", "shell", "code", "clean", "look-alike"}) {
    CHECK_MESSAGE(scores.contains({"labelled", klass}), klass);
  }
}

TEST_CASE("the scalar path hides the same") { CHECK_FALSE(scores_of_tree(true).empty()); }

TEST_CASE("the second set keeps its recall, and its clean texts stay") {
  redact::PipelineOptions options;
  options.personal_data = false;
  auto pipeline = redact::Pipeline::create(std::move(options));
  REQUIRE(pipeline.has_value());
  (*pipeline)->freeze();
  const auto samples =
      eval::read_tree_set(std::filesystem::path(SOURCEOS_SOURCE_DIR) / "tests/eval/unseen.txt", 1).value();
  eval::Score secrets;
  for (const eval::Labelled& sample : samples) {
    const bundle::Redacted redacted = (*pipeline)->document(sample.text, {});
    const eval::Score score = eval::score_of(sample, redacted.bytes(), {});
    secrets.add(score);
    const bool is_clean = sample.klass == "clean";
    CHECK_MESSAGE((!is_clean || score.changed == 0), sample.rule << ": " << redacted.bytes());
  }
  CHECK(secrets.hidden * 100 >= secrets.positives * 97);
  CHECK(secrets.changed * 100 <= secrets.negatives * 2);
}

TEST_CASE("forms of containers, services and shells keep their recall, and look-alikes stay") {
  redact::PipelineOptions options;
  options.personal_data = false;
  auto pipeline = redact::Pipeline::create(std::move(options));
  REQUIRE(pipeline.has_value());
  (*pipeline)->freeze();
  std::map<std::string, eval::Score> scores;
  for (const char* set : {"tests/eval/forms.txt", "tests/eval/fourth.txt"}) {
    const auto samples = eval::read_tree_set(std::filesystem::path(SOURCEOS_SOURCE_DIR) / set, 1).value();
    for (const eval::Labelled& sample : samples) {
      scores[sample.klass].add(eval::score_of(sample, (*pipeline)->document(sample.text, {}).bytes(), {}));
    }
  }
  for (const auto& [klass, score] : scores) {
    const bool is_strict = klass == "container" || klass == "service" || klass == "shell";
    CHECK_MESSAGE(score.hidden * 100 >= score.positives * (is_strict ? 97 : 94), klass);
  }
  CHECK(scores["clean"].changed == 0);
  CHECK(scores["look-alike"].changed * 100 <= scores["look-alike"].negatives * 2);
}

TEST_CASE("a fragment of eight bytes is a leak, unless the context holds it too") {
  const eval::Labelled sample{"", "", "", "password=" "abcdefghijkl", "abcdefghijkl"};
  CHECK(eval::leaves_fragment(sample, "password=" "X-cdefghij"));
  CHECK_FALSE(eval::leaves_fragment(sample, "password=" "X-cdefghi"));
  const eval::Labelled same{"", "", "", "abcdefgh password=" "abcdefgh1", "abcdefgh1"};
  CHECK(eval::leaves_fragment(same, "abcdefgh password=" "abcdefgh1"));
  CHECK_FALSE(eval::leaves_fragment(same, "abcdefgh password=X"));
}
