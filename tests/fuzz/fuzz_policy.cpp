// A policy that is read from TOML has a JSON form that says the same.
#include "verify/policy.hpp"

#include "core/json/json.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto policy = verify::parse_policy(fuzz::as_text(data, size))) {
    const json::Value value = verify::to_value(*policy);
    fuzz::require(value.is_object() && value["name"] == policy->name, "a policy has a JSON form");
    fuzz::require(value.contains("tools") == !policy->tools.empty(), "no demand is lost");
  }
  return 0;
}
