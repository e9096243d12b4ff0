// Whatever is read within the bounds of contracts is judged by every contract's schema without a
// fault, the same way twice; and a document that fits one says the type of that one.

#include <string>
#include <vector>

#include "core/json/json.hpp"
#include "core/json/schema.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

namespace {

constexpr const char* k_names[] = {
    "AgentMachineProfile", "AgentMachineFingerprint", "SecureHostInterfaceProfile",
    "HostInterfaceGrant",  "TerminalDoor",            "BrowserDoor",
    "EditorDoor",          "AgentToolDoor"};

const std::vector<json::Schema>& schemas() {
  static const std::vector<json::Schema> all = [] {
    std::vector<json::Schema> made;
    for (const char* name : k_names) {
      made.push_back(json::Schema::embedded(name).value());
    }
    return made;
  }();
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Result<json::Value> document = json::parse(fuzz::as_text(data, size), json::k_schema_bounds);
  if (!document) {
    return 0;
  }
  for (std::size_t i = 0; i < schemas().size(); ++i) {
    const auto first = schemas()[i].problems(*document);
    fuzz::require(first.has_value(), "a schema judges whatever was read");
    const auto second = schemas()[i].problems(*document);
    fuzz::require(second.has_value() && first->size() == second->size(), "it judges alike twice");
    fuzz::require(!first->empty() || document->at("type") == k_names[i],
                  "what fits is of the type it says");
  }
  return 0;
}
