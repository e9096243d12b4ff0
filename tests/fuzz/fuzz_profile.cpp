// A profile, rendered and read again, has the same hash: nothing of it is lost or made up.
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "runtime/machine/profile.hpp"
#include "runtime/machine/secret_detector.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static runtime::SecretDetector secrets;
  const auto document = json::parse(fuzz::as_text(data, size));
  if (!document) {
    return 0;
  }
  const auto profile = runtime::parse_profile(*document, secrets);
  if (!profile) {
    return 0;
  }
  const auto again = runtime::parse_profile(runtime::render_profile(*profile), secrets);
  fuzz::require(again.has_value(), "a rendered profile is a profile");
  const auto hash = runtime::profile_hash(*profile);
  fuzz::require(hash.has_value() && *hash == runtime::profile_hash(*again).value_or(""),
                "a profile is the same again");
  return 0;
}
