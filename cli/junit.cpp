#include "cli/junit.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::cli {

namespace {

std::size_t count_of(const JunitSuite& suite, JunitCase::State state) {
  return static_cast<std::size_t>(
      std::count_if(suite.cases.begin(), suite.cases.end(),
                    [state](const JunitCase& each) { return each.state == state; }));
}

void add_case(std::string& out, const JunitSuite& suite, const JunitCase& each) {
  out += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml_text(suite.name),
                     xml_text(each.name));
  if (each.state == JunitCase::State::pass) {
    out += "/>\n";
    return;
  }
  // Some readers insist on the type of a failure.
  const std::string_view tag = each.state == JunitCase::State::fail ? "failure type=\"check\"" : "skipped";
  out += fmt::format(">\n      <{} message=\"{}\"/>\n    </testcase>\n", tag, xml_text(each.message));
}

}  // namespace

std::string xml_text(std::string_view text) {
  // What XML 1.0 cannot hold is a control character or no UTF-8; for_display would spell it out,
  // which is as good for people, but a reader of the file is promised U+FFFD.
  const std::string valid = text::is_utf8(text) ? std::string(text) : text::for_display(text);
  std::string out;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    const bool is_noncharacter = valid.compare(i, 3, "\xEF\xBF\xBE") == 0 ||
                                 valid.compare(i, 3, "\xEF\xBF\xBF") == 0;
    if (is_noncharacter) {
      out += "\xEF\xBF\xBD";
      i += 2;
    } else if (byte == '\n' || byte == '\t' || byte == '\r') {
      out += fmt::format("&#{};", byte);
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\xEF\xBF\xBD";
    } else if (byte == '&') {
      out += "&amp;";
    } else if (byte == '<') {
      out += "&lt;";
    } else if (byte == '>') {
      out += "&gt;";
    } else if (byte == '"') {
      out += "&quot;";
    } else {
      out += valid[i];
    }
  }
  return out;
}

std::string to_junit(const std::vector<JunitSuite>& suites) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const JunitSuite& suite : suites) {
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n",
                       xml_text(suite.name), suite.cases.size(),
                       count_of(suite, JunitCase::State::fail),
                       count_of(suite, JunitCase::State::skipped));
    for (const JunitCase& each : suite.cases) {
      add_case(out, suite, each);
    }
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace sourceos::cli
