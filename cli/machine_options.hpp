// What the agent-machine commands share: the options that name a profile and repositories, and what
// comes of them.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "core/result.hpp"
#include "runtime/machine/mount_policy.hpp"
#include "runtime/machine/profile_source.hpp"

namespace sourceos::cli {

struct Context;

inline constexpr std::array k_profile_option = {
    Option{.name = "--profile",
           .kind = ValueKind::text,
           .value = "PROFILE",
           .help = "A preset, a profile of this account or a file; this host's preset by default"},
};
inline constexpr std::array k_repo_option = {
    Option{.name = "--repo",
           .kind = ValueKind::directory,
           .value = "PATH",
           .help = "Repository on this host"},
};
inline constexpr std::array k_repos_option = {
    Option{.name = "--repo",
           .kind = ValueKind::directory,
           .value = "PATH",
           .help = "Repository on this host",
           .repeat = Repeat::many},
};

inline constexpr std::array k_contracts_option = {
    Option{.name = "--contracts",
           .kind = ValueKind::directory,
           .value = "DIR",
           .help = "Where doors, mount policies and revocations are looked for first",
           .repeat = Repeat::many},
};
[[nodiscard]] std::vector<std::filesystem::path> contract_directories(const Options& options);

// The named profile, or this host's preset.
[[nodiscard]] Result<runtime::LoadedProfile> chosen_profile(const Options& options,
                                                            const Context& context);
[[nodiscard]] runtime::DenySet machine_deny_set(const Context& context);
// `deny` must outlive it.
[[nodiscard]] runtime::PolicyContext machine_policy(const Context& context,
                                                    const runtime::DenySet& deny);
// No tool is taken from inside a repository of this call (security S-26).
void leave_out_tools_of(Context& context, const std::vector<std::string>& repos);

// A document to a file that the command line named, whole or not at all.
[[nodiscard]] Status write_document(const std::string& path, const json::Value& document,
                                    std::uint32_t mode);

}  // namespace sourceos::cli
