// JUnit XML: what CI services show as test results. Characters outside XML 1.0 become U+FFFD.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sourceos::cli {

struct JunitCase {
  enum class State { pass, fail, skipped };
  std::string name;
  State state = State::pass;
  std::string message;
};
struct JunitSuite {
  std::string name;
  std::vector<JunitCase> cases;
};

[[nodiscard]] std::string to_junit(const std::vector<JunitSuite>& suites);
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace sourceos::cli
