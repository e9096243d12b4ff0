#include <doctest/doctest.h>

#include "redact/structured/xml_spans.hpp"
#include "structured_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;
using tests::parts;
using tests::Strings;

namespace {

const std::string k_plist = tests::spelled(R"(<?xml version="1.0"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>EnvironmentVariables</key><dict><key>API_TOKEN</key><string><10></string></dict>
<key>ProgramArguments</key><array><string>app</string><string>--password</string><string><1></string></array>
</dict></plist>
)");

}  // namespace

TEST_CASE("a property list hides variables and arguments") {
  CHECK(parts(k_plist, xml_secrets(k_plist)) == Strings{"f00d&amp;feed-8eef-1", "horse-42"});
  CHECK(xml_secrets(k_plist)->front().value == "f00d&feed-8eef-1");
}

TEST_CASE("a masked property list parses again and holds nothing more") {
  const std::string masked = tests::masked_text(k_plist, *xml_secrets(k_plist));
  const auto again = xml_secrets(masked);
  REQUIRE(again.has_value());
  CHECK(again->empty());
}

TEST_CASE("elements and attributes are judged by their names") {
  const std::string text = tests::spelled(
      "<c><password><1></password><add key=\"SmtpPassword\" value=\"<2>\"/>"
      "<user name=\"ci\" password='<3>'/><entry key=\"db.password\"> <4> </entry><port>80</port></c>");
  CHECK(parts(text, xml_secrets(text)) == Strings{"horse-42", "mule-43x", "ox-44yz", "cow-45zz"});
}

TEST_CASE("broken XML and XML with entities of its own are left to the text engine") {
  for (const char* text : {"<a><b></a>", "<a", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "plain"}) {
    CHECK_MESSAGE(!xml_secrets(text).has_value(), text);
  }
  std::string deep;
  for (int level = 0; level < 500; ++level) {
    deep += "<a>";
  }
  CHECK_FALSE(xml_secrets(deep).has_value());
}
