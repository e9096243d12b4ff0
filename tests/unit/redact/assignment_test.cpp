#include "redact/assignment.hpp"

#include <doctest/doctest.h>

using namespace sourceos::redact;

namespace {

// The value that stands under `keyword` in `text`.
std::string value_of(std::string_view text, std::string_view keyword) {
  const Assignment found = read_assignment(text, text.find(keyword));
  return std::string(text.substr(found.from, found.to - found.from));
}

// The value behind the name of a password; @ stands for the name.
std::string value_behind(std::string text) {
  const std::string name = std::string("PASS") + "WORD";
  text.replace(text.find('@'), 1, name);
  return value_of(text, name);
}

}  // namespace

TEST_CASE("a value is read in the syntaxes of shells, settings and code") {
  CHECK(value_of("DB_PASSWORD=" "ab12 other", "PASSWORD") == "ab12");
  CHECK(value_of("password: " "ab12", "password") == "ab12");
  CHECK(value_of("{\"password\": \"a b\"}", "password") == "a b");
  CHECK(value_of("{\\\"password\\\":\\\"ab\\\"}", "password") == "ab");
  CHECK(value_of("<password>ab</password>", "password") == "ab");
  CHECK(value_of("<add key=\"Password\" value=\"ab\"/>", "Password") == "ab");
  CHECK(value_of("$password = 'ab';", "password") == "ab");
  CHECK(value_of("password := `ab`", "password") == "ab");
  CHECK(value_of("std::string password{\"ab\"};", "password") == "ab");
  CHECK(value_of("char password[32] = \"ab\";", "password") == "ab");
  CHECK(value_of("char password[" "k_size] = \"ab\";", "password") == "ab");
  CHECK(value_of("val password: String = \"ab\"", "password") == "ab");
  CHECK(value_of("var password string = \"ab\"", "password") == "ab");
  CHECK(value_of("define('PASSWORD', 'ab');", "PASSWORD") == "ab");
  CHECK(value_of("?token=ab&lang=en", "token") == "ab");
  CHECK(value_of("%26token%3Dab%26lang", "token") == "ab");
  CHECK(value_of("password=ab;Encrypt=true", "password") == "ab");
  CHECK(value_of("- name: PASSWORD\n  value: ab\n", "PASSWORD") == "ab");
  CHECK(value_of("{\"name\":\"PASSWORD\",\"value\":\"ab\"}", "PASSWORD") == "ab");
  CHECK(value_of("getenv(\"PASSWORD\", \"ab\")", "PASSWORD") == "ab");
  CHECK(value_of("PASSWORD = os.environ.get(\"X\") or \"ab\"", "PASSWORD") == "ab");
  CHECK(value_of("(pw:" "ab12)", "pw") == "ab12");
  CHECK(value_of("token: >-\n  ab12\n", "token") == "ab12");
  CHECK(value_of("ENV TOKEN ab12", "TOKEN") == "ab12");
  CHECK(value_of("password for root: ab12", "password") == "ab12");
}

TEST_CASE("marks inside of a value do not end it") {
  CHECK(value_behind("@=a1(b2)c3\n") == "a1(b2)c3");
  CHECK(value_behind("@ = a1<7Kq>c3\n") == "a1<7Kq>c3");
  CHECK(value_behind("@=a1b2<br>") == "a1b2");
  CHECK(value_behind("@=!a1b2 run") == "!a1b2");
  CHECK(value_behind("@: !Secret 'ab12'\n") == "ab12");
  CHECK(value_behind("@=a1b2;C3d4\n") == "a1b2;C3d4");
  CHECK(value_behind("@=a1b2;export X\n") == "a1b2");
  CHECK(value_behind("x @=a1b2,MI3 host=db") == "a1b2,MI3");
  CHECK(value_behind("x @=a1b2,host=db") == "a1b2");
  CHECK(value_behind("<@>a1&lt;b2&quot; c3</x>") == "a1&lt;b2&quot; c3");
  CHECK(value_behind("<@><![CDATA[a1<b2]]></x>") == "a1<b2");
  CHECK(value_behind("<@>\n  <Value>a1!b2</Value></x>") == "a1!b2");
}

TEST_CASE("a value that has its line for itself may hold a blank or a quote") {
  CHECK(value_behind("@=aB12 Cd34\n") == "aB12 Cd34");
  CHECK(value_behind("@=aB12 psql -h db\n") == "aB12");
  CHECK(value_behind("@=aB12\"Cd34\n") == "aB12\"Cd34");
  CHECK(value_behind("@=aB12.\nX=1\n") == "aB12.");
}

TEST_CASE("a quote around name and value ends the value") {
  CHECK(value_behind("\"@=a1\\\"b2\",") == "a1\\\"b2");
  CHECK(value_behind("'@=a1 B2x3' run") == "a1 B2x3");
  CHECK(value_behind("\"@=a1 psql -c x\"") == "a1");
  CHECK(value_behind("\"@=a1&host=db\"") == "a1");
}

