// Options that several commands take, and a way to join them with a command's own.
#pragma once

#include <algorithm>
#include <array>

#include "cli/command.hpp"

namespace sourceos::cli {

template <std::size_t... N>
constexpr auto joined(const std::array<Option, N>&... sets) {
  std::array<Option, (N + ...)> all;
  auto at = all.begin();
  ((at = std::copy(sets.begin(), sets.end(), at)), ...);
  return all;
}

inline constexpr std::array<std::string_view, 4> k_output_spellings = {
    "--out", "--out-file", "--output-dir", "--evidence-out"};

constexpr Option output_option(std::string_view help, ValueKind kind = ValueKind::file) {
  return {.name = "--output",
          .kind = kind,
          .value = "PATH",
          .help = help,
          .letter = 'o',
          .spellings = k_output_spellings};
}

// For whatever writes: plan only, and the two flags of guarded mode.
inline constexpr std::array k_dry_run_options = {
    Option{.name = "--dry-run", .help = "Print what would be done and do nothing"},
};
inline constexpr std::array k_mutating_options = {
    Option{.name = "--dry-run", .help = "Print what would be done and do nothing"},
    Option{.name = "--execute", .help = "In guarded mode: act, do not only plan"},
    Option{.name = "--policy-ok", .help = "In guarded mode: the policy was read and holds"},
};

// Whom to trust when a bundle is judged.
inline constexpr std::array k_trust_options = {
    Option{.name = "--key",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "Public key whose signature counts",
           .repeat = Repeat::many},
    Option{.name = "--log-key",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "Public key of a host log",
           .repeat = Repeat::many},
    Option{.name = "--trust",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "Trust file; without it this account's own, then /etc/sourceos/trust.json"},
    Option{.name = "--trust-root",
           .kind = ValueKind::text,
           .value = "sha256:HEX",
           .help = "Fingerprint of the root keys that the trust file must have"},
    Option{.name = "--trust-min-version",
           .kind = ValueKind::number,
           .value = "N",
           .help = "Oldest version of the trust file that is good enough"},
    Option{.name = "--threshold",
           .kind = ValueKind::number,
           .value = "N",
           .help = "How many holders must have signed"},
    Option{.name = "--allow-untrusted",
           .help = "Exit 0 for a bundle that is intact, whoever signed it"},
    Option{.name = "--allow-test-seams", .help = "Accept bundles made under test seams"},
};

// Which secrets are looked for.
inline constexpr std::array k_rule_options = {
    Option{.name = "--rules",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "Further rules, as TOML",
           .repeat = Repeat::many},
    Option{.name = "--disable",
           .kind = ValueKind::text,
           .value = "RULE",
           .help = "Switch a rule off; the answer says so",
           .repeat = Repeat::many},
    Option{.name = "--known",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "Values to look for wherever they stand, one a line",
           .repeat = Repeat::many},
};

// What the redaction engine is told by commands that mask.
inline constexpr std::array k_mask_options = {
    Option{.name = "--no-personal-data",
           .help = "Leave user, host, home, mail, MAC and public IP addresses"},
    Option{.name = "--private-addresses", .help = "Mask private and loopback addresses too"},
};
inline constexpr auto k_engine_options = joined(k_rule_options, k_mask_options);

}  // namespace sourceos::cli
