#include "cli/junit.hpp"

using namespace sourceos::cli;

TEST_CASE("markup and control characters in a name stay text") {
  CHECK(xml_text("<a b=\"c\">&") == "&lt;a b=&quot;c&quot;&gt;&amp;");
  CHECK(xml_text("\x1b[2J\x01") == "\xEF\xBF\xBD[2J\xEF\xBF\xBD");
  CHECK(xml_text("\xEF\xBF\xBE") == "\xEF\xBF\xBD");
  CHECK(xml_text("a\nb") == "a&#10;b");
  CHECK(xml_text("\xFF") == "\\xff");
}

TEST_CASE("suites count what failed and what was skipped") {
  const std::string text = to_junit({{"b.tar",
                                      {{"layout", JunitCase::State::pass, ""},
                                       {"signature", JunitCase::State::fail, "bad-signature"},
                                       {"log", JunitCase::State::skipped, "no memory"}}}});
  CHECK(text ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites>\n"
        "  <testsuite name=\"b.tar\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\">\n"
        "    <testcase classname=\"b.tar\" name=\"layout\"/>\n"
        "    <testcase classname=\"b.tar\" name=\"signature\">\n"
        "      <failure type=\"check\" message=\"bad-signature\"/>\n"
        "    </testcase>\n"
        "    <testcase classname=\"b.tar\" name=\"log\">\n"
        "      <skipped message=\"no memory\"/>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
}
