#include "runtime/doors/contract.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"
#include "tests/unit/runtime/doors/samples.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

TEST_CASE("a contract that is no bounded JSON object is refused before a schema sees it") {
  CHECK(Contract::parse("f", "[]").error().reason == "malformed");
  CHECK(Contract::parse("f", "{").error().reason == "malformed");
  CHECK(Contract::parse("f", R"({"type":"TerminalDoor","type":"BrowserDoor"})").error().reason == "malformed");
  CHECK(Contract::parse("f", R"({"id":")" + std::string(1024 * 1024, 'a') + R"("})").error().kind == ErrorKind::limit);
  CHECK(Contract::parse("f", R"({"a":)" + std::string(70, '[') + std::string(70, ']') + "}").error().kind == ErrorKind::limit);
}

TEST_CASE("a type that is none of ours is a problem of its own") {
  for (const char* text : {R"({"type":"Door"})", R"({})", R"({"type":7})"}) {
    const auto problems = Contract::parse("f", text).value().shape_problems().value();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].check == "type-unknown");
    CHECK(problems[0].instance_path == "/type");
  }
}

TEST_CASE("each document that says a type with a schema is judged by it") {
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(k_examples.parent_path())) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    const json::Value schema = example("../" + entry.path().stem().string());
    const json::Value type = schema.value("/properties/type"_json_pointer, json::Value());
    if (!type.is_object()) {
      continue;
    }
    const std::string name = type.contains("const") ? type["const"] : type["enum"][0];
    CAPTURE(name);
    const auto problems = contract({{"type", name}}).shape_problems().value();
    REQUIRE_FALSE(problems.empty());
    CHECK(problems.front().keyword == "required");
    ++seen;
  }
  CHECK(seen > 20);
}

TEST_CASE("the hash of a contract does not depend on how its file was laid out") {
  const json::Value door = example("terminaldoor.linux");
  const Contract tight = Contract::parse("a", door.dump()).value();
  const Contract wide = Contract::parse("b", door.dump(8)).value();
  CHECK(tight.hash().value() == wide.hash().value());
  CHECK(tight.hash().value() != contract(example("terminaldoor.macos")).hash().value());
}

TEST_CASE("a revocation entry must say whom it revokes") {
  json::Value entry = {{"id", "urn:srcos:revocation:r1"}, {"type", "RevocationEntry"}, {"specVersion", "2.0.0"},
                       {"targetRef", "urn:srcos:host-interface-grant:g"}, {"reasonCode", "policy_violation"},
                       {"effectiveAt", "2026-11-30T12:00:00Z"}, {"issuerRef", "urn:srcos:operator:demo"}};
  CHECK(contract(entry).shape_problems().value().empty());
  entry.erase("targetRef");
  CHECK(contract(entry).shape_problems().value().front().keyword == "required");
}

TEST_CASE("a file of another type or shape is no valid contract") {
  CHECK(read_valid_contract(k_examples / "terminaldoor.linux.json", "TerminalDoor").has_value());
  CHECK(read_valid_contract(k_examples / "terminaldoor.linux.json", "EditorDoor").error().reason == "contract-invalid");
  CHECK(read_valid_contract(k_examples / "invalid/terminaldoor.shared-attach.json", "TerminalDoor").error().reason ==
        "contract-invalid");
  CHECK(read_valid_contract("/nowhere/at/all.json", "TerminalDoor").error().reason == "input-missing");
}
