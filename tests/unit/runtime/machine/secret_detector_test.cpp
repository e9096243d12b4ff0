#include "runtime/machine/secret_detector.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("a token is a secret, ordinary words are none") {
  sourceos::runtime::SecretDetector secrets;
  CHECK(secrets.is_secret("gh" + std::string("p_") + "0123456789abcdefghijABCDEFGHIJ012345"));
  CHECK(secrets.is_secret(std::string("AKIA") + "IOSFODNN7EXAMPLQ"));
  CHECK_FALSE(secrets.is_secret("C.UTF-8"));
  CHECK_FALSE(secrets.is_secret("/usr/bin/vi"));
  CHECK_FALSE(secrets.is_secret(""));
}
