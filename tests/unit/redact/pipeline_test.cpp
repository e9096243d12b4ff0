#include "redact/pipeline.hpp"

#include "core/json/json.hpp"

#include <doctest/doctest.h>

#include "pipeline_support.hpp"

using namespace sourceos;
using namespace sourceos::tests;

TEST_CASE("a secret becomes a placeholder, the rest of the line stays") {
  const std::string out = redacted("fetch with token " + github_token() + " (retry 2)\n");
  CHECK(out.starts_with("fetch with token REDACTED-github-token-"));
  CHECK(out.ends_with(" (retry 2)\n"));
  CHECK(out.find(github_token().substr(4)) == std::string::npos);
}

TEST_CASE("the same value has the same tag, another has another") {
  const std::string out = redacted(github_token() + "\n" + github_token() + "\n" + aws_key() + "\n");
  const std::string first = out.substr(0, out.find('\n'));
  CHECK(out.find(first, first.size()) == first.size() + 1);
  CHECK(first.size() == std::string("REDACTED-github-token-").size() + 12);
}

TEST_CASE("redacting redacted text changes nothing") {
  for (const std::string& text :
       {"a " + github_token() + " b", "password=" + aws_key() + "x", std::string("pass: " "hunter2secretXY"),
        "https://bob:" + std::string("s3cretPw99") + "@build.example.com/x"}) {
    const std::string once = redacted(text);
    CAPTURE(once);
    CHECK(redacted(once) == once);
  }
}

TEST_CASE("placeholders in the input stay and are counted") {
  const std::string text = "x REDACTED-github-token-0123456789ab y password=REDACTED-password-0123456789ab";
  const auto out = pipeline().document(text, {});
  CHECK(out.bytes() == text);
  CHECK(out.record().foreign == 2);
  CHECK(!out.record().has_hit());
}

TEST_CASE("a planted placeholder does not cover what stands beside it") {
  const std::string out =
      redacted("https://REDACTED-user-0123456789ab:" + std::string("Zk8vQ2mW5tRr") + "@db.example.net/x");
  CHECK(out.find("Zk8vQ2") == std::string::npos);
}

TEST_CASE("names of this account and host are masked as whole words") {
  const std::string out = redacted("marlowe7 on quillback3: /home/marlowe7/src and marlowe77\n");
  CHECK(out.starts_with("REDACTED-user-"));
  CHECK(out.find("quillback3") == std::string::npos);
  CHECK(out.find("$HOME/src") != std::string::npos);
  CHECK(out.find("marlowe77") != std::string::npos);
}

TEST_CASE("taught values are masked wherever they stand") {
  auto made = redact::Pipeline::create(pipeline_options());
  REQUIRE(made);
  redact::Pipeline& taught = **made;
  taught.teach("correct horse battery", "password", redact::Pipeline::Trust::operator_source);
  taught.teach("short", "password", redact::Pipeline::Trust::operator_source);
  taught.teach("container", "password", redact::Pipeline::Trust::operator_source);
  taught.teach("from a hostile log 1234", "password", redact::Pipeline::Trust::hostile_source);
  taught.freeze();
  taught.teach("taught too late to count", "password", redact::Pipeline::Trust::operator_source);
  const auto out = taught.document(
      "<correct horse battery> short container from a hostile log 1234 taught too late to count", {});
  CHECK(out.record().known == 1);
  CHECK(out.bytes().ends_with("> short container from a hostile log 1234 taught too late to count"));
}

TEST_CASE("a commitment binds run, path and original; short originals have none") {
  redact::DocumentOptions options;
  options.commitment_path = "logs/a.log";
  const std::string original(64, 'o');
  const auto out = pipeline().document(original, options);
  REQUIRE(out.record().commitment);
  CHECK(*out.record().commitment == pipeline().commitment("logs/a.log", original));
  CHECK(*out.record().commitment != pipeline().commitment("logs/b.log", original));
  CHECK(!pipeline().document(std::string(63, 'o'), options).record().commitment);
  CHECK(!pipeline().document(original, {}).record().commitment);
}

TEST_CASE("a JSON value loses secrets in strings and keys and under names that say so") {
  const json::Value value = {{"note", "use " + github_token()},
                             {github_token(), 1},
                             {"password", "hun" "ter2" "secretXY"},
                             {"env", {{{"name", "DB_PASSWORD"}, {"value", "hun" "ter2" "secretXY"}}}},
                             {"ratio", 0.5},
                             {"offset", -3},
                             {"bytes", std::string("a\0b", 3)}};
  const std::string out = pipeline().json(value).canonical();
  CHECK(out.find("hunter2") == std::string::npos);
  CHECK(out.find(github_token()) == std::string::npos);
  CHECK(out.find("\"ratio\":\"0.5\"") != std::string::npos);
  CHECK(out.find("\"offset\":\"-3\"") != std::string::npos);
  CHECK(out.find("DB_PASSWORD") != std::string::npos);
}

TEST_CASE("the scalar path masks what the engine masks") {
  auto options = pipeline_options();
  options.scalar = true;
  const auto scalar = redact::Pipeline::create(options);
  REQUIRE(scalar);
  CHECK((*scalar)->info().engine == "scalar");
  const std::string text = "a " + github_token() + "\nkey " + aws_key() + "\npass" "word = \"hunter2secretXY\"\n";
  CHECK((*scalar)->document(text, {}).bytes() == redacted(text));
}

TEST_CASE("an unknown rule cannot be switched off, a known one is recorded") {
  auto options = pipeline_options();
  options.disabled_rules = {"no.such.rule"};
  CHECK(redact::Pipeline::create(options).error().reason == "rule-unknown");
  options.disabled_rules = {"github.token"};
  const auto made = redact::Pipeline::create(options);
  REQUIRE(made);
  CHECK((*made)->info().disabled_rules == options.disabled_rules);
  CHECK((*made)->info().digest != pipeline().info().digest);
}

TEST_CASE("hostile sources get no tag for what can be guessed") {
  auto options = pipeline_options();
  options.hostile_sources = true;
  const auto made = redact::Pipeline::create(options);
  REQUIRE(made);
  const auto out = (*made)->document("pass" "word = \"hunter2secretXY\"\n" + github_token() + "\n", {});
  CHECK(out.bytes().find("REDACTED-password\"") != std::string::npos);
  CHECK(out.bytes().find("REDACTED-github-token-") != std::string::npos);
  CHECK((*made)->document(out.bytes(), {}).bytes() == out.bytes());
}

TEST_CASE("an allow list lets values and paths through") {
  auto options = pipeline_options();
  options.allow.value_tags = {pipeline().tag_of(github_token())};
  options.allow.paths = {"tests/**"};
  options.allow.rules = {"aws.access-key-id"};
  const auto made = redact::Pipeline::create(options);
  REQUIRE(made);
  CHECK((*made)->document(github_token(), {}).bytes() == github_token());
  redact::DocumentOptions document;
  document.name = "tests/a.txt";
  CHECK((*made)->document(aws_key(), document).bytes() == aws_key());
  CHECK((*made)->document(aws_key(), {}).bytes() != aws_key());
}

TEST_CASE("of a cookie its name stays") {
  const std::string value = "a8Zk3pQx7TmW9rLc" "c5pYbQ7nR4vK1sD9";
  CHECK(redacted("Set-Cookie: sid=" + value + "; Path=/\n").starts_with("Set-Cookie: sid=REDACTED-cookie-"));
  CHECK(redacted("Cookie: lang=en; session=" + value + "\n").starts_with("Cookie: lang=en; session=REDACTED-cookie-"));
}
