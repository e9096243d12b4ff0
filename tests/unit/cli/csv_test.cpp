#include "cli/csv.hpp"

using namespace sourceos::cli;

TEST_CASE("cells are quoted as RFC 4180 has it") {
  CHECK(csv_row({"a", "", "b,c", "d\"e", "f\ng"}) == "a,,\"b,c\",\"d\"\"e\",\"f\ng\"\r\n");
  CHECK(csv_row({"", "x"}) == ",x\r\n");
}

TEST_CASE("a cell that a spreadsheet would run is no formula any more") {
  CHECK(csv_row({"=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx"}) ==
        "'=cmd|' /C calc'!A0,'+1,'-1,'@x,'\tx\r\n");
}

TEST_CASE("control characters are spelled out") {
  CHECK(csv_row({"a\x1b[31m"}) == "a\\x1b[31m\r\n");
}
