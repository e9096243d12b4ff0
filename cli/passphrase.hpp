// A key's passphrase comes from a descriptor that the caller names, never from an argument or the
// environment (security S-24).
#pragma once

#include <optional>

#include "bundle/signature.hpp"
#include "cli/command.hpp"
#include "cli/parser.hpp"
#include "core/result.hpp"

namespace sourceos::cli {

inline constexpr Option k_passphrase_option = {
    .name = "--passphrase-fd",
    .kind = ValueKind::number,
    .value = "FD",
    .help = "Read the key's passphrase from this descriptor"};

// The first line that the descriptor gives; nullopt when the option is not there.
[[nodiscard]] Result<std::optional<bundle::SecretBytes>> read_passphrase(const Options& options);

}  // namespace sourceos::cli
