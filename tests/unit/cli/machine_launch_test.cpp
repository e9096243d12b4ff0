#include "cli/machine_launch.hpp"

#include <doctest/doctest.h>

#include "cli/render.hpp"
#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

std::string printed(const json::Value& record) {
  Text text(Color::never);
  print_launch(record, text);
  return text.str();
}

}  // namespace

TEST_CASE("a program that ran has had its say") {
  CHECK(printed({{"started", true}, {"reason", nullptr}}).empty());
}

TEST_CASE("a refusal is told with its reason, a plan with its vectors") {
  CHECK(printed({{"started", false}, {"reason", "grant-missing"}, {"message", "m"}})
            .find("grant-missing") != std::string::npos);
  const json::Value plan = {
      {"started", false},
      {"reason", nullptr},
      {"plan", {{{"action", "create"}, {"argv", {"podman", "create", "a b"}}, {"target", "t"}}}}};
  CHECK(printed(plan).find("podman create 'a b'") != std::string::npos);
}
