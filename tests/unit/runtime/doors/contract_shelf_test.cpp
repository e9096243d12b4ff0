#include "runtime/doors/contract_shelf.hpp"

#include <doctest/doctest.h>

#include "host/host.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/runtime/doors/samples.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

namespace {

void put(const std::filesystem::path& path, const json::Value& document) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << document.dump();
}

}  // namespace

TEST_CASE("contracts are found by id, other documents are left alone") {
  const ContractShelf all = shelf();
  CHECK(all.find("urn:srcos:terminal-door:demo-linux") != nullptr);
  CHECK(all.find("urn:srcos:terminal-door:nobody") == nullptr);
  CHECK(all.duplicates().empty());
  CHECK(resolve(all, "urn:srcos:terminal-door:demo-linux", "TerminalDoor").has_value());
  CHECK(resolve(all, "urn:srcos:terminal-door:nobody", "TerminalDoor").error().reason == "ref-unresolved");
  CHECK(resolve(all, "urn:srcos:terminal-door:demo-linux", "EditorDoor").error().reason == "contract-invalid");
}

TEST_CASE("one id in two documents that differ names both files") {
  ContractShelf both = shelf();
  both.add(contract(example("terminaldoor.linux"), "again.json"));
  CHECK(both.duplicates().empty());
  json::Value other = example("terminaldoor.linux");
  other["name"] = "Another";
  both.add(contract(other, "other.json"));
  REQUIRE(both.duplicates().size() == 1);
  CHECK(both.duplicates()[0].file == "other.json");
  CHECK(both.duplicates()[0].message.find("terminaldoor.linux.json") != std::string::npos);
  CHECK(both.check_duplicates().error().reason == "id-duplicate");
}

TEST_CASE("a file that cannot be read is told, since it may revoke a grant") {
  TemporaryDirectory scratch;
  host::Environment environment;
  environment.config_root = scratch.path() / "config";
  environment.root = scratch.path() / "root";
  const auto place = scratch.path() / "given";
  put(place / "a.json", example("terminaldoor.linux"));
  put(place / "package.json", {{"name", "no contract"}});
  CHECK(open_contract_shelf(environment, {place}).has_value());
  for (const std::string& text : {std::string("{"), std::string(R"({"a":1,"a":2})"), std::string("[]"),
                                  R"({"targetRef":")" + std::string(10'000, 'a') + R"("})"}) {
    std::ofstream(place / "b.json") << text;
    const auto opened = open_contract_shelf(environment, {place});
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().reason == "contract-invalid");
    CHECK(opened.error().message.find("b.json") != std::string::npos);
  }
}

TEST_CASE("an entry that revokes counts also without an id of its own") {
  ContractShelf shelf;
  shelf.add(contract({{"type", "RevocationEntry"}, {"targetRef", "urn:srcos:host-interface-grant:g"}}));
  CHECK(shelf.revocation_of("urn:srcos:host-interface-grant:g") != nullptr);
  CHECK(shelf.revocation_of("urn:srcos:host-interface-grant:h") == nullptr);
}

TEST_CASE("a command looks in the directories it was given, then in the account's and the system's") {
  TemporaryDirectory scratch;
  host::Environment environment;
  environment.config_root = scratch.path() / "config";
  environment.root = scratch.path() / "root";
  put(scratch.path() / "config/contracts/a.json", example("terminaldoor.linux"));
  put(scratch.path() / "root/etc/sourceos/contracts/b.json", example("editordoor.linux"));
  put(scratch.path() / "given/c.json", example("browserdoor.linux"));
  const ContractShelf found = open_contract_shelf(environment, {scratch.path() / "given"}).value();
  for (const char* id : {"urn:srcos:terminal-door:demo-linux", "urn:srcos:editor-door:demo-linux",
                         "urn:srcos:browser-door:demo-linux"}) {
    CHECK(found.find(id) != nullptr);
  }
  CHECK(open_contract_shelf(environment, {scratch.path() / "missing"}).error().reason == "input-missing");
  put(scratch.path() / "given/d.json", [] {
    json::Value door = example("terminaldoor.linux");
    door["name"] = "Another";
    return door;
  }());
  CHECK(open_contract_shelf(environment, {scratch.path() / "given"}).error().reason == "id-duplicate");
}
