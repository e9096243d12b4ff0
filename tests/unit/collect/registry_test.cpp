#include "collect/registry.hpp"

#include "core/json/json.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("each collector is in the table once, with one line about it") {
  std::set<std::string_view> names;
  for (const CollectorRow& row : collectors()) {
    names.insert(row.collector->name());
    CHECK_FALSE(row.collector->summary().empty());
    CHECK(row.collector->summary().find('\n') == std::string_view::npos);
    const std::string schema = "schemas/" + std::string(row.facts_schema) + ".json";
    CHECK_MESSAGE(std::filesystem::exists(std::filesystem::path(SOURCEOS_SOURCE_DIR) / schema), schema);
    CHECK(find_collector(row.collector->name()) == &row);
  }
  CHECK(names == std::set<std::string_view>{"host", "tools", "git", "podman", "systemd", "launchd",
                                            "nix", "mounts", "auth", "logs", "files", "command"});
  CHECK(find_collector("nonsense") == nullptr);
}

TEST_CASE("options are checked by name and type") {
  const CollectorRow& logs = *find_collector("logs");
  CHECK(check_options(logs, json::Value::object()));
  CHECK(check_options(logs, {{"paths", {"a"}}, {"journal_lines", 5}, {"journal_since", "-1h"}}));
  CHECK(check_options(*find_collector("auth"), {{"ambient", false}}));
  for (const json::Value& wrong :
       {json::Value(5), json::Value{{"nonsense", 1}}, json::Value{{"paths", "a"}},
        json::Value{{"paths", {1}}}, json::Value{{"journal_lines", -1}},
        json::Value{{"journal_lines", "5"}}, json::Value{{"journal_since", 5}}}) {
    CAPTURE(wrong.dump());
    const Status status = check_options(logs, wrong);
    REQUIRE_FALSE(status);
    CHECK(status.error().kind == ErrorKind::usage);
    CHECK(status.error().reason == "collector-option");
  }
  CHECK_FALSE(check_options(*find_collector("auth"), {{"ambient", 1}}));
}
