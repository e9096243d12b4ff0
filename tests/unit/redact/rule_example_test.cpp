#include <doctest/doctest.h>

#include "redact/checksum.hpp"
#include "redact/rules.hpp"

using namespace sourceos::redact;

TEST_CASE("a template is expanded the same for the same seed") {
  const Example once = expand_example("x-{{hex:8}}-{{uuid}}", 7);
  CHECK(once.text == expand_example("x-{{hex:8}}-{{uuid}}", 7).text);
  CHECK(once.text != expand_example("x-{{hex:8}}-{{uuid}}", 8).text);
  CHECK(once.text.size() == 2 + 8 + 1 + 36);
}

TEST_CASE("the secret of an example stands between angle brackets") {
  const Example example = expand_example("a=<<{{b62:10}}>>;", 1);
  CHECK(example.secret.size() == 10);
  CHECK(example.text == "a=" + example.secret + ";");
}

TEST_CASE("checksums, pieces and base64 are made as asked") {
  CHECK(has_github_checksum(expand_example("{{crc:ghp_:30}}", 3).text));
  CHECK(expand_example("{{word:a|b}}", 1).text == "ab");
  CHECK(expand_example("{{base64:{\"a\":1}}}", 1).text == base64_text("{\"a\":1}"));
  CHECK(has_jwt_structure(expand_example("{{jwt}}", 1).text));
}

TEST_CASE("braces of the text's own stay") {
  CHECK(expand_example("${{ secrets.X }}", 1).text == "${{ secrets.X }}");
}
