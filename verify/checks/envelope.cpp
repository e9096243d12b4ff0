// The form of every Sigstore bundle: nothing in it that we do not know, nothing twice.
#include "verify/checks/checks.hpp"

#include <fmt/format.h>

namespace sourceos::verify::checks {

CheckResult envelope(Run& run) {
  if (!run.attached) {
    return skipped("needs descriptors");
  }
  for (const Attached& attached : *run.attached) {
    if (attached.manifest.layer.media_type != bundle::k_sigstore_media_type) {
      continue;
    }
    auto bundle = bundle::parse_sigstore_bundle(attached.content);
    if (!bundle) {
      run.signatures.clear();
      return failed(bundle.error(), attached.descriptor.digest.text());
    }
    run.signatures.push_back({attached.descriptor.digest, std::move(*bundle), nullptr, false, {}});
  }
  run.signatures_read = true;
  return pass(fmt::format("{} signatures", run.signatures.size()));
}

}  // namespace sourceos::verify::checks
