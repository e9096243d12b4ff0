#include "redact/placeholder.hpp"

#include <doctest/doctest.h>

using namespace sourceos::redact;

TEST_CASE("a placeholder ends with its tag, whatever follows") {
  CHECK(placeholder_length("REDACTED-github-token-0123456789ab") == 34);
  CHECK(placeholder_length("REDACTED-github-token-0123456789abcdef") == 34);
  CHECK(placeholder_length("REDACTED-ip-0123456789abREDACTED-ip-0123456789ab") == 24);
  CHECK(placeholder_length("REDACTED-password") == 17);
  CHECK(placeholder_length("REDACTED-password, next") == 17);
}

TEST_CASE("other text is no placeholder") {
  for (const char* text : {"", "REDACTED", "REDACTED-", "REDACTED-x", "REDACTED-Token-0123456789ab",
                           "REDACTED-token2-0123456789a", "REDACTED--0123456789ab",
                           "REDACTED-0123456789ab", "redacted-ip-0123456789ab"}) {
    CAPTURE(text);
    CHECK(placeholder_length(text) == 0);
  }
}

TEST_CASE("a wide placeholder is UTF-16 like the text around it") {
  Span span{.klass = "ip", .shape = Shape::wide_little, .tagged = false};
  std::string out;
  append_placeholder(out, span);
  CHECK(out == std::string("R\0E\0D\0A\0C\0T\0E\0D\0-\0i\0p\0", 22));
}
