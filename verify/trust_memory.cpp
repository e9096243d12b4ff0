// One file for each set of roots: trust-<64 hex of the root fingerprint>.json, the payload that was
// accepted last. After a rotation the file of the old roots holds the new payload too, so that an
// old version under the old roots is a rollback.
#include "core/limits.hpp"
#include "host/files.hpp"
#include "verify/trust.hpp"

namespace sourceos::verify {
namespace {

std::filesystem::path file_of(const std::filesystem::path& directory,
                              const bundle::Digest& fingerprint) {
  return directory / ("trust-" + fingerprint.hex() + ".json");
}

}  // namespace

std::optional<std::string> TrustMemory::find(const bundle::Digest& root_fingerprint) const {
  auto payload =
      host::read_file(file_of(directory_, root_fingerprint), limits::k_config_file_bytes_max);
  return payload ? std::optional(std::move(*payload)) : std::nullopt;
}

void TrustMemory::remember(const std::vector<bundle::Digest>& root_fingerprints,
                           std::string_view payload) {
  if (!host::make_directories(directory_, 0700)) {
    return;
  }
  for (const bundle::Digest& fingerprint : root_fingerprints) {
    if (find(fingerprint) != payload) {
      static_cast<void>(host::write_file_atomically(file_of(directory_, fingerprint), payload,
                                                    0600, host::Durability::none));
    }
  }
}

}  // namespace sourceos::verify
