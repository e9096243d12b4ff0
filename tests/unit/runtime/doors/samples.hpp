// The contracts that schemas/examples ships, for tests of this folder: read, changed in one place.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "runtime/doors/contract.hpp"
#include "runtime/doors/contract_shelf.hpp"
#include "runtime/doors/grant.hpp"

namespace sourceos::tests {

inline const std::filesystem::path k_examples =
    std::filesystem::path(SOURCEOS_SOURCE_DIR) / "schemas" / "examples";

inline json::Value example(const std::string& name) {
  std::ifstream in(k_examples / (name + ".json"), std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return json::Value::parse(out.str());
}

inline runtime::Contract contract(const json::Value& document, const std::string& file = "sample.json") {
  return runtime::Contract::parse(file, document.dump()).value();
}

inline runtime::Contract changed(const std::string& name, const std::function<void(json::Value&)>& change) {
  json::Value document = example(name);
  change(document);
  return contract(document);
}

inline runtime::ContractShelf shelf() {
  runtime::ContractShelf all;
  REQUIRE(all.add_directory(k_examples, runtime::ContractShelf::Presence::must_exist).has_value());
  return all;
}

// When every grant of the examples is in force.
inline UtcTime good_time() { return parse_time("2026-11-30T12:00:00Z").value(); }

}  // namespace sourceos::tests
