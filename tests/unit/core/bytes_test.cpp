#include "core/bytes.hpp"

#include <doctest/doctest.h>

using namespace sourceos;

TEST_CASE("hex and base64 give back what they took") {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all += static_cast<char>(i);
    CHECK(hex_decode(hex_encode(all)).value() == all);
    CHECK(base64_decode(base64_encode(all)).value() == all);
  }
}

TEST_CASE("base64 follows the vectors of RFC 4648 section 10") {
  CHECK(base64_encode("") == "");
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("fo") == "Zm8=");
  CHECK(base64_encode("foobar") == "Zm9vYmFy");
}

TEST_CASE("only the one strict form of base64 and hex is taken") {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "Zm 8", "Zm-8", "====", "Zg==Zg=="}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decode(text).has_value());
  }
  for (const char* text : {"0", "AB", "0g", "+1"}) {
    CAPTURE(text);
    CHECK_FALSE(hex_decode(text).has_value());
  }
}