TEST_CASE("a quote inside of a value is told by what stands before it") {
  CHECK(value_behind("{\\\"@\\\":\\\"a1\\\\\\\"b2\\\",\\\"x\\\":1}") == "a1\\\\\\\"b2");
  CHECK(value_behind("@: 'a1''b2'\n") == "a1''b2");
  CHECK(value_behind("@=''; user='a'").empty());
}

TEST_CASE("the value of an option may be the next item of a printed list") {
  const std::string_view text = "1 => \"--password\"\n 2 => \"" "ab12\"\n";
  const Assignment found = read_option(text, text.find("--"));
  CHECK(text.substr(found.from, found.to - found.from) == "ab12");
}

TEST_CASE("the default of an expansion is the value") {
  const std::string text = "TOK" "EN=\"${1:-abc123def}\"";
  const Assignment found = read_assignment(text, 0);
  CHECK(text.substr(found.from, found.to - found.from) == "abc123def");
  CHECK(read_assignment("TOK" "EN=${1:-$OTHER}", 0).to <= 19);
}

TEST_CASE("the whole name is read, with the word that belongs to it") {
  const auto name_of = [](std::string_view text, std::string_view keyword) {
    return std::string(read_assignment(text, text.find(keyword)).name);
  };
  CHECK(name_of("spring.db-password=x", "password") == "spring.db-password");
  CHECK(name_of("the API key: x", "key") == "API key");
  CHECK(name_of("your API key is x", "API") == "API key");
  CHECK(name_of("my_key: x", "key") == "my_key");
}

TEST_CASE("a name without a separator has no value") {
  CHECK_FALSE(read_assignment("password", 0).found());
  CHECK_FALSE(read_assignment("password reset page", 0).found());
  CHECK_FALSE(read_assignment("", 0).found());
}

TEST_CASE("an option's value is the next word") {
  const std::string_view text = "tool --password " "ab12 run";
  const Assignment found = read_option(text, text.find("--"));
  CHECK(text.substr(found.from, found.to - found.from) == "ab12");
}

TEST_CASE("byte values in braces are one value") {
  const std::string_view text = "key[] = {0x01, 0x02, 3, 4, 5, 6, 7, 8};";
  CHECK(read_assignment(text, 0).numbers);
}

TEST_CASE("what is written around a string is no part of the value") {
  // Tags, casts, brackets, calls, the scheme of a credential, commands that print.
  for (const std::string_view form :
       {"@", "new String(@)", "std::string{@}", "Buffer.from(@)", "sensitive(@)", "Value(string: @)", "(char *) @",
        "[string]@", "!!str @", "!vault @", "{ @ }", "{{ @ }}", "#{@}", "(\n  @\n)", "L@", "is_test ? @ : null",
        "System.getenv(\"X\") ?: @", "$(echo -n @)", "<code>@</code>"}) {
    CAPTURE(form);
    std::string quoted(form);
    quoted.replace(quoted.find('@'), 1, "\"ab12cd34\"");
    const std::string under_equals = "password = " + quoted;
    CHECK(value_of(under_equals, "password") == "ab12cd34");
  }
  CHECK(value_of("my $pass" "word = q(ab12);", "password") == "ab12");
  CHECK(value_of("au" "th = \"Basic ab12cd34ef56\"", "auth") == "ab12" "cd34ef56");
  CHECK(value_of("password = \"basic ab12\"", "password") == "basic ab12");
  CHECK(value_of("pass" "word=$(printf '%s' ab12)", "password") == "ab12");
  CHECK(value_of("db.pass" "word=${DB.X:ab12}", "password") == "ab12");
}

TEST_CASE("signs of languages, of tables and of prose hang a value on its name") {
  for (const std::string_view sign : {" ||= ", " ?" "?= ", " &&= ", " <<- ", " .= ", " ?= ", " := ", " => "}) {
    CAPTURE(sign);
    CHECK(value_of("password" + std::string(sign) + "'ab12'", "password") == "ab12");
  }
  CHECK(value_of("**pass" "word**: ab12", "password") == "ab12");
  CHECK(value_of("(password . \"ab12\")", "password") == "ab12");
  CHECK(value_of("password:\n  - ab12\n", "password") == "ab12");
  CHECK(value_of("s:8:\"pass" "word\";s:4:\"ab12\";", "password") == "ab12");
  const std::string run = "aB3dEfgh1jkLmn0pqrsT";
  for (const std::string_view sign : {",", "|", ";", "~", "!", " - ", " — ", "→"}) {
    CAPTURE(sign);
    const std::string text = "token" + std::string(sign) + run;
    CHECK(value_of(text, "token") == run);
    CHECK(read_assignment(text, 0).joint == Joint::beside);
  }
  CHECK_FALSE(read_assignment("token.py,sha256=" + run, 0).found());
}

TEST_CASE("a call that looks something up or takes a pattern is not entered") {
  for (const std::string_view call : {"getenv(\"ab12\")", "re.compile(\"ab12\")", "open(\"ab12\")", "fail.error(\"ab12\")",
                                      "password.encode(\"ab12\")", "f(x, \"ab12\")", "{\"ab12\": 1}"}) {
    CAPTURE(call);
    CHECK(value_of("password = " + std::string(call), "password") != "ab12");
  }
}
