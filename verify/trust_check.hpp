// Whether a trust file may be replaced by its next version, asked before anything is written.
#pragma once

#include <filesystem>
#include <vector>

#include "core/result.hpp"
#include "verify/trust.hpp"

namespace sourceos::verify {

// What `save_trust` would say; writes nothing.
[[nodiscard]] Status check_trust(const std::filesystem::path& path, const TrustDocument& document,
                                 const std::vector<const bundle::Signer*>& signers);

}  // namespace sourceos::verify
