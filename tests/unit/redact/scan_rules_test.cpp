#include "redact/scan.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/limits.hpp"
#include "pipeline_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;
using namespace sourceos::tests;

TEST_CASE("words that only look like a rule's begin spend no budget that matters") {
  std::string text;
  while (text.size() < 64 * limits::k_kib) {
    text += "the pass over the key session of a token user ";
  }
  CHECK(pipeline().document(text, {}).record().limits.empty());
}

TEST_CASE("a file of options whose names speak of passwords stays readable") {
  std::string text;
  for (int i = 0; i < 3'000; ++i) {
    const std::string number = std::to_string(i);
    text += "# password_option_" + number + ": what it does\npassword_min_length_" + number + " = 8\npassword_policy_" +
            number + " = strict\nsecret_name_" + number + " = db\ntoken_ttl_" + number + " = 60\npassword_file_" + number +
            " = /etc/app/pw.txt\n";
  }
  const auto done = pipeline().document(text, {});
  CHECK(done.record().limits.empty());
  CHECK((done.bytes() == text));
}

TEST_CASE("a part that is nothing but begins of matches is masked") {
  std::string text;
  while (text.size() < 64 * limits::k_kib) {
    text += "pwpwpwpwpwpwpwpw";
  }
  const auto redacted = pipeline().document(text, {});
  CHECK(redacted.bytes().size() <= text.size());
  CHECK(redacted_in_parts(text, 1000) == tests::redacted(text));
}

TEST_CASE("a rule's matches follow each other, also where a refused one begins before") {
  const std::string secret = github_token();
  const std::string out = redacted("token token=" + secret + " token=" + secret + "\n");
  CHECK(out.find(secret) == std::string::npos);
  CHECK(out.starts_with("token token=REDACTED-"));
}

TEST_CASE("a restart storm is told once, whatever the numbers of its attempts") {
  const auto storms = [](std::string_view before, std::string_view after) {
    std::string log;
    for (int i = 1; i <= 20; ++i) {
      log += "2026-02-12T03:00:" + std::to_string(i + 10) + "Z " + std::string(before) + std::to_string(i) +
             std::string(after) + "\n";
    }
    std::size_t told = 0;
    const bundle::Redacted document = pipeline().document(log, {});
    for (const bundle::Finding& finding : document.findings()) {
      told += finding.rule_id.str() == "finding.restart-storm" ? 1U : 0U;
    }
    return told;
  };
  CHECK(storms("node-commander starting (attempt ", ")") == 1);
  CHECK(storms("INFO spawned: 'worker' with pid ", "") == 1);
  CHECK(storms("supervisor: restart attempt #", " of web") == 1);
  CHECK(storms("systemd[1]: Started Session ", " of user agent.") == 0);
  CHECK(storms("request ", " started") == 0);
}

TEST_CASE("a secret behind many begins of matches is found, however far they stand from it") {
  const std::string secret = "river" "Otter42";
  for (const std::string_view crowd : {"pw", "pw ", "key-", "user: ", ":25 "}) {
    for (std::size_t times = 0; times < 3000; times = times * 3 / 2 + 7) {
      std::string text;
      for (std::size_t i = 0; i < times; ++i) {
        text += crowd;
      }
      const std::string line = text + " --user app --pass" + "word " + secret + " end\n";
      CAPTURE(crowd);
      CAPTURE(times);
      CHECK(redacted(line).find(secret) == std::string::npos);
      CHECK(redacted_in_parts(line, 700) == redacted(line));
    }
  }
}

TEST_CASE("values that hold each other use the budget up, values side by side do not") {
  const auto limits_of = [](std::string_view piece) {
    std::string text;
    while (text.size() < 32 * limits::k_kib) {
      text += piece;
    }
    CHECK(redacted_in_parts(text, 5000) == redacted(text));
    return pipeline().document(text, {}).record().limits;
  };
  CHECK_FALSE(limits_of("key=").empty());
  CHECK_FALSE(limits_of("bearer=").empty());
  CHECK(limits_of("\"api_" "key\":\"v4lu3-0f" "-a-long-one\",\"n\":\"and much else that stands between\",").empty());
}
