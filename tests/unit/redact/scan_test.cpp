#include "redact/scan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "pipeline_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;
using namespace sourceos::tests;

namespace {

const Pipeline& scalar_pipeline() {
  static const auto made = [] {
    PipelineOptions options = pipeline_options();
    options.scalar = true;
    auto pipeline = Pipeline::create(std::move(options)).value();
    pipeline->freeze();
    return pipeline;
  }();
  return *made;
}

// Every rule's examples, between words.
std::string all_examples() {
  std::string text;
  for (const Rule& rule : builtin_rules()) {
    for (const std::string_view example : rule.examples) {
      text += "\nnow " + expand_example(example, 3).text + " then\n";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("the engine and the scalar path mask the same of every rule's examples") {
  const std::string text = all_examples();
  std::size_t from = 0;
  // A piece at a time, so that a difference shows where it is.
  while (from < text.size()) {
    std::size_t to = text.find(" then\n", from);
    to = to == std::string::npos ? text.size() : to + 6;
    const std::string piece = text.substr(from, to - from);
    CHECK_MESSAGE((redacted(piece) == scalar_pipeline().document(piece, {}).bytes()), piece);
    from = to;
  }
}

TEST_CASE("output does not depend on how many threads work side by side") {
  const std::string text = all_examples();
  const std::string alone = redacted(text);
  std::vector<std::string> out(4);
  std::vector<std::thread> threads;
  for (std::string& mine : out) {
    threads.emplace_back([&] { mine = pipeline().document(text, {}).bytes(); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(std::ranges::all_of(out, [&](const std::string& mine) { return mine == alone; }));
}

TEST_CASE("output does not depend on where a part ends within a secret") {
  const std::string text = "a token=" + github_token() + " b\npass" "word = \"hunter2secretXY\"\n";
  const std::string whole = redacted(text);
  for (std::size_t size = 1; size <= text.size(); ++size) {
    CHECK(redacted_in_parts(text, size) == whole);
  }
}

TEST_CASE("text that is full of secrets does not spend the budget") {
  CHECK(pipeline().document(all_examples(), {}).record().limits.empty());
}

TEST_CASE("redacting what was redacted changes nothing") {
  const std::string once = redacted(all_examples());
  CHECK((redacted(once) == once));
}

TEST_CASE("a flood of keywords is masked line by line when its budget is spent, in linear time") {
  const auto flood = [](std::size_t lines) {
    std::string text;
    for (std::size_t i = 0; i < lines; ++i) {
      text += "password=password=password=password=password=password=password=password=\n";
    }
    return text;
  };
  const auto done = pipeline().document(flood(20'000) + "token=" + github_token() + "\n", {});
  CHECK(done.bytes().find(github_token()) == std::string::npos);
}

TEST_CASE("a placeholder in the input stays and is counted") {
  const std::string text = "x REDACTED-token-0123456789ab y";
  const auto done = pipeline().document(text, {});
  CHECK(done.bytes() == text);
  CHECK(done.record().foreign == 1);
}

TEST_CASE("values on the allow list stay") {
  PipelineOptions options = pipeline_options();
  options.allow.value_tags = {pipeline().tag_of(github_token())};
  auto allowing = Pipeline::create(std::move(options)).value();
  allowing->freeze();
  const std::string text = "token " + github_token() + " and " + aws_key();
  const std::string out(allowing->document(text, {}).bytes());
  CHECK(out.find(github_token()) != std::string::npos);
  CHECK(out.find(aws_key()) == std::string::npos);
}
