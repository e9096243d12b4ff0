#include "redact/confirm.hpp"

#include <doctest/doctest.h>

#include "redact/checksum.hpp"

using namespace sourceos::redact;

namespace {

Confirmed confirm_whole(Check check, std::string_view match, double entropy = 0) {
  Rule rule;
  rule.check = check;
  rule.entropy_min = static_cast<float>(entropy);
  return confirm(rule, {.before = match.substr(0, 0), .match = match, .after = {}, .from = 0, .to = match.size()});
}

}  // namespace

TEST_CASE("a failed checksum lowers confidence and never leaves the text in place") {
  const std::string body(30, 'b');
  CHECK(confirm_whole(Check::github, "ghp_" + body + crc32_base62(body)).verdict == Verdict::checked);
  CHECK(confirm_whole(Check::github, "ghp_" + body + "zzzzzz").verdict == Verdict::unsure);
}

TEST_CASE("entropy below the rule's bound refuses") {
  CHECK_FALSE(confirm_whole(Check::none, "aaaaaaaaaaaaaaaa", 3).masks());
  CHECK(confirm_whole(Check::none, "a8Zk3pQx7TmW9rLc", 3).masks());
}

TEST_CASE("a long token goes on in its alphabet past the match") {
  Rule rule;
  rule.extend = Extend::b64url;
  const std::string text = "eyJabc-def_ghi rest";
  const std::string_view view = text;
  const Confirmed confirmed =
      confirm(rule, {.before = view.substr(0, 0), .match = view.substr(0, 5), .after = view.substr(5), .from = 0, .to = 5});
  CHECK(view.substr(confirmed.from, confirmed.to - confirmed.from) == "eyJabc-def_ghi");
}

TEST_CASE("our own placeholders are left alone") {
  CHECK_FALSE(confirm_whole(Check::none, "REDACTED-token-0123456789ab").masks());
}

TEST_CASE("names and values are judged together") {
  CHECK(is_secret_value("DB_PASS" "WORD", "correct7" "horse"));
  CHECK(is_secret_value("api_" "key", "a8Zk3pQx7TmW9rLc"));
  CHECK_FALSE(is_secret_value("DB_PASSWORD", "${DB_PASSWORD}"));
  CHECK_FALSE(is_secret_value("DB_PASSWORD_FILE", "correct7" "horse"));
  CHECK_FALSE(is_secret_value("PATH", "/usr/bin:/bin"));
  CHECK_FALSE(is_secret_value("public_key", "a8Zk3pQx7TmW9rLca8Zk3pQx7TmW9rLc"));
}
