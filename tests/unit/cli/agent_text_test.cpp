#include "cli/agent_text.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"

namespace sourceos::cli {

TEST_CASE("a change is told with its actions and what is left to do by hand") {
  const json::Value record = {{"command", "quarantine"}, {"agent", "sample"}, {"reason", nullptr},
                              {"changed", true}, {"planOnly", false},
                              {"actions", {{{"status", "done"}, {"action", "stop"}, {"target", "u"},
                                            {"argv", {"systemctl", "stop", "u"}}, {"detail", ""}}}},
                              {"byHand", {"sudo rm x"}}};
  Text text(Color::never);
  print_change(record, text);
  CHECK(text.str().find("systemctl stop u") != std::string::npos);
  CHECK(text.str().find("by hand: sudo rm x") != std::string::npos);
}

TEST_CASE("a declaration that is refused says which field is wrong") {
  const json::Value record = {
      {"command", "install"}, {"agent", "sample"}, {"reason", "invalid-declaration"},
      {"preflight", {{"checks", json::Value::array()},
                     {"declarationFindings", {{{"field", "image"}, {"message", "is needed"}}}}}}};
  Text text(Color::never);
  print_change(record, text);
  CHECK(text.str().find("declaration: 'image' is needed") != std::string::npos);
}

}  // namespace sourceos::cli
