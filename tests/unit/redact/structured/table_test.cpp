#include <doctest/doctest.h>

#include "redact/structured/table.hpp"
#include "structured_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;
using tests::parts;
using tests::Strings;

TEST_CASE("a column with a secret name is masked in every row") {
  const std::string text = tests::spelled("User name,Password,Console\nci,<1>,x\n\"jo\",\"mule,43x\",y\nshort,row\n");
  CHECK(parts(text, table_secrets(text)) == Strings{"horse-42", "mule,43x"});
  const std::string bars = tests::spelled("| user | password |\n|---|---|\n| ci | <1> |\n");
  CHECK(parts(bars, table_secrets(bars)) == Strings{"horse-42"});
}

TEST_CASE("prose and tables of other things stay") {
  for (const char* text : {"name,age\nci,42\n", "The password, as said, is secret.\nSee below, please, now.\n", "one line"}) {
    CHECK_MESSAGE(table_secrets(text).empty(), text);
  }
}
