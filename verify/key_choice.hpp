// Which trusted key made a signature, and whether that key counts for it.
#pragma once

#include <string>
#include <string_view>

#include "bundle/key.hpp"
#include "bundle/statement.hpp"
#include "verify/run.hpp"
#include "verify/trust.hpp"

namespace sourceos::verify {

// The 32 raw bytes of the trusted keys decide; the hint only says which to try first (S-19).
struct KeyChoice {
  const TrustedKey* key = nullptr;  // verifies the signature, whatever its role
  bool is_bad = false;              // the hint names a trusted key and the signature is not its own
};
[[nodiscard]] KeyChoice choose_key(const Trust* trust, const bundle::SigstoreBundle& bundle,
                                   bundle::KeyRole role);

// Why a key does not count for what was signed at `claimed` time, or empty: `key-role`,
// `key-not-yet-valid`, `key-expired`, `key-revoked`. Sets the verdict's time basis.
[[nodiscard]] std::string judge_key(Run& run, const TrustedKey& key, bundle::KeyRole role,
                                    UtcTime claimed);

// A proof that leads from one size of the log to the other, from what the caller gave.
[[nodiscard]] std::optional<bundle::log::ConsistencyProof> find_consistency(
    const Run& run, const std::string& origin, std::uint64_t old_size, std::uint64_t new_size);

// Reads the log proof once: run.log is set when proof, leaf and checkpoint fit the bundle and each
// other, its key when a trusted one signed the checkpoint.
[[nodiscard]] const CheckResult& load_log(Run& run);

}  // namespace sourceos::verify
