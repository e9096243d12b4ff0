#include "collect/collectors/auth_file.hpp"

#include <doctest/doctest.h>

using namespace sourceos::collect;

TEST_CASE("each kind of auth file has its verdict") {
  const auto verdict = [](std::string_view text) { return read_auth_file(text).verdict; };
  CHECK(verdict(R"({"auths":{}})") == "empty");
  CHECK(verdict("{}") == "empty");
  CHECK(verdict(R"({"auths":{"a.example":{}}})") == "hosts");
  CHECK(verdict(R"({"auths":{"a.example":{"auth":""}}})") == "hosts");
  CHECK(verdict(R"({"credHelpers":{"a.example":"x"}})") == "helpers");
  CHECK(verdict(R"({"credsStore":"x"})") == "helpers");
  CHECK(verdict(R"({"auths":{"a.example":{"identitytoken":"x"}}})") == "credentials");
  CHECK(verdict(R"({"auths":{"a.example":{"auth":5}}})") == "credentials");
  for (const char* text : {"", "[]", "5", "not JSON", R"({"auths":)"}) {
    CHECK(verdict(text) == "unparsable");
  }
}

TEST_CASE("names are told, values are not") {
  const AuthFile file = read_auth_file(
      R"({"auths":{"a.example":{"auth":"v1","email":"v2"}},"credHelpers":{"b.example":"h","c":5},)"
      R"("credsStore":"s","HttpHeaders":{"X":"v3"}})");
  REQUIRE(file.hosts.size() == 1);
  CHECK(file.hosts[0].host == "a.example");
  CHECK(file.hosts[0].fields == std::vector<std::string>{"auth", "email"});
  REQUIRE(file.helpers.size() == 1);
  CHECK(file.helpers[0].helper == "h");
  CHECK(file.store == "s");
  CHECK(file.other_keys == std::vector<std::string>{"HttpHeaders"});
}
