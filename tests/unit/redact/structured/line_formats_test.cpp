#include <doctest/doctest.h>

#include "redact/structured/line_formats.hpp"
#include "structured_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;
using tests::parts;
using tests::Strings;

TEST_CASE("an INI file hides values of secret names, quoted or not") {
  const std::string text = tests::spelled(
      "[db]\nuser = app\npassword = \"<1>\"\n# password = no\nhost: x\n//r.example.com/:_authToken=<12>\n");
  CHECK(parts(text, ini_secrets(text)) == Strings{"horse-42", "aa-bb-cc"});
  const std::string masked = tests::masked_text(text, ini_secrets(text));
  CHECK(ini_secrets(masked).empty());
  CHECK(masked.find("password = \"REDACTED-") != std::string::npos);
}

TEST_CASE("a comment behind a value of an INI file stays") {
  const std::string text = tests::spelled("[db]\npassword = <1> ; of the test\nother_password = <8>\n");
  CHECK(parts(text, ini_secrets(text)) == Strings{"horse-42", "horse 42x"});
}

TEST_CASE("a unit file hides variables, arguments and credentials") {
  const std::string text = tests::spelled(
      "[Service]\nEnvironment=A=1 \"DB_PASSWORD=<8>\" B=2\n"
      "ExecStart=/usr/bin/app --api-token <5> \\\n  --smtp-password=<2>\n"
      "SetCredential=pw:<3>\nEnvironmentFile=/etc/app.env\n");
  CHECK(parts(text, unit_secrets(text)) == Strings{"horse 42x", "f00dfeedbeef1234", "mule-43x", "ox-44yz"});
  CHECK(unit_secrets(tests::masked_text(text, unit_secrets(text))).empty());
}

TEST_CASE("an env file and a shell profile are read as assignments") {
  const std::string text = tests::spelled("export DB_PASSWORD='<1>'\nTZ=UTC\nAPI_TOKEN=<6> # old\nalias x=y\n");
  CHECK(parts(text, dotenv_secrets(text)) == Strings{"horse-42", "f00d-feed-8eef-1"});
}

TEST_CASE("a tab ends a word of an env file, and a sign behind it at the end of the text is none") {
  const std::string_view line = "DB_PASSWORD\t=";
  const std::vector<char> exact(line.begin(), line.end());  // nothing readable behind it
  CHECK(dotenv_secrets({exact.data(), exact.size()}).empty());
}

TEST_CASE("a line without a sign does not take one of a later line") {
  const std::string text = tests::spelled("DB_PASSWORD\nx=<1>\n");
  CHECK(ini_secrets(text).empty());
  CHECK(unit_secrets(text).empty());
  CHECK(dotenv_secrets(text).empty());
}

TEST_CASE("netrc and pgpass lose their passwords whatever they look like") {
  const std::string netrc = tests::spelled("machine a login b\n  password <18>\nmachine c login d account e pass" "word f\n");
  CHECK(parts(netrc, netrc_secrets(netrc)) == Strings{"secret", "e", "f"});
  const std::string pgpass = tests::spelled("# c\nhost:5432:db:me:<16>\nh\\:x:1:d:u:y\nshort:1\n");
  CHECK(parts(pgpass, pgpass_secrets(pgpass)) == Strings{"pa:ss", "y"});
}

TEST_CASE("arguments and environments end with NUL or newline") {
  const std::string arguments("app\0--password\0horse 42\0--port\0" "80\0", 35);
  CHECK(parts(arguments, argument_secrets(arguments)) == Strings{"horse 42"});
  const std::string environment = tests::spelled("PATH=/bin\nDB_PASSWORD=<1>\n");
  CHECK(parts(environment, environment_secrets(environment)) == Strings{"horse-42"});
}
