#include <doctest/doctest.h>

#include "redact/confirm.hpp"

using namespace sourceos::redact;

TEST_CASE("fillers are told from secrets") {
  for (const char* filler : {"${DB_PASSWORD}", "<your-token>", "changeme", "****", "{{ vault_pw }}", "xxxxxxxx",
                             "null", "%s", "\\eab5", "$(cat /run/secrets/x)", "sha256", "1234567890", "$$password", "0123456789abcdefghijklmnopqrstuvwxyz_-."}) {
    CHECK_MESSAGE(is_placeholder(filler), filler);
  }
  CHECK_FALSE(is_placeholder("river" "-otter-42"));
}

TEST_CASE("a URL of a document is told from one that opens a door") {
  for (const char* url : {"postgres://user:password@host", "mongodb://YOUR_USERNAME:YOUR_PASSWORD@db", "redis://:your-pw@cache",
                          "mysql://app:${PW}@db"}) {
    CHECK_MESSAGE(is_sample_url(url), url);
  }
  for (const char* url : {"postgres://app:river" "42@db", "amqp://user:password@mq.example.com", "postgres://db/app", "mongodb://admin:" "password@db", "mail@x://y"}) {
    CHECK_FALSE_MESSAGE(is_sample_url(url), url);
  }
}

TEST_CASE("a format's sign inside of letters is part of a password") {
  CHECK_FALSE(is_placeholder("SwWXp" "%sSHiQH"));
  CHECK(is_placeholder("token-%s"));
}

TEST_CASE("brackets that close nothing make no template") {
  CHECK_FALSE(is_placeholder("{{k}r)w${u]" "pond(otter[>-_$#lane}}"));
  for (const char* filler : {"{{ .Values.pw", "${PW:-${OTHER}}", "{{ item['pw'] }}", "{pw}", "(see below)", "[{pw}]", "x}}"}) {
    CHECK_MESSAGE(is_placeholder(filler), filler);
  }
}

TEST_CASE("a back slash alone makes no pattern") {
  CHECK_FALSE(is_placeholder("5R8xp" "\\\\b24Rtv"));
  CHECK(is_placeholder("(\\w+)"));
}
